package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.Burst;

/**
 * Is shown the frames of a port that somebody captures, at the port's descriptor: what was read
 * from it, before anything becomes of that, and what is written to it, as it leaves. On the thread
 * of the port's owner: copy, don't wait.
 */
public interface Recorder {
    /** These were read. */
    void received(ByteBuffer slab, Burst burst);

    /** Something is about to be written: the time that the next frames sent will have. */
    void beforeSending();

    /**
     * These were written, or wait in the backlog to be; what the backlog had no room for is not
     * among them.
     *
     * @param start of the first frame's length prefix in the slab
     * @param end behind the last frame
     */
    void sent(ByteBuffer slab, int start, int end);
}

package org.lanyard.port;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.Burst;
import org.lanyard.frame.StreamFormat;

/** What a port showed to its recorder. */
final class RecordedFrames implements Recorder {
    final List<byte[]> received = new ArrayList<>();
    final List<byte[]> sent = new ArrayList<>();
    private boolean isTimed;

    @Override
    public void received(ByteBuffer slab, Burst burst) {
        for (int i = 0; i < burst.count(); i++) {
            received.add(copy(slab, burst.offset(i), burst.length(i)));
        }
    }

    @Override
    public void beforeSending() {
        isTimed = true;
    }

    @Override
    public void sent(ByteBuffer slab, int start, int end) {
        if (!isTimed) {
            throw new AssertionError("the time was not noted before");
        }
        for (int at = start; at < end; ) {
            byte[] frame = copy(slab, at + StreamFormat.PREFIX, slab.getInt(at));
            sent.add(frame);
            at += StreamFormat.PREFIX + frame.length;
        }
    }

    private static byte[] copy(ByteBuffer slab, int offset, int length) {
        byte[] frame = new byte[length];
        slab.get(offset, frame);
        return frame;
    }
}

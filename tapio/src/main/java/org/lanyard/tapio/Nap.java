package org.lanyard.tapio;

import java.nio.ByteOrder;

/** A sleep of fixed length, much shorter than a millisecond. For one thread. */
public final class Nap implements AutoCloseable {
    private final Region time;

    /**
     * @param nanos less than a second
     */
    public Nap(int nanos) {
        time = Region.allocate(2 * Long.BYTES);
        time.bytes().order(ByteOrder.nativeOrder()).putLong(0, 0).putLong(Long.BYTES, nanos);
    }

    /** One system call; a signal may end it early. */
    public void take() {
        LibC.nanosleep(time.address(), 0);
    }

    @Override
    public void close() {
        time.close();
    }
}

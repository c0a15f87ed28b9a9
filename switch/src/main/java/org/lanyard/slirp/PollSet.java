package org.lanyard.slirp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/** The descriptors of one turn, as poll(2) wants them. One thread. */
final class PollSet {
    static final int IN = 1;
    static final int PRI = 2;
    static final int OUT = 4;
    static final int ERR = 8;
    static final int HUP = 16;

    /** struct pollfd: the descriptor, what is asked, what is so. */
    private static final int ENTRY = 8;

    private static final int NO_ROOM = -1;

    private final Region entries;
    private final ByteBuffer bytes;
    private final int most;
    private int size;

    PollSet(int most) {
        this.most = most;
        this.entries = Region.allocate(most * ENTRY);
        this.bytes = entries.bytes().order(ByteOrder.nativeOrder());
    }

    void clear() {
        size = 0;
    }

    /** Returns its index, or -1 when there is no room. */
    int add(int fd, int events) {
        if (size == most) {
            return NO_ROOM;
        }
        bytes.putInt(size * ENTRY, fd);
        bytes.putShort(size * ENTRY + 4, (short) events);
        bytes.putShort(size * ENTRY + 6, (short) 0);
        return size++;
    }

    /** What is so at an index that {@link #add} gave. */
    int events(int index) {
        if (index < 0 || index >= size) {
            return 0;
        }
        return bytes.getShort(index * ENTRY + 6);
    }

    /**
     * Waits.
     *
     * @param millis -1 for as long as it takes
     * @return whether it went well; a signal is no error, then nothing is so
     */
    boolean await(int millis) {
        int ready = LibC.poll(entries.address(), size, millis);
        if (ready < 0) {
            for (int i = 0; i < size; i++) {
                bytes.putShort(i * ENTRY + 6, (short) 0);
            }
        }
        return ready >= 0 || LibC.errno() == Errno.EINTR;
    }
}

package org.lanyard.control;

import java.io.IOException;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Descriptors;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the guests of all listening ports may have together: the ports that the configuration's
 * other ones leave of {@code max-ports}, and the descriptors that the switch does not need for
 * itself. So the control socket answers, and what is configured comes up, however many guests there
 * are. The control thread's.
 */
final class Room {
    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** Kept for control clients, processes that are started, and files that are read. */
    private static final int MOST_KEPT = 64;

    /** Of few descriptors, guests get most. */
    private static final int KEPT_SHARE = 4;

    /** A user other than the switch's own gets a quarter. */
    private static final int USERS = 4;

    /** What a guest sent before it was refused is read so far. */
    private static final int LONGEST_GREETING = 1 << 20;

    private final int maxPorts;
    private final long descriptors;
    private final Region waste = Region.allocate(64 << 10);
    private int others;
    private int guests;

    /**
     * @param maxPorts ports that the switch may have at once
     */
    Room(int maxPorts) {
        this(maxPorts, limit());
    }

    /**
     * @param descriptors that the process may have open
     */
    Room(int maxPorts, long descriptors) {
        this.maxPorts = maxPorts;
        this.descriptors = descriptors;
    }

    private static long limit() {
        try {
            return Descriptors.limit();
        } catch (IOException e) {
            LOG.warn("{}", e.getMessage());
            return Long.MAX_VALUE;
        }
    }

    /** From now on the configuration has so many ports that take no guests, up or not. */
    void keepFor(int ports) {
        others = ports;
    }

    /** Whether every port that guests may have is taken. */
    boolean isFull() {
        return guests >= maxPorts - others;
    }

    void came() {
        guests++;
    }

    void left() {
        guests--;
    }

    /** Guests that one user may have at a port that says nothing of it. */
    int share() {
        return Math.max(1, maxPorts / USERS);
    }

    int maxPorts() {
        return maxPorts;
    }

    /** How many descriptors the process may have. */
    long descriptors() {
        return descriptors;
    }

    /** How many of them are not for guests. */
    long kept() {
        return Math.min(MOST_KEPT, descriptors / KEPT_SHARE);
    }

    /** Whether a guest with this descriptor has the last that guests may have. */
    boolean isLast(int fd) {
        return fd >= descriptors - kept();
    }

    /**
     * Whether a further guest would have one that is not for guests.
     *
     * @param open a descriptor that is open
     */
    boolean isOutOfDescriptors(int open) {
        return Descriptors.lowestFree(open) >= descriptors - kept();
    }

    /**
     * Closes a connection that can't be a guest. What it has sent is read before: some versions of
     * QEMU never send again after a close that leaves them with a backlog.
     */
    void dismiss(Connection connection) {
        long read = 1;
        for (long sum = 0; read > 0 && sum < LONGEST_GREETING; sum += read) {
            read = LibC.read(connection.fd(), waste.address(), waste.size());
        }
        Closing.quietly(connection);
    }
}

package org.lanyard.tapio;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * What one process of a network namespace has at a time, whatever it sees of files and processes:
 * an abstract unix socket's name (unix(7)), which the kernel frees when its owner ends, killed or
 * not. Any thread.
 */
public final class NamespaceLock implements Closeable {
    private static final int FAMILY_SIZE = 2;

    private final int fd;

    private NamespaceLock(int fd) {
        this.fd = fd;
    }

    /**
     * Takes it, at once or not at all.
     *
     * @param of of any length
     * @return empty when another has it
     */
    public static Optional<NamespaceLock> take(String of) throws ErrnoException {
        byte[] bytes = of.getBytes(StandardCharsets.UTF_8);
        byte[] name =
                ("\0lanyard-" + UUID.nameUUIDFromBytes(bytes)).getBytes(StandardCharsets.US_ASCII);
        String what = "lock " + of;
        int type = LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC;
        int fd = ErrnoException.check(LibC.socket(LibC.AF_UNIX, type, 0), what);
        try (Region address = Region.allocate(FAMILY_SIZE + name.length)) {
            ByteBuffer into = address.bytes().order(ByteOrder.nativeOrder());
            into.putShort(0, (short) LibC.AF_UNIX).put(FAMILY_SIZE, name);
            ErrnoException.check(LibC.bind(fd, address.address(), FAMILY_SIZE + name.length), what);
            return Optional.of(new NamespaceLock(fd));
        } catch (ErrnoException e) {
            LibC.close(fd);
            if (e.errno() == Errno.EADDRINUSE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Lets go of it; to be called once. */
    @Override
    public void close() {
        LibC.close(fd);
    }
}

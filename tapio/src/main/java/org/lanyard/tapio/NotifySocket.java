package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A unix datagram socket to which one process tells another how it is, by the protocol of
 * sd_notify(3): a path, or {@code @} and a name of the abstract namespace. Each message has a
 * socket of its own, so that the other end may come and go. Any thread.
 */
public record NotifySocket(String address) {
    /** sizeof(sun_path) of {@code struct sockaddr_un} (unix(7)). */
    private static final int MAX_NAME = 108;

    private static final int FAMILY_SIZE = 2;

    /** How long a message may wait for room in the receiver's queue. */
    private static final int PATIENCE_SECONDS = 2;

    /**
     * Sends one message; waits up to two seconds for room.
     *
     * @throws IOException naming the address and why nobody took it
     */
    public void send(String message) throws IOException {
        send(message, 0);
    }

    /**
     * Sends one message, where there is room at once.
     *
     * @return false when there is none
     * @throws IOException naming the address and why nobody took it
     */
    public boolean offer(String message) throws IOException {
        try {
            send(message, LibC.SOCK_NONBLOCK);
            return true;
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EAGAIN) {
                return false;
            }
            throw e;
        }
    }

    private void send(String message, int flags) throws IOException {
        String what = "tell " + address;
        byte[] name = name();
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        int fd =
                ErrnoException.check(
                        LibC.socket(LibC.AF_UNIX, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC | flags, 0),
                        what);
        try (Region sockaddr = Region.allocate(FAMILY_SIZE + MAX_NAME);
                Region bytes = Region.allocate(Math.max(1, text.length));
                Region patience = Region.allocate(2 * Long.BYTES)) {
            patience.bytes().order(ByteOrder.nativeOrder()).putLong(0, PATIENCE_SECONDS);
            ErrnoException.check(
                    LibC.setsockopt(
                            fd,
                            LibC.SOL_SOCKET,
                            LibC.SO_SNDTIMEO,
                            patience.address(),
                            2 * Long.BYTES),
                    "setsockopt SO_SNDTIMEO");
            ByteBuffer into = sockaddr.bytes().order(ByteOrder.nativeOrder());
            into.putShort(0, (short) LibC.AF_UNIX).put(FAMILY_SIZE, name);
            ErrnoException.check(
                    LibC.connect(fd, sockaddr.address(), FAMILY_SIZE + name.length), what);
            bytes.bytes().put(0, text);
            long written = LibC.write(fd, bytes.address(), text.length);
            ErrnoException.check(written < 0 ? -1 : 0, what);
        } finally {
            LibC.close(fd);
        }
    }

    /** An abstract name begins with a NUL and has no end but its length. */
    private byte[] name() throws IOException {
        byte[] name = address.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = address.startsWith("@");
        if (name.length < 2 || name.length >= MAX_NAME || !isAbstract && name[0] != '/') {
            throw new IOException(
                    "'" + address + "' is neither a path nor @NAME of at most 107 bytes");
        }
        if (isAbstract) {
            name[0] = 0;
        }
        return name;
    }
}

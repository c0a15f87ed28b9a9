package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What is asked of and set on file descriptors, once per connection. */
final class Fds {
    private Fds() {}

    static void setNonBlocking(int fd) throws ErrnoException {
        int flags = ErrnoException.check(LibC.fcntl(fd, LibC.F_GETFL, 0), "fcntl F_GETFL");
        ErrnoException.check(
                LibC.fcntl(fd, LibC.F_SETFL, flags | LibC.O_NONBLOCK), "fcntl F_SETFL");
    }

    static void setCloseOnExec(int fd) throws ErrnoException {
        ErrnoException.check(LibC.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC), "fcntl F_SETFD");
    }

    /** Two connected unix stream sockets, which close on exec. */
    static int[] socketPair() throws ErrnoException {
        try (Region cells = Region.allocate(2 * Integer.BYTES)) {
            ErrnoException.check(
                    LibC.socketpair(
                            LibC.AF_UNIX, LibC.SOCK_STREAM | LibC.SOCK_CLOEXEC, 0, cells.address()),
                    "socketpair");
            return two(cells);
        }
    }

    /** A pipe's end to read from and its end to write to, which close on exec. */
    static int[] pipe() throws ErrnoException {
        try (Region cells = Region.allocate(2 * Integer.BYTES)) {
            ErrnoException.check(LibC.pipe2(cells.address(), LibC.O_CLOEXEC), "pipe");
            return two(cells);
        }
    }

    private static int[] two(Region cells) {
        ByteBuffer bytes = cells.bytes().order(ByteOrder.nativeOrder());
        return new int[] {bytes.getInt(0), bytes.getInt(Integer.BYTES)};
    }

    static void setOption(int fd, int level, int option, int value, String what)
            throws ErrnoException {
        try (Region cell = Region.allocate(Integer.BYTES)) {
            cell.bytes().order(ByteOrder.nativeOrder()).putInt(0, value);
            ErrnoException.check(
                    LibC.setsockopt(fd, level, option, cell.address(), Integer.BYTES),
                    "setsockopt " + what);
        }
    }

    static int option(int fd, int level, int option, String what) throws ErrnoException {
        try (Region cells = Region.allocate(2 * Integer.BYTES)) {
            ByteBuffer bytes = cells.bytes().order(ByteOrder.nativeOrder());
            bytes.putInt(4, Integer.BYTES);
            ErrnoException.check(
                    LibC.getsockopt(fd, level, option, cells.address(), cells.address() + 4),
                    "getsockopt " + what);
            return bytes.getInt(0);
        }
    }

    /**
     * Takes a pending connection, non-blocking and close-on-exec.
     *
     * @param name where the other end's address goes, or 0
     * @param length where its length is and goes, or 0
     */
    static int accept(int listener, long name, long length, Endpoint at) throws ErrnoException {
        int flags = LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;
        return ErrnoException.check(LibC.accept4(listener, name, length, flags), "accept at " + at);
    }
}

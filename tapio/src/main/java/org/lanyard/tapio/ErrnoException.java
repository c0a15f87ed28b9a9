package org.lanyard.tapio;

import java.io.IOException;

/** A system call failed. The message reads {@code "<what>: <errno's text>"}. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * @param what the call and its object, for example {@code "open /dev/net/tun"}
     * @param errno the value that the call left
     */
    public ErrnoException(String what, int errno) {
        super(what + ": " + Errno.text(errno));
        this.errno = errno;
    }

    /** Takes errno from the calling thread's last call. */
    static ErrnoException last(String what) {
        return new ErrnoException(what, LibC.errno());
    }

    static int check(int result, String what) throws ErrnoException {
        if (result < 0) {
            throw last(what);
        }
        return result;
    }

    public int errno() {
        return errno;
    }
}

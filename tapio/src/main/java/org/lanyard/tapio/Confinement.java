package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a process takes from itself for good before it handles what others send: limits, privileges,
 * system calls. Everything here holds for all threads of the process, those of the JVM included,
 * except where a method says otherwise. To be called by the main thread, in the order of this file.
 */
public final class Confinement {
    /** The user that owns nothing (Debian: nobody). */
    public static final int NOBODY = 65_534;

    private static final int RLIMIT_FSIZE = 1;
    private static final int RLIMIT_DATA = 2;
    private static final int RLIMIT_CORE = 4;
    private static final int RLIMIT_NOFILE = 7;

    private static final int PR_SET_PDEATHSIG = 1;
    private static final int PR_SET_DUMPABLE = 4;
    private static final int PR_SET_KEEPCAPS = 8;
    private static final int PR_SET_NO_NEW_PRIVS = 38;

    private static final int CAPABILITY_VERSION_3 = 0x20080522;
    private static final int CAP_NET_BIND_SERVICE = 10;

    /** Made before root is nobody, who perhaps may not read its class. */
    private static final SystemCallFilter FILTER = new SystemCallFilter();

    private Confinement() {}

    /**
     * Bounds the process: it writes no file and no core, and can have so much and no more.
     *
     * @param descriptors open at a time
     * @param dataBytes of memory that it may write to, the JVM's heap included
     */
    public static void limit(int descriptors, long dataBytes) throws ErrnoException {
        limit(RLIMIT_FSIZE, 0, "RLIMIT_FSIZE");
        limit(RLIMIT_CORE, 0, "RLIMIT_CORE");
        limit(RLIMIT_NOFILE, descriptors, "RLIMIT_NOFILE");
        limit(RLIMIT_DATA, dataBytes, "RLIMIT_DATA");
    }

    /** Soft and hard (struct rlimit), unless less holds already. */
    private static void limit(int resource, long most, String what) throws ErrnoException {
        try (Region limit = Region.allocate(2 * Long.BYTES)) {
            ByteBuffer bytes = limit.bytes().order(ByteOrder.nativeOrder());
            ErrnoException.check(LibC.getrlimit(resource, limit.address()), "getrlimit " + what);
            long hard = bytes.getLong(8);
            long now = Long.compareUnsigned(hard, most) < 0 ? hard : most;
            bytes.putLong(0, now).putLong(8, now);
            ErrnoException.check(LibC.setrlimit(resource, limit.address()), "setrlimit " + what);
        }
    }

    /**
     * Makes root nobody; the calling thread keeps CAP_NET_BIND_SERVICE, to listen below port 1024.
     * Another user stays who it is.
     *
     * @return whether it is not root now; root stays root where it may not change, or where this
     *     user namespace has no nobody
     */
    public static boolean dropRoot() throws ErrnoException {
        if (LibC.geteuid() != 0) {
            return true;
        }
        ErrnoException.check(LibC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl PR_SET_KEEPCAPS");
        LibC.setgroups(0, 0); // a user namespace may forbid it, and then the change below too
        if (LibC.setresgid(NOBODY, NOBODY, NOBODY) < 0
                || LibC.setresuid(NOBODY, NOBODY, NOBODY) < 0) {
            return false;
        }
        // struct __user_cap_header_struct {version, pid}, two of {effective, permitted,
        // inheritable}
        try (Region header = Region.allocate(8);
                Region data = Region.allocate(24)) {
            header.bytes().order(ByteOrder.nativeOrder()).putInt(0, CAPABILITY_VERSION_3);
            ByteBuffer sets = data.bytes().order(ByteOrder.nativeOrder());
            sets.putInt(0, 1 << CAP_NET_BIND_SERVICE).putInt(4, 1 << CAP_NET_BIND_SERVICE);
            if (LibC.capset(header.address(), data.address()) < 0) {
                sets.putInt(0, 0).putInt(4, 0); // it was no full root: then none
                ErrnoException.check(LibC.capset(header.address(), data.address()), "capset");
            }
        }
        return true;
    }

    /**
     * Ends the process by SIGKILL when the thread that started it ends. After {@link #dropRoot}:
     * another user id would forget it.
     *
     * @param parent who that is; the call fails when it has ended already
     */
    public static void dieWithParent(int parent) throws ErrnoException {
        ErrnoException.check(
                LibC.prctl(PR_SET_PDEATHSIG, LibC.SIGKILL, 0, 0, 0), "prctl PR_SET_PDEATHSIG");
        if (LibC.getppid() != parent) {
            throw new ErrnoException("the parent process", Errno.ESRCH);
        }
    }

    /**
     * No privilege can be gained any more, nobody of the same user may look into this process, and
     * of the system calls those are gone that a program which only talks to sockets has no use for,
     * starting another program among them.
     *
     * @throws ErrnoException where the kernel has no such filter, or forbids it
     */
    public static void lock() throws ErrnoException {
        ErrnoException.check(LibC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl PR_SET_DUMPABLE");
        ErrnoException.check(
                LibC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
        FILTER.load();
    }
}

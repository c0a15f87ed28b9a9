package org.lanyard.tapio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Stream;

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

    private static final int PR_CAP_AMBIENT = 47;
    private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    /** Like the filters made before root is nobody, who perhaps may not read their classes. */
    private static final boolean HAS_LANDLOCK = Landlock.version() > 0;

    private static final SystemCallFilter WITHOUT = new SystemCallFilter(false);

    private static final SystemCallFilter WITH_UNIX_SOCKETS = new SystemCallFilter(true);

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
     * Whether this process is root, and can be nobody instead: not every user namespace has one.
     */
    static boolean hasNobody() {
        return LibC.geteuid() == 0
                && Capabilities.setIds()
                && isMapped("/proc/self/uid_map")
                && isMapped("/proc/self/gid_map");
    }

    /** Lines of a first id here, one outside, and how many (user_namespaces(7)). */
    private static boolean isMapped(String map) {
        try (Stream<String> lines = Files.lines(Path.of(map))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .anyMatch(
                            words ->
                                    Long.parseLong(words[0]) <= NOBODY
                                            && NOBODY - Long.parseLong(words[0])
                                                    < Long.parseLong(words[2]));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * In a mount namespace of its own: leaves all files, but a few places that are read-only.
     *
     * @param kept what is to be seen where: names in the new root, and files or directories of now
     * @throws IOException when the kernel refuses
     */
    public static void leaveFiles(Map<String, Path> kept) throws IOException {
        EmptyRoot.enter(kept);
    }

    /**
     * From now on the calling thread, and where the kernel can the process, opens no other files
     * than these, changes none, and reaches no abstract socket and no process outside.
     *
     * @param readable files and directories; those that are not there are left out
     * @return whether the kernel has such a thing
     */
    public static boolean keepFiles(Collection<Path> readable) throws ErrnoException {
        return HAS_LANDLOCK && new Landlock().reading(readable).writingNothing().restrictProcess();
    }

    /**
     * Makes root nobody; the calling thread keeps CAP_NET_BIND_SERVICE, to listen below port 1024,
     * and nothing else. So it is with another user, who stays who it is. Threads that were there
     * before keep what the process was started with, unless it was root and is nobody now.
     *
     * @return whether it is not root now; root stays root where it may not change, or where this
     *     user namespace has no nobody
     */
    public static boolean dropRoot() throws ErrnoException {
        boolean wasRoot = LibC.geteuid() == 0;
        boolean isNobody = wasRoot && becomeNobody();
        dropCapabilities();
        return !wasRoot || isNobody;
    }

    private static boolean becomeNobody() throws ErrnoException {
        ErrnoException.check(LibC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "prctl PR_SET_KEEPCAPS");
        LibC.setgroups(0, 0); // a user namespace may forbid it, and then the change below too
        return LibC.setresgid(NOBODY, NOBODY, NOBODY) == 0
                && LibC.setresuid(NOBODY, NOBODY, NOBODY) == 0;
    }

    private static void dropCapabilities() throws ErrnoException {
        LibC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        // struct __user_cap_header_struct {version, pid}, two of {effective, permitted,
        // inheritable}
        try (Region header = Region.allocate(8);
                Region data = Region.allocate(24)) {
            header.bytes().order(ByteOrder.nativeOrder()).putInt(0, CAPABILITY_VERSION_3);
            ByteBuffer sets = data.bytes().order(ByteOrder.nativeOrder());
            ErrnoException.check(LibC.capget(header.address(), data.address()), "capget");
            int kept = sets.getInt(4) & 1 << CAP_NET_BIND_SERVICE;
            sets.putInt(0, kept).putInt(4, kept).putInt(8, 0);
            sets.putInt(12, 0).putInt(16, 0).putInt(20, 0);
            ErrnoException.check(LibC.capset(header.address(), data.address()), "capset");
        }
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
     * of the system calls those are left that a program needs which only talks to sockets.
     *
     * @param unixSockets whether it may make and connect unix sockets, besides those of IP
     * @throws ErrnoException where the kernel has no such filter, or forbids it
     */
    public static void lock(boolean unixSockets) throws ErrnoException {
        ErrnoException.check(LibC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl PR_SET_DUMPABLE");
        ErrnoException.check(
                LibC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
        (unixSockets ? WITH_UNIX_SOCKETS : WITHOUT).load();
    }
}

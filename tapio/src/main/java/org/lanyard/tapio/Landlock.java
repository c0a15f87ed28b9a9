package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a thread takes from itself, and from whatever it starts, by Landlock (landlock(7)): to open
 * files elsewhere than where it says, and to reach processes and abstract sockets outside. The
 * kernel has no way to do that to all threads of a running process before Linux 7.0, so a process
 * is held as a whole only where it was started by such a thread. For one thread, once.
 */
final class Landlock {
    /** Landlock's numbers are the same on x86-64 and aarch64. */
    private static final long CREATE_RULESET = 444;

    private static final long ADD_RULE = 445;
    private static final long RESTRICT_SELF = 446;

    private static final long CREATE_RULESET_VERSION = 1;
    private static final long RULE_PATH_BENEATH = 1;
    private static final long RESTRICT_SELF_TSYNC = 1 << 3;

    private static final long EXECUTE = 1;
    private static final long READ_FILE = 1 << 2;
    private static final long READ_DIR = 1 << 3;

    /** All rights to files of the first version: bits 0 to 12. */
    private static final long FIRST_RIGHTS = (1 << 13) - 1;

    private static final long TRUNCATE = 1 << 14;
    private static final long IOCTL_DEV = 1 << 15;

    /** Abstract unix sockets, and signals. */
    private static final long SCOPES = 3;

    private static final int WITH_TRUNCATE = 3;
    private static final int WITH_IOCTL = 5;
    private static final int WITH_SCOPES = 6;
    private static final int WITH_TSYNC = 8;

    private static final int PR_SET_NO_NEW_PRIVS = 38;

    private final List<Path> readable = new ArrayList<>();
    private boolean writes;
    private boolean files;

    /** The version of what this kernel has; 0 where it has none, or it is switched off. */
    static int version() {
        return (int) Math.max(0, LibC.syscall(CREATE_RULESET, 0, 0, CREATE_RULESET_VERSION));
    }

    /**
     * May read and execute what is beneath these, and nothing else; what is not there is left out.
     */
    Landlock reading(Iterable<Path> paths) {
        files = true;
        paths.forEach(readable::add);
        return this;
    }

    /** May change no file anywhere. */
    Landlock writingNothing() {
        writes = true;
        return this;
    }

    /**
     * Puts it into force for the calling thread, which can gain no privilege any more either.
     *
     * @return whether the kernel has Landlock; where not, nothing was done
     * @throws ErrnoException where it has, and refuses
     */
    boolean restrictThread() throws ErrnoException {
        return restrict(0);
    }

    /** The same for all threads, where the kernel can; elsewhere for the calling one. */
    boolean restrictProcess() throws ErrnoException {
        return restrict(version() >= WITH_TSYNC ? RESTRICT_SELF_TSYNC : 0);
    }

    private boolean restrict(long flags) throws ErrnoException {
        int version = version();
        if (version == 0 || !files && version < WITH_SCOPES) {
            return false;
        }
        ErrnoException.check(
                LibC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
        int rules = ruleset(version);
        try {
            for (Path path : readable) {
                allow(rules, path);
            }
            ErrnoException.check(
                    (int) LibC.syscall(RESTRICT_SELF, rules, flags, 0), "landlock_restrict_self");
        } finally {
            LibC.close(rules);
        }
        return true;
    }

    /** struct landlock_ruleset_attr: rights to files, to TCP ports, scopes. */
    private int ruleset(int version) throws ErrnoException {
        try (Region attributes = Region.allocate(3 * Long.BYTES)) {
            long size = version >= WITH_SCOPES ? 3 * Long.BYTES : Long.BYTES;
            attributes
                    .bytes()
                    .order(ByteOrder.nativeOrder())
                    .putLong(0, files ? rights(version) : 0)
                    .putLong(8, 0) // to connect is what it is for
                    .putLong(16, version >= WITH_SCOPES ? SCOPES : 0);
            return ErrnoException.check(
                    (int) LibC.syscall(CREATE_RULESET, attributes.address(), size, 0),
                    "landlock_create_ruleset");
        }
    }

    private long rights(int version) {
        if (!writes) {
            return EXECUTE | READ_FILE | READ_DIR;
        }
        long rights = FIRST_RIGHTS;
        rights |= version >= WITH_TRUNCATE ? TRUNCATE : 0;
        rights |= version >= WITH_IOCTL ? IOCTL_DEV : 0;
        return rights;
    }

    private static void allow(int rules, Path path) throws ErrnoException {
        int fd = LibC.open(path.toString(), LibC.O_PATH | LibC.O_CLOEXEC, 0);
        if (fd < 0) {
            return;
        }
        // struct landlock_path_beneath_attr, packed: rights, descriptor
        try (Region rule = Region.allocate(Long.BYTES + Integer.BYTES)) {
            long rights = EXECUTE | READ_FILE | (Files.isDirectory(path) ? READ_DIR : 0);
            ByteBuffer bytes = rule.bytes().order(ByteOrder.nativeOrder());
            bytes.putLong(0, rights).putInt(Long.BYTES, fd);
            ErrnoException.check(
                    (int) LibC.syscall(ADD_RULE, rules, RULE_PATH_BENEATH, rule.address(), 0),
                    "landlock_add_rule " + path);
        } finally {
            LibC.close(fd);
        }
    }
}

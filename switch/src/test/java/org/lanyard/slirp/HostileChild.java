package org.lanyard.slirp;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.lanyard.tapio.LibC;

/**
 * What may be in the place of a user port's child after a hijack: a program that is shut in as that
 * one is, and then tries all that it can think of, by raw system calls. It says a line for each,
 * with what it got: {@code works}, or the error. Linux' numbers of x86-64 and aarch64.
 */
public final class HostileChild {
    private static final boolean X86 = "amd64".equals(System.getProperty("os.arch"));
    private static final long HERE = -100; // AT_FDCWD
    private static final int SIGTERM = 15;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int STREAM = 1;
    private static final int DGRAM = 2;
    private static final int MOST_DESCRIPTORS = 64;
    private static final Memory SCRATCH = new Memory(4096);
    private static final Memory NUMBERS = new Memory(4096);

    static {
        Native.register(HostileChild.class, "c");
    }

    private HostileChild() {}

    static native long syscall(long number, long a, long b, long c, long d, long e, long f);

    private record Attempt(String name, int x86, int arm, long... arguments) {}

    private static final List<Attempt> ATTEMPTS = new ArrayList<>();

    /** Names live as long as the process. */
    private static final List<Memory> STRINGS = new ArrayList<>();

    private static long text(String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        Memory memory = new Memory(bytes.length);
        memory.write(0, bytes, 0, bytes.length);
        STRINGS.add(memory);
        return Pointer.nativeValue(memory);
    }

    private static long scratch() {
        return Pointer.nativeValue(SCRATCH);
    }

    private static void add(String name, int x86, int arm, long... arguments) {
        ATTEMPTS.add(new Attempt(name, x86, arm, arguments));
    }

    private static String open(String name, String path, int flags) {
        add(name, 257, 56, HERE, text(path), flags, 0600);
        return path;
    }

    private static void prepare(Map<String, String> targets) {
        long victim = Long.parseLong(targets.get("victim"));
        String secret = targets.get("secret");
        String open = targets.get("open");
        long name = text(secret);
        long self = ProcessHandle.current().pid();

        // Other processes
        for (Map.Entry<String, Long> who : Map.of("victim", victim, "parent", 0L).entrySet()) {
            long pid = who.getValue() == 0 ? Math.max(1, LibC.getppid()) : who.getValue();
            String to = " " + who.getKey();
            add("kill" + to, 62, 129, pid, SIGTERM);
            add("tkill" + to, 200, 130, pid, SIGTERM);
            add("tgkill" + to, 234, 131, pid, pid, SIGTERM);
            add("rt_sigqueueinfo" + to, 129, 138, pid, SIGTERM, scratch());
            add("rt_tgsigqueueinfo" + to, 297, 240, pid, pid, SIGTERM, scratch());
            add("pidfd_open" + to, 434, 434, pid, 0);
            add("ptrace seize" + to, 101, 117, 0x4206, pid, 0, 0);
            add("process_vm_readv" + to, 310, 270, pid, scratch(), 1, scratch(), 1, 0);
            add("process_vm_writev" + to, 311, 271, pid, scratch(), 1, scratch(), 1, 0);
            add("prlimit64" + to, 302, 261, pid, 7, 0, scratch());
            add("setpriority" + to, 141, 140, 0, pid, 19);
            add("sched_setaffinity" + to, 203, 122, pid, 8, scratch());
            add("migrate_pages" + to, 256, 238, pid, 8, scratch(), scratch());
            add("kcmp" + to, 312, 272, self, pid, 2, 0, 0);
            open("/proc/PID/mem" + to, "/proc/" + pid + "/mem", 2);
            open("/proc/PID/environ" + to, "/proc/" + pid + "/environ", 0);
            open("/proc/PID/root" + to, "/proc/" + pid + "/root/etc/passwd", 0);
        }
        add("kill all", 62, 129, -1, 0);
        add("kill of its own process", 62, 129, self, 0);
        add("own signals to another: F_SETOWN", 72, 25, 0, 8, victim);

        // Files
        open("read /etc/passwd", "/etc/passwd", 0);
        open("read a file that all may", secret, 0);
        open("change a file that all may", open, 1);
        open("empty a file that all may", open, 0x201);
        open("make a file", open + ".new", 0x41);
        open("make a file in /tmp", "/tmp/hostile." + self, 0x41);
        open("write below itself", "/hostile", 0x41);
        open("a file without a name", "/tmp", 0x400002 | 0x10000);
        open("a name alone: O_PATH", "/", 0x200000);
        open("read /proc/self/mem", "/proc/self/mem", 2);
        open("read /dev/kmsg", "/dev/kmsg", 0);
        open("a terminal: /dev/ptmx", "/dev/ptmx", 2);
        add("openat2", 437, 437, HERE, name, scratch(), 24);
        add("unlink", 263, 35, HERE, text(open), 0);
        add("rename", 316, 276, HERE, text(open), HERE, text(open + ".renamed"), 0);
        add("mkdir", 258, 34, HERE, text(open + ".dir"), 0700);
        add("symlink", 266, 36, name, HERE, text(open + ".link"));
        add("link", 265, 37, HERE, text(open), HERE, text(open + ".hard"), 0);
        add("chmod", 268, 53, HERE, text(open), 0777);
        add("chown", 260, 54, HERE, text(open), 0, 0, 0);
        add("truncate", 76, 45, text(open), 0);
        add("setxattr", 188, 5, text(open), text("user.x"), scratch(), 1, 0);
        add("mknod", 259, 33, HERE, text(open + ".fifo"), 0010600, 0);
        add("name_to_handle_at", 303, 264, HERE, name, scratch(), scratch(), 0);
        add("open_by_handle_at", 304, 265, HERE, scratch(), 0);
        add("inotify", 294, 26, 0);
        add("fanotify", 300, 262, 0, 0);

        // Programs and processes
        long argv = Pointer.nativeValue(NUMBERS);
        add("execve /bin/true", 59, 221, text("/bin/true"), argv, argv + 8);
        add("execveat", 322, 281, HERE, text("/bin/true"), argv, argv + 8, 0);
        add("clone of a process", 56, 220, 17, 0, 0, 0, 0);
        add("clone3", 435, 435, scratch(), 64);
        add("fork", 57, -1);
        add("vfork", 58, -1);
        add("memfd_create", 319, 279, text("x"), 0);

        // Namespaces, mounts, roots
        add("unshare a user namespace", 272, 97, 0x10000000);
        add("unshare a mount namespace", 272, 97, 0x20000);
        add("setns", 308, 268, 0, 0);
        add("mount", 165, 40, text("none"), text("/tmp"), text("tmpfs"), 0, 0);
        add("umount", 166, 39, text("/"), 2);
        add("pivot_root", 155, 41, text("/"), text("/"));
        add("chroot", 161, 51, text("/"));
        add("open_tree", 428, 428, HERE, text("/"), 1);
        add("move_mount", 429, 429, HERE, text("/"), HERE, text("/tmp"), 0);
        add("fsopen", 430, 430, text("tmpfs"), 0);

        // Rights
        add("setuid 0", 105, 146, 0);
        add("setresuid 0", 117, 147, 0, 0, 0);
        add("setgroups", 116, 159, 1, scratch());
        add("capset", 126, 91, argv, argv + 64);
        add("prctl PR_SET_DUMPABLE", 157, 167, 4, 1, 0, 0, 0);
        add("prctl PR_SET_PTRACER", 157, 167, 0x59616d61, -1, 0, 0, 0);
        add("prctl PR_SET_SECUREBITS", 157, 167, 28, 0, 0, 0, 0);
        add("seccomp", 317, 277, 0, 0, 0);
        add("personality", 135, 92, 0x400000);

        // Sockets of other kinds, and what else can be asked of one
        add("AF_UNIX socket", 41, 198, AF_UNIX, STREAM, 0);
        add("AF_UNIX datagrams", 41, 198, AF_UNIX, DGRAM, 0);
        add("AF_UNIX socketpair", 53, 199, AF_UNIX, STREAM, 0, scratch());
        add("AF_NETLINK", 41, 198, 16, 3, 0);
        add("AF_PACKET", 41, 198, 17, 3, 0x300);
        add("AF_ALG", 41, 198, 38, 5, 0);
        add("AF_VSOCK", 41, 198, 40, STREAM, 0);
        add("raw ICMP", 41, 198, AF_INET, 3, 1);
        add("raw IP", 41, 198, AF_INET, 3, 255);
        add("MPTCP", 41, 198, AF_INET, STREAM, 262);
        add("SCTP", 41, 198, AF_INET, STREAM, 132);
        add("a filter on a socket", 54, 208, 1, 1, 26, argv, 16);
        add("terminal's input: TIOCSTI", 16, 29, 0, 0x5412, scratch());

        // Surfaces of the kernel
        add("io_uring_setup", 425, 425, 8, argv);
        add("bpf", 321, 280, 0, argv, 64);
        add("userfaultfd", 323, 282, 1);
        add("perf_event_open", 298, 241, argv, 0, -1, -1, 0);
        add("add_key", 248, 217, text("user"), text("k"), scratch(), 1, -3);
        add("request_key", 249, 218, text("user"), text("k"), 0, -3);
        add("keyctl", 250, 219, 0, -3, 1);
        add("shmget", 29, 194, 0, 4096, 01600);
        add("semget", 64, 190, 0, 1, 01600);
        add("msgget", 68, 186, 0, 01600);
        add("mq_open", 240, 180, text("hostile"), 0x42, 0600, 0);
        add("landlock_create_ruleset", 444, 444, 0, 0, 1);
        add("pkey_alloc", 330, 289, 0, 0);
        add("syslog", 103, 116, 3, scratch(), 100);
        add("init_module", 175, 105, scratch(), 1, text(""));
        add("quotactl", 179, 60, 0, 0, 0, 0);
        if (X86) {
            add("iopl", 172, -1, 3);
            add("modify_ldt", 154, -1, 0, scratch(), 16);
            add("kill by x32", 0x40000000 + 62, -1, victim, SIGTERM);
        }
    }

    /** Its arguments are those of {@link Main}, and targets. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> values = UserNetwork.values(List.of(arguments));
        Cell cell = Cell.of(values, UserNetwork.parse(List.of(arguments)));
        SCRATCH.clear();
        NUMBERS.clear();
        prepare(values);
        byte[] unix = address(values.get("unix"));
        byte[] hidden = address("\0" + values.get("abstract"));
        List<String> lines = new ArrayList<>(List.of(line("warm", -1), line("up", 1)));
        lines.clear();
        warmUp();
        cell.lock();
        for (Attempt attempt : ATTEMPTS) {
            int number = X86 ? attempt.x86() : attempt.arm();
            if (number >= 0) {
                lines.add(line(attempt.name(), call(number, attempt.arguments())));
            }
        }
        lines.add(line("a unix socket of another's", connect(unix)));
        lines.add(line("an abstract socket of another's", connect(hidden)));
        lines.add(line("a way up from a directory that is open", climb()));
        lines.add("serves: " + serves());
        System.out.println(String.join("\n", lines));
        System.out.println("end");
        System.out.flush();
        // Looked at from outside until its input ends.
        LibC.read(0, scratch(), 1);
    }

    /** Classes that are wanted when no file can be read any more. */
    private static void warmUp() {
        serves();
        climb();
        connect(address("/"));
    }

    private static String line(String name, long result) {
        return name + ": " + (result >= 0 ? "works" : "error " + Native.getLastError());
    }

    private static long call(int number, long... arguments) {
        long[] all = new long[6];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        return syscall(number, all[0], all[1], all[2], all[3], all[4], all[5]);
    }

    private static byte[] address(String path) {
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        byte[] address = new byte[2 + name.length];
        address[0] = AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        return address;
    }

    private static long connect(byte[] address) {
        long fd = call(X86 ? 41 : 198, AF_UNIX, STREAM, 0);
        if (fd < 0) {
            return fd;
        }
        SCRATCH.write(0, address, 0, address.length);
        return call(X86 ? 42 : 203, fd, scratch(), address.length);
    }

    private static long climb() {
        long result = -1;
        SCRATCH.setString(0, "../../../../../../etc/passwd");
        for (int fd = 0; fd < MOST_DESCRIPTORS && result < 0; fd++) {
            result = call(X86 ? 257 : 56, fd, scratch(), 0, 0);
        }
        return result;
    }

    /** What it is for goes on: sockets of IP, memory, threads, time. */
    private static boolean serves() {
        AtomicBoolean ran = new AtomicBoolean();
        Thread thread = new Thread(() -> ran.set(new byte[1 << 20].length > 0));
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            return false;
        }
        System.gc();
        long fd = call(X86 ? 41 : 198, AF_INET, STREAM, 0);
        SCRATCH.clear();
        SCRATCH.setByte(0, (byte) AF_INET);
        boolean bound = call(X86 ? 49 : 200, fd, scratch(), 16) == 0;
        return ran.get() && fd >= 0 && bound && LibC.close((int) fd) == 0;
    }
}

package org.lanyard.tapio;

import java.util.List;

/**
 * The system calls that {@link SystemCallFilter} lets pass (asm/unistd.h): what a JVM calls once it
 * is warm, for its memory, threads and time, and what a program calls that serves sockets and reads
 * a file. A few are there for other C libraries, older or newer kernels, and aarch64. Java 17 and
 * 25 run under it in the tests.
 */
final class SystemCalls {
    static final int NONE = -1;

    /** One system call's number on x86-64 and on aarch64. */
    record Call(int x86, int arm) {}

    /**
     * That an argument, the first of which is 0, is one of these values where the mask has bits.
     */
    record Condition(int argument, int mask, List<Integer> values) {}

    /** A call that passes where all conditions of one of the lists hold; else there is an error. */
    record Rule(Call call, int errno, List<List<Condition>> ways) {
        Rule(Call call, int errno, Condition... conditions) {
            this(call, errno, List.of(List.of(conditions)));
        }
    }

    /** With whatever arguments; the most frequent first. */
    static final List<Call> FREE =
            List.of(
                    // What is open: data, descriptors, positions
                    new Call(7, NONE), // poll
                    new Call(271, 73), // ppoll
                    new Call(0, 63), // read
                    new Call(1, 64), // write
                    new Call(44, 206), // sendto
                    new Call(45, 207), // recvfrom
                    new Call(202, 98), // futex
                    new Call(19, 65), // readv
                    new Call(20, 66), // writev
                    new Call(17, 67), // pread64
                    new Call(8, 62), // lseek
                    new Call(3, 57), // close
                    new Call(32, 23), // dup
                    new Call(33, NONE), // dup2
                    new Call(292, 24), // dup3
                    new Call(5, 80), // fstat
                    new Call(4, NONE), // stat
                    new Call(6, NONE), // lstat
                    new Call(262, 79), // newfstatat
                    new Call(332, 291), // statx
                    // Sockets that there are
                    new Call(42, 203), // connect
                    new Call(49, 200), // bind
                    new Call(50, 201), // listen
                    new Call(43, 202), // accept
                    new Call(288, 242), // accept4
                    new Call(46, 211), // sendmsg
                    new Call(47, 212), // recvmsg
                    new Call(48, 210), // shutdown
                    new Call(51, 204), // getsockname
                    new Call(52, 205), // getpeername
                    new Call(55, 209), // getsockopt
                    // Its own memory
                    new Call(9, 222), // mmap
                    new Call(10, 226), // mprotect
                    new Call(11, 215), // munmap
                    new Call(25, 216), // mremap
                    new Call(27, 232), // mincore
                    new Call(28, 233), // madvise
                    new Call(12, 214), // brk
                    new Call(324, 283), // membarrier
                    // Its own threads and signal handlers
                    new Call(13, 134), // rt_sigaction
                    new Call(14, 135), // rt_sigprocmask
                    new Call(15, 139), // rt_sigreturn
                    new Call(131, 132), // sigaltstack
                    new Call(219, 128), // restart_syscall
                    new Call(24, 124), // sched_yield
                    new Call(204, 123), // sched_getaffinity
                    new Call(309, 168), // getcpu
                    new Call(273, 99), // set_robust_list
                    new Call(334, 293), // rseq
                    new Call(60, 93), // exit
                    new Call(231, 94), // exit_group
                    // Time, chance, and who it is
                    new Call(35, 101), // nanosleep
                    new Call(230, 115), // clock_nanosleep
                    new Call(228, 113), // clock_gettime
                    new Call(229, 114), // clock_getres
                    new Call(96, 169), // gettimeofday
                    new Call(201, NONE), // time
                    new Call(318, 278), // getrandom
                    new Call(39, 172), // getpid
                    new Call(186, 178), // gettid
                    new Call(110, 173), // getppid
                    new Call(102, 174), // getuid
                    new Call(107, 175), // geteuid
                    new Call(104, 176), // getgid
                    new Call(108, 177), // getegid
                    new Call(98, 165), // getrusage
                    new Call(99, 179)); // sysinfo

    private static final Call CLONE = new Call(56, 220);
    private static final Call TGKILL = new Call(234, 131);
    private static final Call OPEN = new Call(2, NONE);
    private static final Call OPENAT = new Call(257, 56);
    private static final Call SOCKET = new Call(41, 198);
    private static final Call SETSOCKOPT = new Call(54, 208);
    private static final Call FCNTL = new Call(72, 25);
    private static final Call IOCTL = new Call(16, 29);
    private static final Call PRCTL = new Call(157, 167);

    private static final int WHOLE = -1;
    private static final int CLONE_THREAD = 0x10000;

    /** CLONE_NEW…, all of them but CLONE_NEWTIME, CLONE_PTRACE. */
    private static final int CLONE_BEYOND = 0x7e022000;

    /** To write, to create, to empty, to append, to be sent signals, to name, without a name. */
    private static final int OPEN_TO_CHANGE = 0x3 | 0x40 | 0x200 | 0x400 | 0x2000 | 0x600000;

    private static final int SOCKET_TYPE = 0xf;
    private static final int IPPROTO_ICMP = 1;
    private static final int IPPROTO_UDP = 17;
    private static final int IPPROTO_ICMPV6 = 58;
    private static final int IPPROTO_IP = 0;

    /**
     * Addresses, buffers, keepalive, time to live, no delay, errors, whatever the level; not
     * SO_ATTACH_FILTER (26) and TCP_ULP (31).
     */
    private static final Integer[] HARMLESS_OPTIONS = {1, 2, 6, 7, 8, 9, 10, 11, 13, 16};

    private static final int F_DUPFD = 0;
    private static final int FIONREAD = 0x541b;
    private static final int FIONBIO = 0x5421;
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_VMA = 0x53564d41;

    private SystemCalls() {}

    private static Condition is(int argument, Integer... values) {
        return new Condition(argument, WHOLE, List.of(values));
    }

    private static Condition lacks(int argument, int bits) {
        return new Condition(argument, bits, List.of(0));
    }

    /**
     * Those with conditions.
     *
     * @param pid to which signals may be sent: its own, for the JVM's threads and for abort(3)
     * @param unixSockets whether those may be made too
     */
    static List<Rule> conditions(long pid, boolean unixSockets) {
        Condition families =
                unixSockets
                        ? is(0, LibC.AF_INET, LibC.AF_INET6, LibC.AF_UNIX)
                        : is(0, LibC.AF_INET, LibC.AF_INET6);
        return List.of(
                // A thread may be made, a process not. clone3 has its flags behind a pointer, and
                // is missing; the C library then uses clone in its place.
                new Rule(
                        CLONE,
                        Errno.EPERM,
                        new Condition(0, CLONE_THREAD, List.of(CLONE_THREAD)),
                        lacks(0, CLONE_BEYOND)),
                new Rule(TGKILL, Errno.EPERM, is(0, (int) pid)),
                new Rule(OPEN, Errno.EACCES, lacks(1, OPEN_TO_CHANGE)),
                new Rule(OPENAT, Errno.EACCES, lacks(2, OPEN_TO_CHANGE)),
                new Rule(
                        SOCKET,
                        Errno.EPERM,
                        families,
                        new Condition(1, SOCKET_TYPE, List.of(LibC.SOCK_STREAM, LibC.SOCK_DGRAM)),
                        is(
                                2,
                                IPPROTO_IP,
                                LibC.IPPROTO_TCP,
                                IPPROTO_UDP,
                                IPPROTO_ICMP,
                                IPPROTO_ICMPV6)),
                new Rule(
                        SETSOCKOPT,
                        Errno.EPERM,
                        List.of(
                                List.of(
                                        is(
                                                1,
                                                LibC.SOL_SOCKET,
                                                IPPROTO_IP,
                                                LibC.IPPROTO_TCP,
                                                LibC.IPPROTO_IPV6),
                                        is(2, HARMLESS_OPTIONS)),
                                List.of(is(1, LibC.IPPROTO_IPV6), is(2, LibC.IPV6_V6ONLY)))),
                // Not: who is sent signals, locks, leases
                new Rule(
                        FCNTL,
                        Errno.EPERM,
                        is(
                                1,
                                F_DUPFD,
                                LibC.F_GETFD,
                                LibC.F_SETFD,
                                LibC.F_GETFL,
                                LibC.F_SETFL,
                                LibC.F_DUPFD_CLOEXEC)),
                new Rule(IOCTL, Errno.EPERM, is(1, FIONREAD, FIONBIO)),
                new Rule(PRCTL, Errno.EPERM, is(0, PR_SET_NAME, PR_SET_VMA)));
    }
}

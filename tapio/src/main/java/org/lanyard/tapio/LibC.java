package org.lanyard.tapio;

import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * The system calls in use, by JNA direct mapping: plain static methods with primitive arguments, so
 * that a call allocates nothing and an {@code EAGAIN} throws nothing. Pointers are {@code long}
 * addresses of memory that the caller keeps alive, usually a {@link Region}'s.
 *
 * <p>Each method returns what the C function returns: -1 for an error, which {@link #errno()} then
 * tells. Any thread may call any method; errno is per thread.
 */
public final class LibC {
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int FD_CLOEXEC = 1;
    static final int F_DUPFD_CLOEXEC = 1030;

    static final int PROT_READ_WRITE = 3;
    static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    static final int MADV_DONTNEED = 4;

    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int AF_PACKET = 17;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = O_CLOEXEC;
    static final int SOCK_NONBLOCK = O_NONBLOCK;
    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_ERROR = 4;
    static final int SO_SNDBUF = 7;
    static final int SO_RCVBUF = 8;
    static final int SO_KEEPALIVE = 9;
    static final int SO_PEERCRED = 17;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_ACCEPTCONN = 30;
    static final int SO_RCVBUFFORCE = 33;
    static final int SO_DOMAIN = 39;
    static final int SO_RXQ_OVFL = 40;
    static final int SO_PEERGROUPS = 59;
    static final int SOL_PACKET = 263;
    static final int SCM_RIGHTS = 1;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int IPPROTO_TCP = 6;
    static final int TCP_NODELAY = 1;
    static final int TCP_KEEPIDLE = 4;
    static final int TCP_KEEPINTVL = 5;
    static final int TCP_KEEPCNT = 6;
    static final int TCP_INFO = 11;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;

    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;
    public static final int SHUT_RDWR = 2;

    public static final int SIGTERM = 15;
    public static final int SIGKILL = 9;

    static {
        if (Native.SIZE_T_SIZE != Long.BYTES) {
            throw new ExceptionInInitializerError(
                    "lanyard needs a 64-bit Linux: size_t here has "
                            + Native.SIZE_T_SIZE
                            + " bytes");
        }
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    /** The calling thread's errno, as its last call through this class left it. */
    public static int errno() {
        return Native.getLastError();
    }

    public static native long read(int fd, long buffer, long count);

    public static native long write(int fd, long buffer, long count);

    public static native long writev(int fd, long iovecs, int count);

    /** Both regions must be readable and writable for {@code count} bytes, and apart. */
    public static native long memcpy(long to, long from, long count);

    /** See poll(2): {@code entries} is the address of so many struct pollfd. */
    public static native int poll(long entries, long count, int timeoutMillis);

    public static native int open(String path, int flags, int mode);

    public static native int close(int fd);

    static native int fcntl(int fd, int command, long argument);

    static native int ioctl(int fd, long request, long argument);

    static native int socket(int domain, int type, int protocol);

    static native int bind(int fd, long address, int length);

    static native int listen(int fd, int backlog);

    static native int socketpair(int domain, int type, int protocol, long fds);

    static native long sendmsg(int fd, long message, int flags);

    static native long recvmsg(int fd, long message, int flags);

    static native int pipe2(long fds, int flags);

    /** Returns the error's number, and leaves errno alone; so do its file actions. */
    static native int posix_spawn(
            long pid, String path, long actions, long attributes, long argv, long environment);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_setflags(long attributes, int flags);

    static native int posix_spawnattr_destroy(long attributes);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    static native int posix_spawn_file_actions_destroy(long actions);

    static native int execv(String program, long argv);

    static native int waitpid(int pid, long status, int options);

    static native int accept4(int fd, long address, long lengthAddress, int flags);

    static native int connect(int fd, long address, int length);

    public static native int shutdown(int fd, int how);

    static native int getsockname(int fd, long address, long lengthAddress);

    static native int getpeername(int fd, long address, long lengthAddress);

    static native int getsockopt(int fd, int level, int option, long value, long lengthAddress);

    static native int setsockopt(int fd, int level, int option, long value, int length);

    static native long mmap(long address, long length, int prot, int flags, int fd, long offset);

    static native int munmap(long address, long length);

    static native int madvise(long address, long length, int advice);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epollFd, int operation, int fd, long event);

    static native int epoll_wait(int epollFd, long events, int maxEvents, int timeoutMillis);

    static native int eventfd(int initial, int flags);

    static native int timerfd_create(int clock, int flags);

    static native int timerfd_settime(int fd, int flags, long newTime, long oldTime);

    static native int if_nametoindex(String name);

    static native String strerror(int errno);

    /** A {@code struct group} that the next call overwrites, or null. */
    static native Pointer getgrnam(String name);

    /** A {@code struct passwd} that the next call overwrites, or null. */
    static native Pointer getpwuid(int uid);

    static native int setns(int fd, int type);

    /** Signal 0 asks whether the process exists (see kill(2)). */
    public static native int kill(int pid, int signal);

    /** Starts a session of our own; the caller must not lead a process group. */
    public static native int setsid();

    public static native int geteuid();

    public static native int getppid();

    static native int setgroups(long count, long groups);

    static native int setresgid(int real, int effective, int saved);

    static native int setresuid(int real, int effective, int saved);

    static native int getrlimit(int resource, long limit);

    static native int setrlimit(int resource, long limit);

    static native int capget(long header, long data);

    static native int capset(long header, long data);

    /** A system call that the C library has no function for; three arguments at most. */
    static native long syscall(long number, long one, long two, long three);

    /** The same with four. */
    static native long syscall(long number, long one, long two, long three, long four);

    /** The same with five. */
    static native long syscall(long number, long one, long two, long three, long four, long five);

    static native int mount(String source, String target, String type, long flags, String data);

    static native int umount2(String target, int flags);

    static native int chdir(String path);

    static native int flock(int fd, int operation);

    static native int nanosleep(long timespec, long remaining);

    static native int prctl(int option, long two, long three, long four, long five);

    static native long pthread_self();

    /** Returns the error's number, and leaves errno alone. */
    static native int pthread_setschedparam(long thread, int policy, long parameters);

    public static native int umask(int mask);

    public static native int dup2(int from, int to);
}

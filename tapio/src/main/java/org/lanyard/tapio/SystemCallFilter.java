package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp filter (seccomp(2)) that refuses, with EPERM and on all threads, the system calls by
 * which a hijacked process would reach beyond itself: other programs, other processes, namespaces,
 * mounts, the kernel's larger surfaces. It is a list of what is refused: a JVM needs too many calls
 * for a list of what is allowed.
 */
final class SystemCallFilter {
    /** One system call's number on x86-64 and on aarch64 (asm/unistd.h). */
    private record Call(int x86, int arm) {}

    private static final int NONE = -1;

    private static final List<Call> REFUSED =
            List.of(
                    new Call(101, 117), // ptrace
                    new Call(310, 270), // process_vm_readv
                    new Call(311, 271), // process_vm_writev
                    new Call(62, 129), // kill
                    new Call(200, 130), // tkill
                    new Call(129, 138), // rt_sigqueueinfo
                    new Call(424, 424), // pidfd_send_signal
                    new Call(434, 434), // pidfd_open
                    new Call(438, 438), // pidfd_getfd
                    new Call(165, 40), // mount
                    new Call(166, 39), // umount2
                    new Call(155, 41), // pivot_root
                    new Call(161, 51), // chroot
                    new Call(272, 97), // unshare
                    new Call(308, 268), // setns
                    new Call(304, 265), // open_by_handle_at
                    new Call(321, 280), // bpf
                    new Call(298, 241), // perf_event_open
                    new Call(323, 282), // userfaultfd
                    new Call(425, 425), // io_uring_setup
                    new Call(248, 217), // add_key
                    new Call(249, 218), // request_key
                    new Call(250, 219), // keyctl
                    new Call(246, 104), // kexec_load
                    new Call(175, 105), // init_module
                    new Call(313, 273), // finit_module
                    new Call(59, 221), // execve
                    new Call(322, 281), // execveat
                    new Call(57, NONE), // fork
                    new Call(58, NONE)); // vfork

    private static final Call CLONE = new Call(56, 220);
    private static final int CLONE3 = 435;
    private static final int CLONE_THREAD = 0x10000;

    private static final Call SECCOMP = new Call(317, 277);
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    private static final int AUDIT_ARCH_AARCH64 = 0xc00000b7;

    /** From here on x86-64 has the calls of its 32-bit variant x32. */
    private static final int X32 = 0x40000000;

    /** struct seccomp_data: number, architecture, 8 bytes of instruction pointer, arguments. */
    private static final int NUMBER_AT = 0;

    private static final int ARCHITECTURE_AT = 4;
    private static final int FIRST_ARGUMENT_AT = 16;

    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private static final int JUMP_IF_SET = 0x45; // BPF_JMP | BPF_JSET | BPF_K
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int ALLOW = 0x7fff0000;
    private static final int FAIL = 0x00050000;

    private static final int INSTRUCTION_SIZE = 8;

    private final List<Long> program = new ArrayList<>();
    private final boolean isX86 = "amd64".equals(System.getProperty("os.arch"));

    SystemCallFilter() {
        write();
    }

    private void write() {
        add(LOAD, ARCHITECTURE_AT);
        add(JUMP_IF_EQUAL, 1, 0, isX86 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64);
        add(RETURN, FAIL | Errno.EPERM);
        add(LOAD, NUMBER_AT);
        if (isX86) {
            add(JUMP_IF_AT_LEAST, 0, 1, X32);
            add(RETURN, FAIL | Errno.EPERM);
        }
        for (Call call : REFUSED) {
            int number = isX86 ? call.x86() : call.arm();
            if (number != NONE) {
                refuse(number, Errno.EPERM);
            }
        }
        // Its flags are behind a pointer; the C library then uses clone in its place.
        refuse(CLONE3, Errno.ENOSYS);
        // A thread may be made, a process not.
        add(JUMP_IF_EQUAL, 0, 3, isX86 ? CLONE.x86() : CLONE.arm());
        add(LOAD, FIRST_ARGUMENT_AT);
        add(JUMP_IF_SET, 1, 0, CLONE_THREAD);
        add(RETURN, FAIL | Errno.EPERM);
        add(RETURN, ALLOW);
    }

    private void refuse(int number, int errno) {
        add(JUMP_IF_EQUAL, 0, 1, number);
        add(RETURN, FAIL | errno);
    }

    private void add(int code, int value) {
        add(code, 0, 0, value);
    }

    /** struct sock_filter: code, steps when true, steps when false, value. */
    private void add(int code, int whenTrue, int whenFalse, int value) {
        program.add(
                (long) code | (long) whenTrue << 16 | (long) whenFalse << 24 | (long) value << 32);
    }

    /**
     * Puts it into force.
     *
     * @throws ErrnoException where the kernel has no such filters, or forbids them
     */
    void load() throws ErrnoException {
        try (Region instructions = Region.allocate(program.size() * INSTRUCTION_SIZE);
                Region head = Region.allocate(2 * Long.BYTES)) {
            ByteBuffer bytes = instructions.bytes().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < program.size(); i++) {
                bytes.putLong(i * INSTRUCTION_SIZE, program.get(i));
            }
            // struct sock_fprog
            head.bytes().order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) program.size());
            head.bytes().putLong(8, instructions.address());
            long result =
                    LibC.syscall(
                            isX86 ? SECCOMP.x86() : SECCOMP.arm(),
                            SECCOMP_SET_MODE_FILTER,
                            SECCOMP_FILTER_FLAG_TSYNC,
                            head.address());
            if (result > 0) { // a thread's number: it has another filter
                throw new ErrnoException("seccomp on thread " + result, Errno.EBUSY);
            }
            ErrnoException.check((int) result, "seccomp");
        }
    }
}

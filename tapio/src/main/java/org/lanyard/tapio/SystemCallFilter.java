package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A seccomp filter (seccomp(2)), for all threads, that lets pass what a JVM calls once it is warm,
 * and what a program that talks to sockets of IP calls; {@link SystemCalls} has the list. Where
 * arguments tell good from bad, they are looked at.
 *
 * <p>Whatever else is called is not there (ENOSYS): the C library and the JVM try older calls in
 * place of ones that a kernel lacks, and do without what is for convenience. To kill the process
 * would make an outage of the first such call that a later Java has. What is refused by its
 * arguments is told as the kernel would.
 */
final class SystemCallFilter {
    private static final SystemCalls.Call SECCOMP = new SystemCalls.Call(317, 277);
    private static final int SECCOMP_SET_MODE_FILTER = 1;
    private static final int SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int AUDIT_ARCH_X86_64 = 0xc000003e;
    private static final int AUDIT_ARCH_AARCH64 = 0xc00000b7;

    /** From here on x86-64 has the calls of its 32-bit variant x32. */
    private static final int X32 = 0x40000000;

    /**
     * struct seccomp_data: number, architecture, 8 bytes of instruction pointer, arguments of 8
     * bytes each, of which the lower half comes first and is all that an int is.
     */
    private static final int NUMBER_AT = 0;

    private static final int ARCHITECTURE_AT = 4;
    private static final int ARGUMENTS_AT = 16;

    private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
    private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
    private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
    private static final int JUMP_IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    private static final int JUMP = 0x05; // BPF_JMP | BPF_JA
    private static final int RETURN = 0x06; // BPF_RET | BPF_K
    private static final int ALLOW = 0x7fff0000;
    private static final int FAIL = 0x00050000;

    private static final int INSTRUCTION_SIZE = 8;

    private final List<Long> program = new ArrayList<>();
    private final boolean isX86 = "amd64".equals(System.getProperty("os.arch"));

    /** For this process: it may send signals to none but itself. */
    SystemCallFilter(boolean unixSockets) {
        add(LOAD, ARCHITECTURE_AT);
        add(JUMP_IF_EQUAL, 1, 0, isX86 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64);
        add(RETURN, FAIL | Errno.ENOSYS);
        add(LOAD, NUMBER_AT);
        if (isX86) {
            add(JUMP_IF_AT_LEAST, 0, 1, X32);
            add(RETURN, FAIL | Errno.ENOSYS);
        }
        SystemCalls.FREE.stream().map(this::number).forEach(this::allow);
        for (SystemCalls.Rule rule : SystemCalls.conditions(ownPid(), unixSockets)) {
            check(rule);
        }
        add(RETURN, FAIL | Errno.ENOSYS);
    }

    private static long ownPid() {
        return ProcessHandle.current().pid();
    }

    private int number(SystemCalls.Call call) {
        return isX86 ? call.x86() : call.arm();
    }

    private void allow(int number) {
        if (number != SystemCalls.NONE) {
            add(JUMP_IF_EQUAL, 0, 1, number);
            add(RETURN, ALLOW);
        }
    }

    private void check(SystemCalls.Rule rule) {
        int number = number(rule.call());
        if (number == SystemCalls.NONE) {
            return;
        }
        int size = 1;
        for (List<SystemCalls.Condition> way : rule.ways()) {
            size += size(way);
        }
        add(JUMP_IF_EQUAL, 0, size, number);
        for (List<SystemCalls.Condition> way : rule.ways()) {
            int end = program.size() + size(way);
            way.forEach(condition -> check(condition, end));
            add(RETURN, ALLOW);
        }
        add(RETURN, FAIL | rule.errno());
    }

    private static int size(List<SystemCalls.Condition> way) {
        return 1 + way.stream().mapToInt(condition -> 3 + condition.values().size()).sum();
    }

    /**
     * @param end where it goes on unless it holds
     */
    private void check(SystemCalls.Condition condition, int end) {
        add(LOAD, ARGUMENTS_AT + Long.BYTES * condition.argument());
        add(AND, condition.mask());
        int left = condition.values().size();
        for (int value : condition.values()) {
            add(JUMP_IF_EQUAL, left--, 0, value); // over the other values and the jump
        }
        add(JUMP, end - program.size() - 1);
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

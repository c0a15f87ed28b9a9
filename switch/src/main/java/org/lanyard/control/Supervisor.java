package org.lanyard.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.NotifySocket;

/**
 * Who started this process and wants to know how it is: systemd, or whoever speaks its protocols,
 * sd_notify(3) and sd_listen_fds(3). Without one everything here does nothing.
 */
public final class Supervisor {
    /** A descriptor that came with the process, and what it is called. */
    record Passed(String name, int fd) {
        void close() {
            LibC.close(fd);
        }
    }

    private static final int FIRST_FD = 3;
    private static final int MOST_FDS = 1024;
    private static final long LAST_MILLIS = 300;
    private static final Supervisor NONE = new Supervisor(null, 0, 0, List.of());

    private final Notices notices;
    private final long pid;
    private final long watchdogNanos;
    private final List<Passed> passed;
    private volatile boolean hasFailed;
    private String status = "";

    private Supervisor(NotifySocket socket, long pid, long watchdogNanos, List<Passed> passed) {
        this.notices = socket == null ? null : new Notices(socket);
        this.pid = pid;
        this.watchdogNanos = watchdogNanos;
        this.passed = passed;
    }

    /** Nobody. */
    static Supervisor none() {
        return NONE;
    }

    /**
     * @param environment of this process
     * @param pid this process
     */
    public static Supervisor of(Map<String, String> environment, long pid) {
        String address = environment.getOrDefault("NOTIFY_SOCKET", "");
        boolean watched = isFor(environment.get("WATCHDOG_PID"), pid, true);
        long micros = watched ? number(environment.get("WATCHDOG_USEC")) : 0;
        return new Supervisor(
                address.isEmpty() ? null : new NotifySocket(address),
                pid,
                TimeUnit.MICROSECONDS.toNanos(micros),
                passed(environment, pid));
    }

    private static List<Passed> passed(Map<String, String> environment, long pid) {
        List<Passed> passed = new ArrayList<>();
        if (isFor(environment.get("LISTEN_PID"), pid, false)) {
            long count = Math.min(MOST_FDS, number(environment.get("LISTEN_FDS")));
            String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
            for (int i = 0; i < count; i++) {
                String name = i < names.length && !names[i].isEmpty() ? names[i] : "unknown";
                passed.add(new Passed(name, FIRST_FD + i));
            }
        }
        return List.copyOf(passed);
    }

    private static boolean isFor(String text, long pid, boolean byDefault) {
        return text == null ? byDefault : number(text) == pid;
    }

    /** 0 for what is none. */
    private static long number(String text) {
        try {
            return text == null ? 0 : Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Whether anybody is to be told. */
    public boolean isThere() {
        return notices != null;
    }

    /** The descriptors that came with this process. */
    List<Passed> passed() {
        return passed;
    }

    /** It ends a process that is silent for so long; 0 when it does not. */
    long watchdogNanos() {
        return isThere() ? watchdogNanos : 0;
    }

    /** Everything works, from the start or again after {@link #reloading}. */
    void ready(String newStatus) {
        status = newStatus;
        tell("READY=1\nMAINPID=" + pid + "\nSTATUS=" + newStatus);
    }

    /**
     * @param nanoTime CLOCK_MONOTONIC, which is what Java's nanoTime is on Linux (os_linux.cpp)
     */
    void reloading(long nanoTime) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanoTime);
        tell("RELOADING=1\nMONOTONIC_USEC=" + micros);
    }

    /** One line for people; only what is new is told. */
    void status(String newStatus) {
        if (!hasFailed && !newStatus.equals(status)) {
            status = newStatus;
            tell("STATUS=" + newStatus);
        }
    }

    void stopping() {
        tell(hasFailed ? "STOPPING=1" : "STOPPING=1\nSTATUS=stopping");
    }

    /** Why it will end; nothing else is told from now on. Any thread. */
    void failed(String why) {
        hasFailed = true;
        tell("STATUS=failed: " + why.replace('\n', ' '));
    }

    /** It is not to end us yet. */
    void alive() {
        tell("WATCHDOG=1");
    }

    /** Waits for what is not told yet, a moment at most; to be called last. */
    void close() {
        if (notices != null) {
            try {
                notices.await(LAST_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void tell(String message) {
        if (notices != null) {
            notices.tell(message.substring(0, message.indexOf('=')), message);
        }
    }
}

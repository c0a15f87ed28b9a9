package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * CPU time used until now, or between two moments, in seconds.
 *
 * @param nanos {@link System#nanoTime}
 * @param all of every program and of the kernel
 * @param candidate of the candidate's process
 * @param ours of all that has a part: the candidate, the hosts, this JVM and its ended children
 */
record CpuTime(long nanos, double all, double candidate, double ours) {
    /** USER_HZ: the same on all that Java 17 runs on. */
    private static final double TICKS = 100;

    // proc_pid_stat(5), counted from the field after the name, which may hold blanks.
    private static final int USER_TIME = 11;
    private static final int CHILDREN_TIME = 13;

    // proc_stat(5): user nice system idle iowait irq softirq steal.
    private static final List<Integer> BUSY = List.of(1, 2, 3, 8);

    /**
     * @param watched the candidate's process first, then others that have a part; 0 for none
     */
    static CpuTime now(List<Long> watched) throws IOException {
        double candidate = used(watched.get(0), false);
        double ours = candidate + used(ProcessHandle.current().pid(), true);
        for (long pid : watched.subList(1, watched.size())) {
            ours += used(pid, false);
        }
        // Interrupts carry our packets through the kernel, too: they are nobody's noise.
        String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).split(" +");
        double ticks = BUSY.stream().mapToLong(i -> Long.parseLong(fields[i])).sum();
        return new CpuTime(System.nanoTime(), ticks / TICKS, candidate, ours);
    }

    /** Seconds that a process used; 0 for the process 0. */
    static double used(long pid, boolean withChildren) throws IOException {
        if (pid == 0) {
            return 0;
        }
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int i = USER_TIME; i < CHILDREN_TIME + (withChildren ? 2 : 0); i++) {
            ticks += Long.parseLong(fields[i]);
        }
        return ticks / TICKS;
    }

    CpuTime minus(CpuTime before) {
        return new CpuTime(
                nanos - before.nanos,
                all - before.all,
                candidate - before.candidate,
                ours - before.ours);
    }

    double candidateCores() {
        return candidate / seconds();
    }

    double othersCores() {
        return Math.max(0, all - ours) / seconds();
    }

    private double seconds() {
        return nanos / (double) TimeUnit.SECONDS.toNanos(1);
    }
}

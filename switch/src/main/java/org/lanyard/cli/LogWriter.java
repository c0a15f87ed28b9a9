package org.lanyard.cli;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Writes lines on a thread of its own: whoever reads standard error, or the disk, may make it wait,
 * and nobody else. Lines that find no room meanwhile are counted, and the log says so when it goes
 * on. Any thread.
 */
final class LogWriter {
    /** A line is at most some thousand characters. */
    private static final int MOST_WAITING = 1024;

    private final PrintStream out;
    private final LongFunction<String> lostLine;
    private final Queue<String> waiting = new ArrayDeque<>();
    private long lost;
    private boolean busy;

    /**
     * @param lostLine is the line that says how many are lost
     */
    LogWriter(PrintStream out, LongFunction<String> lostLine) {
        this.out = out;
        this.lostLine = lostLine;
        Thread writer = new Thread(this::writeAll, "lanyard-log");
        writer.setDaemon(true);
        writer.start();
    }

    /** Returns at once. */
    synchronized void write(String line) {
        if (waiting.size() >= MOST_WAITING) {
            lost++;
        } else {
            waiting.add(line);
            notifyAll();
        }
    }

    /** Waits until all is written, for so long at most. */
    synchronized void drain(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            while (busy || !waiting.isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeAll() {
        try {
            while (true) {
                writeOne(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The line that says that memory ran out is to come through, whatever became of others. */
    private void writeOne(String line) {
        try {
            out.print(line);
            out.flush();
        } catch (OutOfMemoryError e) {
            synchronized (this) {
                lost++;
            }
        }
    }

    private synchronized String next() throws InterruptedException {
        busy = false;
        notifyAll();
        while (waiting.isEmpty()) {
            wait();
        }
        busy = true;
        String line = waiting.remove();
        if (lost > 0 && waiting.isEmpty()) {
            line += lostLine.apply(lost);
            lost = 0;
        }
        return line;
    }
}

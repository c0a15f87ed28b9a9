package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Asks a switch for its status four times a second, and keeps the slowest answer. */
final class StatusWatch implements AutoCloseable {
    private static final int PERIOD_MILLIS = 250;
    private static final int PATIENCE_MILLIS = 10_000;

    private final ControlSocket socket;
    private final Thread thread;
    private volatile boolean over;
    private volatile double slowest;

    StatusWatch(Path directory) {
        socket = new ControlSocket(directory.resolve("control.sock"));
        thread = new Thread(this::watch, "status-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (!over) {
            long begun = System.nanoTime();
            boolean answered = true;
            try {
                socket.call("status", PATIENCE_MILLIS);
            } catch (IOException e) {
                answered = false;
            }
            double took = (System.nanoTime() - begun) / (double) TimeUnit.SECONDS.toNanos(1);
            slowest = Math.max(slowest, answered ? took : Double.POSITIVE_INFINITY);
            try {
                Thread.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Seconds; infinite when one did not come at all. */
    double slowest() {
        return slowest;
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
    }
}

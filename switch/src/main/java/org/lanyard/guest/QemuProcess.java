package org.lanyard.guest;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A running QEMU and its guest's serial console. It never outlives this JVM, short of a SIGKILL.
 * Safe to close twice and from any thread.
 */
final class QemuProcess implements AutoCloseable {
    private static final long GRACE_SECONDS = 3;

    private final Process process;
    private final Console console;
    private final Thread atExit;

    /**
     * @throws GuestException when the program can't be started
     */
    QemuProcess(String name, List<String> command) {
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new GuestException("can't start " + command.get(0) + ": " + e.getMessage(), e);
        }
        atExit = new Thread(process::destroyForcibly, "kill-" + name);
        Runtime.getRuntime().addShutdownHook(atExit);
        console = new Console(name, process.getInputStream(), process.getOutputStream());
    }

    Console console() {
        return console;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends the machine: SIGTERM, then SIGKILL; returns when it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook with it.
        }
    }
}

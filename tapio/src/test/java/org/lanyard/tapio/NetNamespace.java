package org.lanyard.tapio;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of the test's own, so that TAPs and addresses never touch the host's network.
 * What runs inside runs on one thread that has entered it (setns(2) moves that thread only; threads
 * and processes that it starts are inside too). Any thread may call any method.
 */
public final class NetNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int TIME_LIMIT_SECONDS = 60;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name;
    private final ExecutorService inside;
    private final Thread removal;

    private NetNamespace(String name) {
        this.name = name;
        this.inside = Executors.newSingleThreadExecutor(task -> thread(name, task));
        this.removal = new Thread(() -> remove(name));
    }

    private static Thread thread(String name, Runnable task) {
        Thread thread = new Thread(task, "netns-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Makes a namespace whose loopback is up. Without root the calling test is skipped, and says
     * so.
     */
    public static NetNamespace create() throws IOException {
        assumeTrue(LibC.geteuid() == 0, "needs root: it makes a network namespace of its own");
        String name = "lanyard-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        Output added = run(List.of("ip", "netns", "add", name));
        assumeTrue(
                added.status == 0,
                "needs root with CAP_SYS_ADMIN: it makes a network namespace of its own; ip said: "
                        + added.text);
        NetNamespace namespace = new NetNamespace(name);
        Runtime.getRuntime().addShutdownHook(namespace.removal);
        try {
            namespace.call(namespace::enter);
            namespace.exec("ip", "link", "set", "lo", "up");
            return namespace;
        } catch (IOException | RuntimeException e) {
            namespace.close();
            throw e;
        }
    }

    private Void enter() throws IOException {
        String path = "/run/netns/" + name;
        int fd = ErrnoException.check(LibC.open(path, LibC.O_CLOEXEC, 0), "open " + path);
        try {
            ErrnoException.check(LibC.setns(fd, CLONE_NEWNET), "setns " + path);
        } finally {
            LibC.close(fd);
        }
        return null;
    }

    /** As {@code ip netns} knows it. */
    public String name() {
        return name;
    }

    /**
     * Runs the task inside, after those handed in before it.
     *
     * @throws IOException what the task threw, or that it took over a minute
     */
    public <T> T call(Callable<T> task) throws IOException {
        try {
            return inside.submit(task).get(TIME_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof RuntimeException exception) {
                throw exception;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("nothing after " + TIME_LIMIT_SECONDS + " s in " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + name, e);
        }
    }

    /** A task that returns nothing. */
    @FunctionalInterface
    public interface Action {
        void run() throws Exception;
    }

    /** {@link #call} for a task that returns nothing. */
    public void run(Action action) throws IOException {
        call(
                () -> {
                    action.run();
                    return null;
                });
    }

    /**
     * Runs a command inside and waits for it.
     *
     * @return what it wrote, both streams
     * @throws IOException when its exit status is not 0, with what it wrote
     */
    public String exec(String... command) throws IOException {
        Output output = run(inside(command));
        if (output.status != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.text);
        }
        return output.text;
    }

    /**
     * Lays a cable (veth) between two interfaces inside, both up, with no frames of the kernel's
     * own on it. Until the kernel has noticed the carrier, which may take a second, it loses
     * frames.
     *
     * @param mtu in bytes
     */
    public void layCable(String one, String other, int mtu) throws IOException {
        exec("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        exec("ip", "link", "add", one, "type", "veth", "peer", "name", other);
        for (String name : List.of(one, other)) {
            exec("ip", "link", "set", name, "mtu", String.valueOf(mtu), "up");
        }
        for (String name : List.of(one, other)) {
            String operates = "/sys/class/net/" + name + "/operstate";
            exec("timeout", "20", "sh", "-c", "until grep -q up " + operates + "; do :; done");
        }
    }

    /** A command to start inside; the caller ends it. */
    public ProcessBuilder process(String... command) {
        return new ProcessBuilder(inside(command));
    }

    private List<String> inside(String... command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(List.of(command));
        return whole;
    }

    private record Output(int status, String text) {}

    private static Output run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().close();
            byte[] text = process.getInputStream().readAllBytes();
            if (!process.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(command + " did not end");
            }
            return new Output(process.exitValue(), new String(text, StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted in " + command, e);
        } finally {
            process.destroy();
        }
    }

    /** The kernel frees what is inside once the last process and socket there is gone. */
    @Override
    public void close() {
        inside.shutdownNow();
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException e) {
            return; // the machine shuts down: the hook removes it
        }
        remove(name);
    }

    private static void remove(String name) {
        try {
            run(List.of("ip", "netns", "delete", name));
        } catch (IOException e) {
            System.err.println("ip netns delete " + name + ": " + e.getMessage());
        }
    }
}

package org.lanyard.tapio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A program that confines itself and then says, a line each, what it still can. */
final class ConfinedProcess {
    private static final int SMALL_LIMIT = 100;

    private ConfinedProcess() {}

    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        say("warm-up", ConfinedProcess::warmUp);
        List<Path> tasks = tasks();
        Confinement.limit(SMALL_LIMIT, 1L << 30);
        boolean isNotRoot = Confinement.dropRoot();
        Confinement.dieWithParent(LibC.getppid());
        Confinement.lock(false);
        System.out.println("no root: " + isNotRoot + ", uid " + LibC.geteuid());
        say("program", () -> new ProcessBuilder("true").start());
        say("signal", () -> check(LibC.kill(LibC.getppid(), 0), "kill"));
        say("namespace", () -> check(LibC.setns(0, 0), "setns"));
        say("write", () -> Files.writeString(Path.of(arguments[0]), "text"));
        say("read", () -> Files.readString(Path.of("/etc/passwd")));
        say("thread", ConfinedProcess::thread);
        say("listen", ConfinedProcess::listen);
        say("descriptors", ConfinedProcess::take);
        System.out.println("threads without a filter: " + unfiltered(tasks));
    }

    private static void say(String what, Attempt attempt) {
        String outcome = "can";
        try {
            attempt.run();
        } catch (Exception e) {
            outcome = "can't";
        }
        System.out.println(what + ": " + outcome);
    }

    private static void check(int result, String what) throws IOException {
        ErrnoException.check(result, what);
    }

    /** Java loads libraries when a class of its own is first used. */
    private static void warmUp() throws IOException {
        Files.readString(Path.of("/etc/passwd"));
        listen();
    }

    private static void listen() throws IOException {
        new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
    }

    private static void thread() throws InterruptedException {
        Thread thread = new Thread(() -> {});
        thread.start();
        thread.join();
    }

    private static void take() throws IOException {
        List<Integer> taken = new ArrayList<>();
        for (int i = 0; i < SMALL_LIMIT; i++) {
            taken.add(LibC.open("/dev/null", LibC.O_CLOEXEC, 0));
        }
        taken.stream().filter(fd -> fd >= 0).forEach(LibC::close);
        check(taken.get(SMALL_LIMIT - 1), "open");
    }

    /** Those that there are before it confines itself; afterwards no directory can be listed. */
    private static List<Path> tasks() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.toList();
        }
    }

    private static long unfiltered(List<Path> tasks) {
        return tasks.stream().filter(task -> !isFiltered(task)).count();
    }

    private static boolean isFiltered(Path task) {
        try {
            String status = Files.readString(task.resolve("status"));
            return status.contains("\nNoNewPrivs:\t1\n") && status.contains("\nSeccomp:\t2\n");
        } catch (IOException e) {
            return !Files.exists(task); // a thread that has ended meanwhile
        }
    }
}

package org.lanyard.tapio;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that accepts with no descriptor to spare, says what happened, and accepts again with
 * one to spare. Its limit of open files is set by whoever starts it.
 */
final class FewDescriptors {
    private FewDescriptors() {}

    public static void main(String[] arguments) throws Exception {
        endAfter(Duration.ofSeconds(30));
        Endpoint endpoint = Endpoint.parse(arguments[0], Path.of("/"));
        try (StreamListener listener = StreamListener.listen(endpoint)) {
            loadClasses(listener);
            Connection client = StreamPair.connect(listener.endpoint());
            Deque<Integer> taken = takeAll();
            try {
                listener.accept();
                System.out.println("accepted");
            } catch (IOException e) {
                System.out.println("refused: " + e.getMessage());
            }
            LibC.close(taken.pop());
            try (Connection late = listener.accept()) {
                System.out.println(late.fd() > 2 ? "accepted late" : "no");
            }
            taken.forEach(LibC::close);
            client.close();
        }
    }

    /** Loading a class opens its file, so all that follows must be loaded before. */
    private static void loadClasses(StreamListener listener) throws IOException {
        Connection client = StreamPair.connect(listener.endpoint());
        listener.accept().close();
        client.close();
        String text = new ErrnoException("warm-up", Errno.EMFILE).getMessage();
        System.out.println(text.length() > 0 ? "ready" : text);
    }

    /** The JVM's own threads open and close files now and then, so look again for a while. */
    private static Deque<Integer> takeAll() throws InterruptedException {
        Deque<Integer> taken = new ArrayDeque<>();
        for (int i = 0; i < 20; i++) {
            int fd = LibC.open("/dev/null", LibC.O_RDWR, 0);
            while (fd >= 0 && taken.size() < 10_000) {
                taken.push(fd);
                fd = LibC.open("/dev/null", LibC.O_RDWR, 0);
            }
            Thread.sleep(10);
        }
        return taken;
    }

    private static void endAfter(Duration limit) {
        Thread watchdog =
                new Thread(
                        () -> {
                            LockSupport.parkNanos(limit.toNanos());
                            Runtime.getRuntime().halt(1);
                        });
        watchdog.setDaemon(true);
        watchdog.start();
    }
}

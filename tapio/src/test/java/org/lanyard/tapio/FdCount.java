package org.lanyard.tapio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * How many file descriptors this process has open, so that a test can tell a leak. The JVM's own
 * threads open and close a file now and then; the counts here look past that. Any thread.
 */
public final class FdCount {
    /** Has a shell tell which it has open, without opening another. */
    static final String TELL =
            "i=0; while [ $i -lt 1024 ]; do"
                    + " if [ -e /proc/$$/fd/$i ]; then printf '%s ' $i; fi; i=$((i + 1)); done";

    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final int LOOKS = 5;

    private FdCount() {}

    /** The lowest of a few counts within some milliseconds. */
    public static int now() throws IOException {
        int lowest = Integer.MAX_VALUE;
        for (int i = 0; i < LOOKS; i++) {
            lowest = Math.min(lowest, count());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return lowest;
    }

    /** Whether the count falls to this limit within five seconds; no longer wait when it has. */
    public static boolean settlesAt(int limit) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (count() > limit) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return true;
    }

    /** All but the one that the counting itself opens. */
    private static int count() throws IOException {
        try (Stream<Path> fds = Files.list(OPEN)) {
            return (int) fds.count() - 1;
        }
    }
}

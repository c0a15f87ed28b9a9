package org.lanyard.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Talks to a guest's serial console: sends text, waits for text. A daemon thread reads what comes,
 * so the guest never waits for us, and keeps the newest characters, {@value #CAPACITY} at least;
 * carriage returns are left out.
 *
 * <p>Thread contract: one thread at a time sends and expects; {@link #tail} may be called by any.
 */
final class Console {
    /** Characters that are surely kept; older ones go, taken or not. */
    static final int CAPACITY = 1 << 20;

    private static final int TAIL = 2_000;

    private final OutputStream toGuest;
    // Guarded by itself, as are the next: [0, taken) was returned by expect, the rest was not;
    // before it came `cut` characters that are gone.
    private final StringBuilder transcript = new StringBuilder();
    private int taken;
    private long cut;
    private boolean ended;

    Console(String name, InputStream fromGuest, OutputStream toGuest) {
        this.toGuest = toGuest;
        Reader reader = new InputStreamReader(fromGuest, StandardCharsets.UTF_8);
        Thread thread = new Thread(() -> read(reader), "console-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void read(Reader reader) {
        char[] chunk = new char[8192];
        try (reader) {
            for (int n = reader.read(chunk); n >= 0; n = reader.read(chunk)) {
                add(chunk, n);
            }
        } catch (IOException e) {
            // The process was killed while we read: as good as its end.
        }
        synchronized (transcript) {
            ended = true;
            transcript.notifyAll();
        }
    }

    private void add(char[] chunk, int length) {
        synchronized (transcript) {
            for (int i = 0; i < length; i++) {
                if (chunk[i] != '\r') {
                    transcript.append(chunk[i]);
                }
            }
            // Cut rarely and much, as each cut moves the rest.
            if (transcript.length() > 2 * CAPACITY) {
                int excess = transcript.length() - CAPACITY;
                transcript.delete(0, excess);
                taken = Math.max(0, taken - excess);
                cut += excess;
            }
            transcript.notifyAll();
        }
    }

    /**
     * @throws GuestException when the guest has gone
     */
    void send(String text) {
        try {
            toGuest.write(text.getBytes(StandardCharsets.UTF_8));
            toGuest.flush();
        } catch (IOException e) {
            throw new GuestException("the console is closed" + tail(), e);
        }
    }

    /**
     * Waits until the guest has said {@code text} and takes all it said up to there.
     *
     * @return what came before {@code text} since the last call
     * @throws GuestException when it does not come in time, or the console ends
     */
    String expect(String text, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (transcript) {
            for (long searched = 0; ; ) {
                // What was searched need not be again, unless a match may straddle its end.
                int from = (int) Math.max(taken, searched - cut - text.length() + 1);
                int at = transcript.indexOf(text, from);
                if (at >= 0) {
                    String before = transcript.substring(taken, at);
                    taken = at + text.length();
                    return before;
                }
                searched = cut + transcript.length();
                await(text, deadline, timeout);
            }
        }
    }

    private void await(String text, long deadline, Duration timeout) {
        long left = deadline - System.nanoTime();
        if (ended || left <= 0) {
            String why = ended ? "the console ended" : "nothing for " + timeout.toMillis() + " ms";
            throw new GuestException(why + ", expecting '" + text.strip() + "'" + tail());
        }
        try {
            // Rounded up: a wait of 0 would be one without end.
            transcript.wait(left / 1_000_000 + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GuestException("interrupted, expecting '" + text.strip() + "'", e);
        }
    }

    /** The last of what the guest said, ready to end an error message. */
    String tail() {
        synchronized (transcript) {
            int from = Math.max(0, transcript.length() - TAIL);
            String last = transcript.substring(from).strip();
            return last.isEmpty() ? "; it said nothing" : "; it said last:\n" + last;
        }
    }
}

package org.lanyard.control;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.NotifySocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager; what its socket has no room for is told by a thread of its own. Of
 * each kind only the newest waits. Any thread.
 */
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    private final NotifySocket socket;

    /** By kind, which is the first word; in the order in which they are to be told. */
    private final Map<String, String> waiting = new LinkedHashMap<>();

    private Thread teller;
    private boolean busy;
    private volatile boolean broken;

    Notices(NotifySocket socket) {
        this.socket = socket;
    }

    /**
     * Returns at once.
     *
     * @param kind of which the newest is enough
     */
    synchronized void tell(String kind, String message) {
        if (!busy && waiting.isEmpty() && offer(message)) {
            return;
        }
        waiting.remove(kind);
        waiting.put(kind, message);
        if (teller == null) {
            teller = new Thread(this::tellAll, "lanyard-notify");
            teller.setDaemon(true);
            teller.start();
        }
        notifyAll();
    }

    /** False when there is no room just now. */
    private boolean offer(String message) {
        try {
            boolean taken = socket.offer(message);
            broken &= !taken;
            return taken;
        } catch (IOException e) {
            tellTrouble(e);
            return true;
        }
    }

    private void tellTrouble(IOException e) {
        if (!broken) {
            LOG.warn("NOTIFY_SOCKET: {}; the service manager is not told", e.getMessage());
        }
        broken = true;
    }

    private void tellAll() {
        try {
            while (true) {
                tellOne(next());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized String next() throws InterruptedException {
        busy = false;
        notifyAll();
        while (waiting.isEmpty()) {
            wait();
        }
        busy = true;
        return waiting.keySet().iterator().next();
    }

    /** One for which there is no room waits on, unless a newer one of its kind has come. */
    private void tellOne(String kind) {
        String message;
        synchronized (this) {
            message = waiting.get(kind);
        }
        try {
            socket.send(message);
            broken = false;
        } catch (IOException e) {
            tellTrouble(e);
            if (e instanceof ErrnoException full && full.errno() == Errno.EAGAIN) {
                return;
            }
        }
        synchronized (this) {
            waiting.remove(kind, message);
        }
    }

    /** Waits until all is told, for so long at most; not for the control thread's loop. */
    synchronized void await(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!waiting.isEmpty() || busy) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }
}

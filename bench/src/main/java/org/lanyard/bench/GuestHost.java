package org.lanyard.bench;

import java.io.IOException;
import java.time.Duration;
import org.lanyard.guest.GuestException;
import org.lanyard.guest.LinuxGuest;

/** A real guest. */
record GuestHost(LinuxGuest guest) implements Host {
    private static final int QUICK_SECONDS = 30;

    @Override
    public String run(String command, int seconds) throws IOException {
        try {
            return guest.outputOf(command, Duration.ofSeconds(seconds));
        } catch (GuestException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void serve() throws IOException {
        run("iperf3 -s -D", QUICK_SECONDS);
    }

    @Override
    public long pid() {
        return guest.pid();
    }

    @Override
    public void close() {
        guest.close();
    }
}

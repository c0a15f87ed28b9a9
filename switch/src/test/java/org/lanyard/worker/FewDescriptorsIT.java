package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;

/** More guests come than the switch may have open files. */
final class FewDescriptorsIT {
    private static final int LIMIT = 160;
    private static final int GUESTS = 240;
    private static final String COMPLAINT = "guests wait until descriptors are free";

    /** In two seconds: a switch that tries again and again at once would use all of them. */
    private static final Duration BUSY = Duration.ofMillis(500);

    @TempDir private Path directory;
    private final List<WireGuest> guests = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (WireGuest guest : guests) {
            guest.close();
        }
    }

    private WireGuest come(SwitchProcess lan) throws IOException {
        guests.add(lan.guest());
        return guests.get(guests.size() - 1);
    }

    private static byte[] hello(int mark) {
        return Frames.frame(Frames.BROADCAST, 0x5254_0000_000aL, 60, mark);
    }

    /** Loading a class opens its file: all that is to happen later happens once before. */
    private void loadClasses(SwitchProcess lan) throws IOException {
        WireGuest guest = come(lan);
        guest.send(hello(0), new byte[0]);
        lan.await("a drop in the log", () -> lan.lines("dropped 1 frames") == 1);
        guest.close();
        lan.await("a departure", () -> lan.lines(" down: ") == 1);
    }

    @Test
    void shouldLetGuestsWaitWithoutSpinningAndTakeThemWhenDescriptorsAreFree() throws Exception {
        try (SwitchProcess lan = new SwitchProcess(directory, LIMIT)) {
            WireGuest ann = come(lan);
            WireGuest ben = come(lan);
            lan.await("two ports", () -> lan.lines(" up: ") == 2);
            loadClasses(lan);
            assertArrayEquals(hello(0), ben.receive());
            ann.send(hello(1));
            assertArrayEquals(hello(1), ben.receive());

            while (guests.size() < GUESTS) {
                come(lan);
            }
            lan.await("a complaint", () -> lan.lines(COMPLAINT) > 0);
            Duration before = lan.processorTime();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            Duration used = lan.processorTime().minus(before);
            assertTrue(used.compareTo(BUSY) < 0, used + " of processor in two seconds of waiting");
            assertEquals(1, lan.lines(COMPLAINT), "told once");
            ann.send(hello(2));
            assertArrayEquals(hello(2), ben.receive(), "those inside go on");

            WireGuest last = guests.get(GUESTS - 1);
            for (WireGuest guest : guests.subList(2, GUESTS - 1)) {
                guest.close();
            }
            last.send(hello(3));
            assertArrayEquals(hello(3), ben.receive(), "the last one's turn has come");
            ann.send(hello(4));
            assertArrayEquals(hello(4), last.receive());
        }
    }
}

package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/** A hundred guests at once, each speaking to its neighbour. */
final class CrowdIT {
    private static final int GUESTS = 100;
    private static final int ROUNDS = 200;

    @TempDir private Path directory;

    private static long mac(int guest) {
        return 0x5254_0000_0000L + guest;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldCarryTheFramesOfAHundredGuestsAtOnce(int workers) throws Exception {
        List<WireGuest> guests = new ArrayList<>();
        try (SwitchUnderAttack lan = new SwitchUnderAttack(directory, "workers = " + workers)) {
            for (int i = 0; i < GUESTS; i++) {
                guests.add(lan.guest());
            }
            lan.await(
                    "a hundred ports",
                    () -> lan.call("status").path("ports").path("up").asInt() == GUESTS);
            announce(lan, guests);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < GUESTS; i++) {
                    guests.get(i).send(frame(i, (i + 1) % GUESTS, round));
                }
                for (int i = 0; i < GUESTS; i++) {
                    int from = (i + GUESTS - 1) % GUESTS;
                    assertArrayEquals(frame(from, i, round), guests.get(i).receive());
                }
            }
            assertEquals(0, lan.call("status").path("drops").size());
            for (WireGuest guest : guests) {
                assertEquals(null, guest.receiveNow(), "nothing else");
                guest.close();
            }
            lan.await(
                    "all ports gone",
                    () -> lan.call("status").path("ports").path("up").asInt() == 0);
            assertEquals(0, lan.call("fdb.list").size());
        }
    }

    /** Each tells all who it is, and hears all others. */
    private static void announce(SwitchUnderAttack lan, List<WireGuest> guests) throws Exception {
        for (int i = 0; i < GUESTS; i++) {
            guests.get(i).send(Frames.frame(Frames.BROADCAST, mac(i), 60, i));
            int known = i + 1;
            lan.await(
                    "address " + i,
                    () -> lan.call("status").path("fdb").path("size").asInt() == known);
        }
        for (WireGuest guest : guests) {
            for (int i = 1; i < GUESTS; i++) {
                assertEquals(60, guest.receive().length);
            }
        }
    }

    private static byte[] frame(int from, int to, int round) {
        return Frames.frame(mac(to), mac(from), 60 + (from * 37 + round * 101) % 9000, round);
    }
}

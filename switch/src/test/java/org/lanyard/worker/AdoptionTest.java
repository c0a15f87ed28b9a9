package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;
import org.lanyard.port.Port;

final class AdoptionTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final int MOST = 3;

    @TempDir private Path directory;
    private Bench bench;

    @BeforeEach
    void start() throws Exception {
        bench = new Bench(directory, MOST);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
    }

    @Test
    void shouldPassFramesBetweenThePortsItHas() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        byte[] hello = Frames.frame(Frames.BROADCAST, ANN, 60, 1);
        ann.wire().send(hello);
        assertArrayEquals(hello, ben.wire().receive());
        byte[] answer = Frames.frame(ANN, BEN, 9000, 2);
        ben.wire().send(answer);
        assertArrayEquals(answer, ann.wire().receive());
    }

    @Test
    void shouldHavePluggedThePortInWhenItSaysSo() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        assertTrue(ann.port().slot() != Port.UNPLUGGED);
        assertEquals(ann.port(), bench.fabric().topology().at(ann.port().slot()));
    }

    @Test
    void shouldSendAPortAwayForWhichThereIsNoSlot() throws Exception {
        List<Bench.Guest> guests = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            guests.add(bench.plug("guest" + i));
        }
        Bench.Guest late = bench.connect("late");
        bench.worker().adopt(late.port());
        bench.awaitTurns();
        bench.passMillis(20);
        bench.expect(late.port(), Departure.NO_SLOT);
        byte[] frame = Frames.frame(Frames.BROADCAST, ANN, 60, 1);
        guests.get(0).wire().send(frame);
        assertArrayEquals(frame, guests.get(1).wire().receive());
    }

    @Test
    void shouldTellThatTheOtherEndClosed() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        ann.wire().close();
        bench.expect(ann.port(), Departure.PEER_CLOSED);
        assertEquals(Port.UNPLUGGED, ann.port().slot());
        assertEquals(0, bench.fabric().topology().count());
    }

    @Test
    void shouldForgetTheAddressesOfAPortThatLeft() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        ann.wire().send(Frames.frame(Frames.BROADCAST, ANN, 60, 1));
        assertNotNull(ben.wire().receive());
        assertEquals(1, bench.fabric().fdb().size());
        ann.wire().close();
        bench.expect(ann.port(), Departure.PEER_CLOSED);
        assertEquals(0, bench.fabric().fdb().size());
    }

    @Test
    void shouldLetAPortGoOnceHoweverOftenItIsRetired() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        for (int i = 0; i < 5; i++) {
            bench.worker().retire(ann.port());
        }
        bench.awaitTurns();
        bench.passMillis(20);
        bench.expect(ann.port(), Departure.RETIRED);
        bench.worker().retire(ann.port());
        Bench.Guest next = bench.plug("next"); // behind the command above
        assertTrue(bench.isSilent(), "only one departure");
        assertEquals(0, next.port().slot(), "the slot is free again");
    }

    @Test
    void shouldLetAllPortsGoWhenItStops() throws Exception {
        Map<String, Bench.Guest> guests = new HashMap<>();
        for (int i = 0; i < MOST; i++) {
            guests.put("guest" + i, bench.plug("guest" + i));
        }
        bench.stop();
        for (int i = 0; i < MOST; i++) {
            bench.expect(guests.get("guest" + i).port(), Departure.STOPPED);
        }
        assertTrue(bench.isSilent());
        assertEquals(0, bench.worker().chunks().taken());
    }

    @Test
    void shouldSayThatItStopsToAPortThatComesMeanwhile() throws Exception {
        Bench.Guest ann = bench.plug("ann");
        bench.worker().stop();
        Bench.Guest late = bench.connect("late");
        bench.worker().adopt(late.port());
        bench.awaitTurns();
        bench.passMillis(20);
        bench.expect(ann.port(), Departure.STOPPED);
        bench.expect(late.port(), Departure.STOPPED);
    }
}

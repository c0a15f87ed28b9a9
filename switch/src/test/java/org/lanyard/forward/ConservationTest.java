package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.port.MemoryPort;

/** Each frame is, for each port that it was meant for, forwarded or counted, exactly once. */
final class ConservationTest {
    private static final int BURSTS = 3_000;
    private static final int PORTS = 6;
    private static final int STATIONS = 24;

    /** What the rules say, with a map for the FDB and no caches. */
    private static final class Model {
        final Map<Long, MemoryPort> behind = new HashMap<>();
        final Map<MemoryPort, List<Integer>> meant = new HashMap<>();
        final Map<MemoryPort, Long> refused = new HashMap<>();

        void take(List<MemoryPort> plugged, MemoryPort ingress, byte[] frame) {
            long source = address(frame, 6);
            long destination = address(frame, 0);
            if (source == 0 || (source >>> 40 & 1) != 0) {
                refused.merge(ingress, 1L, Long::sum);
                return;
            }
            behind.put(source, ingress);
            MemoryPort known = behind.get(destination);
            if (known == ingress) {
                refused.merge(ingress, 1L, Long::sum);
            } else if (known != null) {
                meant.computeIfAbsent(known, p -> new ArrayList<>()).add(Frames.mark(frame));
            } else if (plugged.size() == 1) {
                refused.merge(ingress, 1L, Long::sum);
            } else {
                for (MemoryPort port : plugged) {
                    if (port != ingress) {
                        meant.computeIfAbsent(port, p -> new ArrayList<>()).add(Frames.mark(frame));
                    }
                }
            }
        }

        private static long address(byte[] frame, int at) {
            long address = 0;
            for (int i = 0; i < 6; i++) {
                address = address << 8 | frame[at + i] & 0xff;
            }
            return address;
        }
    }

    private static long station(Random random) {
        return 0x5254_0000_0000L + random.nextInt(STATIONS);
    }

    private static byte[] frame(Random random, int mark) {
        long destination =
                switch (random.nextInt(8)) {
                    case 0 -> Frames.BROADCAST;
                    case 1 -> 0x0100_5e00_0001L;
                    default -> station(random);
                };
        long source = random.nextInt(30) == 0 ? random.nextInt(2) << 24L : station(random);
        if (random.nextInt(40) == 0) {
            source = 0x0100_5e00_0001L;
        }
        return Frames.frame(destination, source, 60 + random.nextInt(200), mark);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldForwardAsTheModelSaysWhileStationsMoveAndPortsComeAndGo(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        try (Lan lan = new Lan()) {
            List<MemoryPort> plugged = new ArrayList<>(List.of(lan.plug("p0")));
            List<MemoryPort> ever = new ArrayList<>(plugged);
            Map<MemoryPort, List<Integer>> left = new HashMap<>();
            int mark = 0;
            for (int i = 0; i < BURSTS; i++) {
                if (random.nextInt(50) == 0 && plugged.size() > 1) {
                    MemoryPort goes = plugged.remove(random.nextInt(plugged.size()));
                    lan.fabric().unplug(goes);
                    model.behind.values().removeIf(port -> port == goes);
                } else if (random.nextInt(20) == 0 && plugged.size() < PORTS) {
                    MemoryPort comes = lan.plug("p" + ever.size());
                    plugged.add(comes);
                    ever.add(comes);
                }
                MemoryPort ingress = plugged.get(random.nextInt(plugged.size()));
                List<byte[]> burst = new ArrayList<>();
                for (int j = random.nextInt(12); j >= 0; j--) {
                    byte[] frame = frame(random, mark++);
                    burst.add(frame);
                    model.take(plugged, ingress, frame);
                }
                lan.send(ingress, burst);
            }
            long received = 0;
            for (MemoryPort port : ever) {
                left.put(port, Lan.marks(port));
                received += port.counters().rxPackets();
                List<Integer> meant = model.meant.getOrDefault(port, List.of());
                assertEquals(meant, left.get(port), port.name());
                assertEquals(meant.size(), port.counters().txPackets(), port.name());
                assertEquals(
                        model.refused.getOrDefault(port, 0L),
                        port.counters().drops(),
                        port.name() + " refused");
            }
            assertEquals(mark, received);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    void shouldCountAtTheSlowPortWhatItCouldNotTakeAndNowhereElse(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        try (Lan lan = new Lan()) {
            List<MemoryPort> ports = new ArrayList<>();
            for (int i = 0; i < PORTS; i++) {
                ports.add(lan.plug("p" + i));
            }
            MemoryPort slow = ports.get(0);
            slow.roomFor(0);
            int mark = 0;
            for (int i = 0; i < 3 * BURSTS; i++) {
                MemoryPort ingress = ports.get(random.nextInt(PORTS));
                byte[] frame = frame(random, mark++);
                model.take(ports, ingress, frame);
                lan.send(ingress, frame);
                if (random.nextInt(100) == 0) {
                    slow.roomFor(random.nextInt(30));
                    slow.drain();
                }
            }
            slow.roomFor(Long.MAX_VALUE);
            slow.drain();
            assertEquals(0, slow.waiting());
            long dropped = slow.counters().drops(DropReason.BACKLOG_FULL);
            assertTrue(dropped > 0, "the backlog was to be full at times");
            assertEquals(model.meant.get(slow).size(), slow.counters().txPackets() + dropped);
            assertTrue(isInOrder(Lan.marks(slow)), "what came through came in order");
            for (MemoryPort port : ports.subList(1, PORTS)) {
                assertEquals(model.meant.get(port), Lan.marks(port), port.name());
                assertEquals(0, port.counters().drops(DropReason.BACKLOG_FULL), port.name());
            }
        }
    }

    private static boolean isInOrder(List<Integer> marks) {
        for (int i = 1; i < marks.size(); i++) {
            if (marks.get(i - 1) >= marks.get(i)) {
                return false;
            }
        }
        return true;
    }
}

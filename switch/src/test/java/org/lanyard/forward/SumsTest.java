package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.Learning;
import org.lanyard.policy.Limits;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/**
 * Whatever ports are told to do: a frame that comes in is counted as received at its port, and as
 * sent or dropped, once, for each port that it was for. What the rules refuse is counted where it
 * came in, what a port can't take where it was to leave.
 */
final class SumsTest {
    private static final int PORTS = 8;

    /** Of the port by which a frame came in; the others are of those by which it was to leave. */
    private static final Set<DropReason> REFUSED =
            EnumSet.of(
                    DropReason.INVALID_SOURCE,
                    DropReason.SAME_PORT,
                    DropReason.RESERVED_GROUP,
                    DropReason.MAC_CONTROL,
                    DropReason.SOURCE_NOT_ALLOWED,
                    DropReason.MAC_LIMIT,
                    DropReason.ISOLATED,
                    DropReason.MIRROR_PORT,
                    DropReason.NOT_ADMITTED,
                    DropReason.NO_VLAN,
                    DropReason.VLAN_NOT_ALLOWED,
                    DropReason.NOT_A_MEMBER,
                    DropReason.NESTED_TAG,
                    DropReason.INGRESS_LIMIT,
                    DropReason.STORM,
                    DropReason.NO_OTHER_PORT);

    private static PortPolicy policy(Random random, boolean mirrors) {
        PortPolicy policy =
                PortPolicy.NONE
                        .withIsolated(random.nextInt(3) == 0)
                        .withTransparent(random.nextInt(3) == 0)
                        .with(new Flooding(random.nextInt(5) > 0, random.nextInt(5) > 0, true))
                        .with(new Learning(random.nextBoolean() ? 3 : 1_000, true, false));
        if (random.nextInt(4) == 0) {
            policy = policy.with(Limits.NONE.withRates(1_000_000, 1_000_000, 73_728));
        }
        if (random.nextInt(4) == 0) {
            policy = policy.with(policy.limits().withStorm(10, 10, 10));
        }
        BitSet tagged = new BitSet();
        tagged.set(1 + random.nextInt(3));
        int type = random.nextBoolean() ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG;
        int own = 1 + random.nextInt(3);
        policy =
                switch (random.nextInt(4)) {
                    case 0 -> policy.with(Vlans.access(own));
                    case 1 -> policy.with(Vlans.tunnel(own));
                    case 2 -> policy.with(Vlans.trunk(own, tagged, type));
                    default -> policy;
                };
        if (mirrors && random.nextInt(4) == 0) {
            int snap = random.nextBoolean() ? Mirror.WHOLE : 64;
            return policy.with(new Mirror(Set.of(), new BitSet(), true, true, snap));
        }
        return policy;
    }

    private static byte[] frame(Random random, int mark) {
        long destination =
                switch (random.nextInt(8)) {
                    case 0 -> Frames.BROADCAST;
                    case 1 -> 0x0100_5e00_0001L;
                    case 2 -> 0x0180_c200_0000L + random.nextInt(16);
                    default -> 0x5254_0000_0000L + random.nextInt(12);
                };
        long source = random.nextInt(20) == 0 ? 0 : 0x5254_0000_0000L + random.nextInt(12);
        byte[] frame = Frames.frame(destination, source, 60 + random.nextInt(1_400), mark);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            int type = random.nextBoolean() ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG;
            frame = Frames.tagged(frame, type, random.nextInt(5));
        }
        return frame;
    }

    private static Map<DropReason, Long> drops(MemoryPort port) {
        Map<DropReason, Long> drops = new HashMap<>();
        for (DropReason reason : DropReason.values()) {
            if (port.counters().drops(reason) > 0) {
                drops.put(reason, port.counters().drops(reason));
            }
        }
        return drops;
    }

    /** Frame by frame, without mirrors: it is somewhere. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldCountEachFrameAsSentOrDropped(long seed) {
        Random random = new Random(seed);
        for (int configuration = 0; configuration < 20; configuration++) {
            try (Lan lan = new Lan()) {
                List<MemoryPort> ports = new ArrayList<>();
                for (int p = 0; p < PORTS; p++) {
                    ports.add(lan.plug("p" + p, policy(random, false)));
                }
                for (int i = 0; i < 300; i++) {
                    MemoryPort in = ports.get(random.nextInt(PORTS));
                    long before = outcomes(ports);
                    lan.send(in, frame(random, i));
                    long one = outcomes(ports) - before;
                    assertTrue(
                            one >= 1, "frame " + i + " at " + in + " " + in.policy() + " is lost");
                    if (random.nextInt(10) == 0) {
                        lan.passMillis(random.nextInt(50));
                    }
                }
                check(ports);
            }
        }
    }

    private static long outcomes(List<MemoryPort> ports) {
        return ports.stream()
                .mapToLong(port -> port.counters().txPackets() + port.counters().drops())
                .sum();
    }

    private static void check(List<MemoryPort> ports) {
        for (MemoryPort port : ports) {
            long refused =
                    REFUSED.stream().mapToLong(reason -> port.counters().drops(reason)).sum();
            assertTrue(
                    drops(port).getOrDefault(DropReason.NESTED_TAG, 0L) > 0
                            || refused <= port.counters().rxPackets(),
                    port + ": refused " + drops(port) + " of " + port.counters().rxPackets());
            assertEquals(port.takeSent().size(), port.counters().txPackets(), port.name());
        }
    }

    /** A mirror's copies are its own: those that it got and those that it lost. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void shouldCountAMirrorsCopiesAtTheMirrorAlone(long seed) {
        Random with = new Random(seed);
        for (int configuration = 0; configuration < 20; configuration++) {
            List<PortPolicy> policies = new ArrayList<>();
            for (int p = 0; p < PORTS; p++) {
                policies.add(policy(with, false));
            }
            List<byte[]> frames = new ArrayList<>();
            List<Integer> ways = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                frames.add(frame(with, i));
                ways.add(with.nextInt(PORTS));
            }
            List<Map<DropReason, Long>> alone = run(policies, frames, ways, 0);
            List<Map<DropReason, Long>> watched = run(policies, frames, ways, 3);
            assertEquals(alone, watched, "mirrors change nothing for the others");
        }
    }

    private static List<Map<DropReason, Long>> run(
            List<PortPolicy> policies, List<byte[]> frames, List<Integer> ways, int mirrors) {
        try (Lan lan = new Lan()) {
            List<MemoryPort> ports = new ArrayList<>();
            for (PortPolicy policy : policies) {
                ports.add(lan.plug("p" + ports.size(), policy));
            }
            List<MemoryPort> watchers = new ArrayList<>();
            for (int m = 0; m < mirrors; m++) {
                Mirror all = new Mirror(Set.of(), new BitSet(), true, true, 64 * m);
                watchers.add(lan.plug("m" + m, PortPolicy.NONE.with(all)));
                watchers.get(m).roomFor(m == 1 ? 0 : Long.MAX_VALUE);
            }
            for (int i = 0; i < frames.size(); i++) {
                lan.send(ports.get(ways.get(i)), frames.get(i));
            }
            for (MemoryPort watcher : watchers) {
                assertEquals(0, watcher.counters().rxPackets());
                long got =
                        watcher.counters().txPackets()
                                + watcher.counters().drops(DropReason.BACKLOG_FULL);
                assertTrue(got <= frames.size(), watcher + " has no frame twice");
                assertEquals(
                        watcher.counters().drops(),
                        watcher.counters().drops(DropReason.BACKLOG_FULL));
            }
            return ports.stream().map(SumsTest::drops).toList();
        }
    }
}

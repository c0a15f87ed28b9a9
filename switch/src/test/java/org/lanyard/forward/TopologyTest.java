package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.policy.Mirror;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Port;

/** A topology with a port more or less is what one would be that was made of all ports anew. */
final class TopologyTest {
    private static final int SLOTS = 70;

    private final Random random = new Random();
    private final Fabric fabric = new Fabric(new Fdb(16), SLOTS);
    private final List<Port> plugged = new ArrayList<>();

    private Port port(int number) {
        Port port = new MemoryPort("p" + number % 5, new ChunkPool(0), ChunkPool.CHUNK_SIZE);
        port.obey(policy());
        return port;
    }

    private PortPolicy policy() {
        return switch (random.nextInt(10)) {
            case 0 -> PortPolicy.NONE.with(Vlans.access(1 + random.nextInt(3)));
            case 1 -> PortPolicy.NONE.withIsolated(true);
            case 2 ->
                    PortPolicy.NONE.with(
                            new Mirror(Set.of("p1", "p2"), new BitSet(), true, false, 0));
            default -> PortPolicy.NONE;
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBeTheSameHoweverItCameAbout(long seed) {
        random.setSeed(seed);
        for (int i = 0; i < 3_000; i++) {
            if (random.nextInt(100) < (i / 500 % 2 == 0 ? 60 : 40)) {
                Port port = port(i);
                if (fabric.plug(port)) {
                    plugged.add(port);
                }
            } else if (!plugged.isEmpty() && random.nextInt(4) == 0) {
                fabric.change(plugged.get(random.nextInt(plugged.size())), policy());
            } else if (!plugged.isEmpty()) {
                fabric.unplug(plugged.remove(random.nextInt(plugged.size())));
            }
            assertSameAsAnew(fabric.topology());
        }
    }

    private void assertSameAsAnew(Topology topology) {
        Topology anew = Topology.of(plugged.toArray(Port[]::new));
        assertEquals(anew.count(), topology.count());
        assertEquals(anew.isPlain(), topology.isPlain());
        Set<Port> ports = new HashSet<>();
        for (int i = 0; i < topology.count(); i++) {
            ports.add(topology.port(i));
            assertEquals(topology.port(i).slot(), topology.slot(i));
        }
        assertEquals(new HashSet<>(plugged), ports);
        for (int slot = 0; slot < SLOTS; slot++) {
            assertSame(anew.at(slot), topology.at(slot));
            if (topology.at(slot) != null) {
                assertEquals(anew.vlansAt(slot), topology.vlansAt(slot));
                assertSameMirrors(anew, topology, slot);
            }
        }
    }

    private static void assertSameMirrors(Topology anew, Topology topology, int slot) {
        assertEquals(watchers(anew, slot), watchers(topology, slot));
    }

    private static Set<String> watchers(Topology topology, int slot) {
        Set<String> watchers = new HashSet<>();
        Mirrors mirrors = topology.mirrors();
        for (int i = 0; i < mirrors.count(); i++) {
            watchers.add(
                    mirrors.port(i).slot()
                            + " "
                            + mirrors.seesReceived(i, slot, 1)
                            + " "
                            + mirrors.seesSent(i, slot, 1));
        }
        return watchers;
    }
}

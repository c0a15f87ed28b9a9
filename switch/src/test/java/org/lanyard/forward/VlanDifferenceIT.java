package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/**
 * The same random frames into Lanyard's forwarding and into the kernel's bridge with VLAN
 * filtering: the same frames leave by each port, in many random configurations.
 *
 * <p>Intended differences, which the traces keep away from:
 *
 * <ul>
 *   <li>A frame that becomes shorter than 60 bytes without its tag is padded: a stream socket has
 *       no driver that would (IEEE 802.3-2022, 4.2.3.3; guests' drivers before QEMU 8.1 need it).
 *   <li>Each port has a tag type of its own; the kernel's bridge has one for all.
 *   <li>A tunnel's customer may send tags of the bridge's own type, which are payload as any other
 *       (802.1Q-2022, 15.9: a Port-based service interface). The kernel reads them.
 *   <li>{@code admit} has no counterpart there but the absence of a PVID.
 *   <li>A reserved group passes here between two transparent ports; there the port that it came in
 *       by alone decides. So all ports of a configuration are transparent, or none.
 *   <li>A frame that without its own tag would begin with another of the port's type is dropped
 *       here where the port does not say {@code nested-tags}, which all of these do: the kernel
 *       lets an access port so put frames into other VLANs than its own.
 *   <li>MAC control (EtherType 0x8808) to any address is dropped here; the kernel passes it on but
 *       to 01-80-C2-00-00-01, which neither forwards.
 *   <li>The kernel never forwards 01-80-C2-00-00-02, and spanning tree's -00 always while it does
 *       not speak it itself.
 *   <li>A bridge of service tags lets -00, -0B, -0C, -0D and -0F through (802.1Q-2022, table 8-2).
 *       Here a port's tag type is no word on what its switch is: {@code transparent} decides.
 * </ul>
 */
final class VlanDifferenceIT {
    private static final int PORTS = 5;
    private static final int CONFIGURATIONS = 40;
    private static final int ROUNDS = 40;
    private static final int STATIONS = 8;
    private static final int[] NUMBERS = {1, 2, 10, 100, 4094};
    private static final int[] RESERVED = {3, 4, 5, 6, 7, 8, 9, 10, 14};
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir private Path directory;

    private static int number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static Vlans vlans(Random random, int tagType) {
        switch (random.nextInt(3)) {
            case 0, 1:
                // There, a port that is untagged in one VLAN. Ours reads tags of customers' type
                // on an access port, and no tags on a tunnel.
                return tagType == Vlans.SERVICE_TAG
                        ? Vlans.tunnel(number(random))
                        : Vlans.access(number(random));
            default:
                BitSet tagged = random.nextInt(4) == 0 ? Vlans.all() : new BitSet();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    tagged.set(number(random));
                }
                int untagged = random.nextBoolean() ? Vlans.NONE : number(random);
                return Vlans.trunk(untagged, tagged, tagType);
        }
    }

    private static PortPolicy policy(Random random, int tagType, boolean transparent) {
        Flooding flooding =
                new Flooding(
                        random.nextInt(4) != 0, random.nextInt(4) != 0, random.nextInt(4) != 0);
        return PortPolicy.NONE
                .with(vlans(random, tagType).withNestedTags(true))
                .withIsolated(random.nextInt(3) == 0)
                .withTransparent(transparent)
                .with(flooding);
    }

    private static byte[] frame(Random random, Vlans ingress, int tagType, int mark) {
        long destination =
                switch (random.nextInt(7)) {
                    case 0 -> Frames.BROADCAST;
                    case 1 -> 0x0100_5e00_0001L;
                    case 2 -> 0x0180_c200_0000L + RESERVED[random.nextInt(RESERVED.length)];
                    default -> station(random);
                };
        long source = random.nextInt(40) == 0 ? 0x0100_5e00_0001L : station(random);
        byte[] frame = Frames.frame(destination, source, 80 + random.nextInt(1_000), mark);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            boolean theirs = ingress.mode() != Vlans.Mode.TUNNEL && random.nextInt(4) != 0;
            int other = tagType == Vlans.SERVICE_TAG ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG;
            int vlan =
                    switch (random.nextInt(8)) {
                        case 0 -> 0;
                        case 1 -> 4095;
                        case 2 -> random.nextInt(4096);
                        default -> number(random);
                    };
            int control = random.nextInt(16) << 12 | vlan;
            frame = Frames.tagged(frame, theirs ? tagType : other, control);
        }
        return frame;
    }

    private static long station(Random random) {
        return 0x5254_0000_0000L + random.nextInt(STATIONS);
    }

    @Test
    void shouldForwardAsTheKernelsBridgeDoes() throws Exception {
        Random random = new Random(802);
        int mark = 0;
        long forwarded = 0;
        try (LinuxBridge bridge = new LinuxBridge(directory, PORTS)) {
            for (int i = 0; i < CONFIGURATIONS; i++) {
                int tagType = i % 2 == 0 ? Vlans.CUSTOMER_TAG : Vlans.SERVICE_TAG;
                boolean transparent = random.nextBoolean();
                List<PortPolicy> policies = new ArrayList<>();
                for (int p = 0; p < PORTS; p++) {
                    policies.add(policy(random, tagType, transparent));
                }
                bridge.configure(policies, tagType);
                try (Lan lan = new Lan()) {
                    List<MemoryPort> ports = new ArrayList<>();
                    for (int p = 0; p < PORTS; p++) {
                        ports.add(lan.plug("p" + p, policies.get(p)));
                    }
                    for (int r = 0; r < ROUNDS; r++) {
                        int ingress = random.nextInt(PORTS);
                        List<byte[]> frames = new ArrayList<>();
                        for (int f = random.nextInt(6); f >= 0; f--) {
                            Vlans in = policies.get(ingress).vlans().orElseThrow();
                            frames.add(frame(random, in, tagType, mark++));
                        }
                        lan.send(ports.get(ingress), frames);
                        bridge.send(ingress, frames);
                        String told = "configuration " + i + " " + policies + ", from p" + ingress;
                        forwarded += compare(bridge, ports, told, frames);
                    }
                }
                // A command later nothing is on its way any more: no frame too many came.
                bridge.run("true");
                for (int p = 0; p < PORTS; p++) {
                    assertEquals(List.of(), texts(bridge.take(p)), policies + ", late at p" + p);
                }
            }
        }
        assertTrue(forwarded > CONFIGURATIONS * ROUNDS, forwarded + " frames compared");
    }

    private static int compare(
            LinuxBridge bridge, List<MemoryPort> ports, String told, List<byte[]> frames)
            throws Exception {
        int[] counts = new int[PORTS];
        List<List<byte[]>> ours = new ArrayList<>();
        int sum = 0;
        for (int p = 0; p < PORTS; p++) {
            ours.add(ports.get(p).takeSent());
            counts[p] = ours.get(p).size();
            sum += counts[p];
        }
        bridge.await(counts, PATIENCE);
        if (sum == 0) {
            bridge.run("true"); // what is learned of them is learned before the next come
        }
        for (int p = 0; p < PORTS; p++) {
            assertEquals(
                    texts(ours.get(p)),
                    texts(bridge.take(p)),
                    () -> told + ": " + texts(frames) + ", out of which port as here");
        }
        return sum;
    }

    /**
     * Headers in full: a payload is known by its mark. The kernel may mix ports, not one's order.
     */
    private static List<String> texts(List<byte[]> frames) {
        return frames.stream()
                .map(f -> head(f) + " " + f.length + " " + java.util.Arrays.hashCode(f))
                .sorted()
                .collect(Collectors.toList());
    }

    private static String head(byte[] frame) {
        ByteBuffer head = ByteBuffer.wrap(frame, 0, Math.min(26, frame.length));
        return HexFormat.of().formatHex(frame, 0, head.remaining());
    }
}

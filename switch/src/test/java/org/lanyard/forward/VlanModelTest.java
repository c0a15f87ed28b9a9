package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;
import org.lanyard.policy.Vlans;
import org.lanyard.port.MemoryPort;

/** Random VLANs on random ports against the rules written plainly: frame by frame, byte by byte. */
final class VlanModelTest {
    private static final int CONFIGURATIONS = 60;
    private static final int BURSTS = 60;
    private static final int STATIONS = 10;
    private static final int[] NUMBERS = {1, 2, 10, 100, 4094};
    private static final int[] TYPES = {Vlans.CUSTOMER_TAG, Vlans.SERVICE_TAG};

    private record Address(long mac, int vlan) {}

    private static final class Model {
        final List<MemoryPort> ports = new ArrayList<>();
        final Map<MemoryPort, Vlans> vlans = new HashMap<>();
        final Map<MemoryPort, List<byte[]>> meant = new HashMap<>();
        final Map<MemoryPort, Long> refused = new HashMap<>();
        final Map<Address, MemoryPort> behind = new HashMap<>();

        void take(MemoryPort ingress, byte[] frame) {
            Vlans in = vlans.get(ingress);
            ByteBuffer bytes = ByteBuffer.wrap(frame);
            int type = bytes.getShort(12) & 0xffff;
            int control = 0;
            byte[] payload = frame;
            if (in.mode() != Vlans.Mode.TUNNEL && type == in.tagType()) {
                control = bytes.getShort(14) & 0xffff;
                payload =
                        Frames.concat(
                                Arrays.copyOf(frame, 12),
                                Arrays.copyOfRange(frame, 16, frame.length));
            }
            boolean named = (control & 0xfff) != 0;
            int vlan = named ? control & 0xfff : in.pvid();
            boolean admitted =
                    switch (in.admit()) {
                        case ALL -> true;
                        case TAGGED -> named;
                        case UNTAGGED -> !named;
                    };
            if (!admitted || vlan == 0 || !in.contains(vlan)) {
                refused.merge(ingress, 1L, Long::sum);
                return;
            }
            behind.put(new Address(bytes.getLong(6) >>> 16, vlan), ingress);
            long destination = bytes.getLong(0) >>> 16;
            MemoryPort known = behind.get(new Address(destination, vlan));
            int reached = 0;
            for (MemoryPort egress : known == null ? ports : List.of(known)) {
                Vlans out = vlans.get(egress);
                if (egress != ingress && out.contains(vlan) && hops(payload, vlan, out)) {
                    refused.merge(ingress, 1L, Long::sum);
                    reached++;
                } else if (egress != ingress && out.contains(vlan)) {
                    byte[] leaves =
                            vlan == out.pvid()
                                    ? Frames.padded(payload)
                                    : Frames.tagged(
                                            payload, out.tagType(), control & 0xf000 | vlan);
                    meant.get(egress).add(leaves);
                    reached++;
                }
            }
            if (reached == 0) {
                refused.merge(ingress, 1L, Long::sum);
            }
        }

        private static boolean hops(byte[] payload, int vlan, Vlans out) {
            int first = ByteBuffer.wrap(payload).getShort(12) & 0xffff;
            return vlan == out.pvid()
                    && out.mode() != Vlans.Mode.TUNNEL
                    && !out.nestedTags()
                    && first == out.tagType();
        }
    }

    private static int number(Random random) {
        return NUMBERS[random.nextInt(NUMBERS.length)];
    }

    private static Vlans vlans(Random random) {
        Vlans vlans =
                switch (random.nextInt(4)) {
                    case 0 -> Vlans.access(number(random));
                    case 1 -> Vlans.tunnel(number(random));
                    default -> {
                        BitSet tagged = random.nextInt(4) == 0 ? Vlans.all() : new BitSet();
                        for (int i = random.nextInt(4); i >= 0; i--) {
                            tagged.set(number(random));
                        }
                        int untagged = random.nextBoolean() ? Vlans.NONE : number(random);
                        yield Vlans.trunk(untagged, tagged, TYPES[random.nextInt(2)]);
                    }
                };
        vlans = vlans.withNestedTags(random.nextInt(3) == 0);
        Vlans.Admit[] kinds = Vlans.Admit.values();
        return random.nextInt(4) == 0
                ? vlans.admitting(kinds[random.nextInt(kinds.length)])
                : vlans;
    }

    private static byte[] frame(Random random, int mark) {
        long destination =
                switch (random.nextInt(6)) {
                    case 0 -> Frames.BROADCAST;
                    case 1 -> 0x0100_5e00_0001L;
                    default -> 0x5254_0000_0000L + random.nextInt(STATIONS);
                };
        long source = 0x5254_0000_0000L + random.nextInt(STATIONS);
        byte[] frame = Frames.frame(destination, source, 60 + random.nextInt(100), mark);
        for (int tags = random.nextInt(3); tags > 0; tags--) {
            int vlan =
                    switch (random.nextInt(8)) {
                        case 0 -> 0;
                        case 1 -> 4095;
                        case 2 -> random.nextInt(4096);
                        default -> number(random);
                    };
            int control = random.nextInt(16) << 12 | vlan;
            frame = Frames.tagged(frame, TYPES[random.nextInt(2)], control);
        }
        return frame;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void shouldForwardAsTheModelSays(long seed) {
        Random random = new Random(seed);
        int mark = 0;
        for (int i = 0; i < CONFIGURATIONS; i++) {
            try (Lan lan = new Lan()) {
                Model model = new Model();
                int count = 2 + random.nextInt(5);
                StringBuilder told = new StringBuilder("seed " + seed + ", ");
                for (int p = 0; p < count; p++) {
                    boolean silent = p > 0 && random.nextInt(5) == 0;
                    Vlans vlans = silent ? null : vlans(random);
                    MemoryPort port = silent ? lan.plug("p" + p) : lan.plug("p" + p, vlans);
                    model.ports.add(port);
                    model.vlans.put(port, silent ? Vlans.access(1) : vlans);
                    model.meant.put(port, new ArrayList<>());
                    told.append(port).append(' ').append(vlans).append("; ");
                }
                for (int b = 0; b < BURSTS; b++) {
                    MemoryPort ingress = model.ports.get(random.nextInt(count));
                    List<byte[]> burst = new ArrayList<>();
                    for (int f = random.nextInt(10); f >= 0; f--) {
                        byte[] frame = frame(random, mark++);
                        burst.add(frame);
                        model.take(ingress, frame);
                    }
                    lan.send(ingress, burst);
                }
                compare(model, told.toString());
            }
        }
    }

    private static void compare(Model model, String told) {
        for (MemoryPort port : model.ports) {
            List<byte[]> meant = model.meant.get(port);
            List<byte[]> sent = port.takeSent();
            assertEquals(meant.size(), sent.size(), told + port);
            for (int i = 0; i < meant.size(); i++) {
                assertArrayEquals(meant.get(i), sent.get(i), told + port + ", frame " + i);
            }
            long refused = model.refused.getOrDefault(port, 0L);
            assertEquals(refused, port.counters().drops(), told + port + " refused");
        }
    }
}

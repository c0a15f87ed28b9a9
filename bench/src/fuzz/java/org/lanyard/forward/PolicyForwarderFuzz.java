package org.lanyard.forward;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lanyard.frame.Burst;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;
import org.lanyard.fuzz.Sink;
import org.lanyard.policy.Flooding;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Outbox;

/**
 * Ports with whatever policies, and whatever frames between them: each leaves by the ports, and in
 * the form, that the rules written plainly say, and every other one is counted.
 */
public final class PolicyForwarderFuzz {
    private static final int MOST_PORTS = 5;
    private static final int[] NUMBERS = {1, 2, 10, 4094};
    private static final int[] TYPES = {Vlans.CUSTOMER_TAG, Vlans.SERVICE_TAG};
    private static final Slab SLAB = new Slab();
    private static final Burst BURST = new Burst();
    private static final StreamFormat FORMAT = new StreamFormat();

    private final Fabric fabric = new Fabric(new Fdb(1024), 8);
    private final Outbox outbox = new Outbox(SLAB, 8);
    private final Forwarder forwarder = new Forwarder(fabric, outbox);
    private final List<Sink> ports = new ArrayList<>();
    private Model model;

    private PolicyForwarderFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        new PolicyForwarderFuzz().run(new Input(bytes));
    }

    private void run(Input input) {
        int count = 2 + input.below(MOST_PORTS - 1);
        for (int i = 0; i < count; i++) {
            Sink port = new Sink("p" + i);
            port.obey(policy(input));
            fabric.plug(port);
            ports.add(port);
        }
        model = new Model(ports);
        while (!input.isEmpty()) {
            Sink ingress = ports.get(input.below(count));
            List<byte[]> frames = new ArrayList<>();
            for (int more = 1 + input.below(8); more > 0 && !input.isEmpty(); more--) {
                frames.add(frame(input));
            }
            frames.forEach(frame -> model.take(ingress, frame));
            send(ingress, frames);
        }
        compare();
    }

    private static PortPolicy policy(Input input) {
        int flags = input.u8();
        PortPolicy policy =
                PortPolicy.NONE
                        .withIsolated((flags & 1) != 0)
                        .withTransparent((flags & 2) != 0)
                        .with(new Flooding((flags & 4) == 0, (flags & 8) == 0, (flags & 16) == 0));
        if ((flags & 32) != 0) {
            policy = policy.withAllowedMacs(List.of(station(input), station(input)));
        }
        return (flags & 64) == 0 ? policy.with(vlans(input)) : policy;
    }

    private static Vlans vlans(Input input) {
        int kind = input.u8();
        int number = NUMBERS[kind >>> 6];
        Vlans vlans =
                switch (kind & 3) {
                    case 0 -> Vlans.access(number);
                    case 1 -> Vlans.tunnel(number);
                    default -> {
                        int members = input.u8();
                        BitSet tagged = (members & 0x80) != 0 ? Vlans.all() : new BitSet();
                        for (int i = 0; i < NUMBERS.length; i++) {
                            tagged.set(NUMBERS[i], tagged.get(NUMBERS[i]) || (members >> i & 1) != 0);
                        }
                        int untagged = (members & 0x10) != 0 ? Vlans.NONE : number;
                        yield Vlans.trunk(untagged, tagged, TYPES[members >> 5 & 1]);
                    }
                };
        vlans = vlans.withNestedTags((kind & 4) != 0);
        Vlans.Admit[] kinds = Vlans.Admit.values();
        return (kind & 8) != 0 ? vlans.admitting(kinds[(kind >> 4 & 3) % kinds.length]) : vlans;
    }

    private static long station(Input input) {
        return 0x5254_0000_0000L + input.below(6);
    }

    private static long address(Input input) {
        int kind = input.u8();
        return switch (kind & 7) {
            case 0 -> 0xffff_ffff_ffffL;
            case 1 -> 0x0180_c200_0000L + (kind >>> 3);
            case 2 -> 0x0100_5e00_0001L;
            case 3 -> 0;
            default -> 0x5254_0000_0000L + (kind >>> 3) % 6;
        };
    }

    private static byte[] frame(Input input) {
        byte[] frame = new byte[StreamFormat.MIN_FRAME];
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        int kind = input.u8();
        bytes.putLong(0, address(input) << 16).putLong(6, address(input) << 16);
        for (int at = 12, tags = kind & 3; tags > 0; tags--, at += 4) {
            int control = input.u16();
            int vlan = (control & 0x800) != 0 ? NUMBERS[control & 3] : control & 0x7ff;
            vlan = (control & 0xfff) == 0x7ff ? 4095 : vlan;
            bytes.putShort(at, (short) TYPES[control >>> 12 & 1]);
            bytes.putShort(at + 2, (short) (control & 0xe000 | vlan));
        }
        bytes.putShort(12 + 4 * (kind & 3), (short) ((kind & 4) != 0 ? 0x8808 : input.u16()));
        bytes.putInt(40, input.u16());
        int length =
                switch (kind >>> 3 & 15) {
                    case 0 -> StreamFormat.MAX_FRAME - input.below(5);
                    case 1 -> StreamFormat.MIN_FRAME + input.u8();
                    default -> StreamFormat.MIN_FRAME;
                };
        return Arrays.copyOf(frame, length);
    }

    private void send(Sink ingress, List<byte[]> frames) {
        int at = 0;
        int from = 0;
        SLAB.clear();
        for (byte[] frame : frames) {
            if (at + StreamFormat.PREFIX + frame.length > Slab.READ_SIZE) {
                forward(ingress, from, at);
                SLAB.clear();
                at = 0;
            }
            SLAB.bytes().putInt(at, frame.length);
            SLAB.bytes().put(at + StreamFormat.PREFIX, frame);
            at += StreamFormat.PREFIX + frame.length;
        }
        forward(ingress, from, at);
    }

    private void forward(Sink ingress, int from, int end) {
        BURST.clear();
        FORMAT.parse(SLAB, from, end, BURST);
        forwarder.forward(ingress, BURST, 0);
        outbox.flush();
    }

    private void compare() {
        for (Sink port : ports) {
            List<byte[]> meant = model.meant.get(port);
            List<byte[]> sent = port.takeSent();
            String where = " at " + port + " " + port.policy();
            Check.same(meant.size(), sent.size(), "frames that left" + where);
            for (int i = 0; i < meant.size(); i++) {
                Check.same(meant.get(i), sent.get(i), "frame " + i + where);
            }
            Check.same(model.refused.getOrDefault(port, 0L), port.counters().drops(), "drops" + where);
            Check.same(0L, port.counters().drops(DropReason.NO_BUFFER), "no room for copies" + where);
        }
    }

    /** The rules, frame by frame. */
    private static final class Model {
        private record Address(long mac, int vlan) {}

        final List<Sink> ports;
        final Map<Sink, Vlans> vlans = new HashMap<>();
        final Map<Sink, List<byte[]>> meant = new HashMap<>();
        final Map<Sink, Long> refused = new HashMap<>();
        final Map<Address, Sink> behind = new HashMap<>();

        /** Where no port has a policy, all with such a source are learned but PAUSE itself. */
        final boolean isPlain;

        Model(List<Sink> all) {
            ports = all;
            isPlain = all.stream().allMatch(port -> port.policy().equals(PortPolicy.NONE));
            boolean any = all.stream().anyMatch(port -> port.policy().vlans().isPresent());
            for (Sink port : all) {
                Vlans silent = any ? Vlans.access(1) : Vlans.tunnel(1);
                vlans.put(port, port.policy().vlans().orElse(silent));
                meant.put(port, new ArrayList<>());
            }
        }

        private void refuse(Sink port) {
            refused.merge(port, 1L, Long::sum);
        }

        void take(Sink ingress, byte[] frame) {
            ByteBuffer bytes = ByteBuffer.wrap(frame);
            long destination = bytes.getLong(0) >>> 16;
            long source = bytes.getLong(6) >>> 16;
            if (source == 0 || (source >>> 40 & 1) != 0) {
                refuse(ingress);
                return;
            }
            Vlans in = vlans.get(ingress);
            int control = 0;
            byte[] payload = frame;
            if (in.mode() != Vlans.Mode.TUNNEL && type(frame) == in.tagType()) {
                control = bytes.getShort(14) & 0xffff;
                payload = new byte[frame.length - 4];
                System.arraycopy(frame, 0, payload, 0, 12);
                System.arraycopy(frame, 16, payload, 12, frame.length - 16);
            }
            boolean named = (control & 0xfff) != 0;
            int vlan = named ? control & 0xfff : in.pvid();
            boolean admitted =
                    switch (in.admit()) {
                        case ALL -> true;
                        case TAGGED -> named;
                        case UNTAGGED -> !named;
                    };
            boolean pause =
                    type(payload) == 0x8808 || destination == 0x0180_c200_0001L && !isPlain;
            if (!admitted || vlan == 0 || !in.contains(vlan) || pause) {
                refuse(ingress);
                return;
            }
            if (!ingress.policy().allows(source)) {
                refuse(ingress);
                return;
            }
            behind.put(new Address(source, vlan), ingress);
            boolean reserved = destination >>> 4 == 0x0180_c200_000L;
            if (reserved && !ingress.policy().transparent()) {
                refuse(ingress);
                return;
            }
            Sink known = behind.get(new Address(destination, vlan));
            if (known == null) {
                flood(ingress, payload, control, vlan, destination, reserved);
            } else if (known == ingress
                    || ingress.policy().isolated() && known.policy().isolated()
                    || !vlans.get(known).contains(vlan)) {
                refuse(ingress);
            } else {
                leave(ingress, known, payload, control, vlan);
            }
        }

        private void flood(
                Sink ingress, byte[] payload, int control, int vlan, long to, boolean reserved) {
            boolean reached = false;
            for (Sink egress : ports) {
                PortPolicy policy = egress.policy();
                Flooding floods = policy.flooding();
                boolean wanted =
                        to == 0xffff_ffff_ffffL
                                ? floods.broadcast()
                                : (to >>> 40 & 1) != 0 ? floods.multicast() : floods.unknown();
                if (egress != ingress
                        && wanted
                        && vlans.get(egress).contains(vlan)
                        && !(ingress.policy().isolated() && policy.isolated())
                        && (!reserved || policy.transparent())) {
                    reached = true;
                    leave(ingress, egress, payload, control, vlan);
                }
            }
            if (!reached) {
                refuse(ingress);
            }
        }

        private void leave(Sink ingress, Sink egress, byte[] payload, int control, int vlan) {
            Vlans out = vlans.get(egress);
            byte[] leaves = Arrays.copyOf(payload, Math.max(60, payload.length));
            boolean readsTags = out.mode() != Vlans.Mode.TUNNEL;
            if (vlan != out.pvid()) {
                byte[] tagged = new byte[Math.max(60, payload.length + 4)];
                System.arraycopy(payload, 0, tagged, 0, 12);
                ByteBuffer bytes = ByteBuffer.wrap(tagged);
                bytes.putShort(12, (short) out.tagType());
                bytes.putShort(14, (short) (control & 0xf000 | vlan));
                System.arraycopy(payload, 12, tagged, 16, payload.length - 12);
                leaves = tagged;
            } else if (readsTags && !out.nestedTags() && type(payload) == out.tagType()) {
                refuse(ingress); // it would be taken for another VLAN's
                return;
            }
            if (leaves.length > StreamFormat.MAX_FRAME) {
                refuse(egress);
            } else {
                meant.get(egress).add(leaves);
            }
        }

        private static int type(byte[] frame) {
            return ByteBuffer.wrap(frame).getShort(12) & 0xffff;
        }
    }
}

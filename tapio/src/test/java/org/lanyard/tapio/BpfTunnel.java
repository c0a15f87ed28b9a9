package org.lanyard.tapio;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One end of a tunnel, by two BPF programs at an Ethernet interface: for kernels without the
 * tunnel's own device. They put the outer headers on as the kernel's devices do, on super-frames
 * too, which then are of the kernel's own kind for that tunnel (net/core/filter.c
 * bpf_skb_adjust_room).
 *
 * @param remote the other end's outer address
 * @param inner the address that is reached through the tunnel, with a route of its own
 */
public record BpfTunnel(Kind kind, String local, String remote, String inner) {
    /** Over IPv4. */
    public enum Kind {
        IPIP(4),
        SIT(41),
        GRE(47);

        private final int protocol;

        Kind(int protocol) {
            this.protocol = protocol;
        }
    }

    // linux/bpf_common.h, linux/bpf.h: operations
    private static final int LOAD = 0x61;
    private static final int LOAD_BYTE = 0x71;
    private static final int STORE = 0x62;
    private static final int STORE_SHORT_OF = 0x6b;
    private static final int MOVE = 0xb7;
    private static final int MOVE_OF = 0xbf;
    private static final int ADD = 0x07;
    private static final int ADD_OF = 0x0f;
    private static final int AND = 0x57;
    private static final int XOR = 0xa7;
    private static final int SHIFT_RIGHT = 0x77;
    private static final int SWAP = 0xdc;
    private static final int CALL = 0x85;
    private static final int JUMP_UNLESS = 0x56;
    private static final int EXIT = 0x95;

    // Functions, and flags of ADJUST_ROOM
    private static final int STORE_BYTES = 9;
    private static final int LOAD_BYTES = 26;
    private static final int ADJUST_ROOM = 50;
    private static final int BEHIND_ETHERNET = 1;
    private static final int FIXED_SIZE = 1;
    private static final int OVER_IPV4 = 1 << 1;
    private static final int WITH_GRE = 1 << 3;
    private static final int OUT_COMES_IPV6 = 1 << 8;

    /** What a program returns: TC_ACT_UNSPEC. */
    private static final int OTHER_FILTERS = -1;

    // struct __sk_buff
    private static final int LENGTH = 0;

    private static final int CONTEXT = 6;
    private static final int STACK = 10;
    private static final int ETHERNET = 14;
    private static final int IPV4 = 20;
    private static final int SCRATCH = -8;

    /**
     * What is to be run where the interface is, in that order.
     *
     * @param directory for the programs
     */
    public List<List<String>> commands(Path directory, String device) throws IOException {
        Path in = Files.write(directory.resolve(device + "-in.o"), object(decapsulate()));
        Path out = Files.write(directory.resolve(device + "-out.o"), object(encapsulate()));
        return List.of(
                List.of("tc", "qdisc", "add", "dev", device, "clsact"),
                filter(device, "ingress", in),
                filter(device, "egress", out));
    }

    private static List<String> filter(String device, String where, Path program) {
        return List.of(
                "tc",
                "filter",
                "add",
                "dev",
                device,
                where,
                "bpf",
                "direct-action",
                "object-file",
                program.toString(),
                "section",
                "tc");
    }

    private int size() {
        return IPV4 + (kind == Kind.GRE ? 4 : 0);
    }

    private byte[] outer() throws IOException {
        ByteBuffer header = ByteBuffer.allocate(size());
        header.putLong(0x4500_0000_0000_4000L).put((byte) 64).put((byte) kind.protocol);
        header.putShort((short) 0);
        header.put(InetAddress.getByName(local).getAddress());
        header.put(InetAddress.getByName(remote).getAddress());
        if (kind == Kind.GRE) {
            header.putInt(0x0800);
        }
        return header.array();
    }

    private byte[] encapsulate() throws IOException {
        byte[] address = InetAddress.getByName(inner).getAddress();
        boolean ipv4 = address.length == Inet4Address.getLoopbackAddress().getAddress().length;
        int at = ETHERNET + (ipv4 ? 16 : 36);
        ByteBuffer last = ByteBuffer.wrap(address, address.length - 4, 4);
        int wanted = last.order(ByteOrder.LITTLE_ENDIAN).getInt();
        Code code = new Code();
        code.add(MOVE_OF, CONTEXT, 1, 0, 0);
        code.load(12, 2).unless(ipv4 ? 0x0008 : 0xdd86);
        code.load(at, 4).unless(wanted);
        int flags = FIXED_SIZE | OVER_IPV4 | (kind == Kind.GRE ? WITH_GRE : 0);
        code.call(ADJUST_ROOM, size(), BEHIND_ETHERNET, flags);
        byte[] header = outer();
        int sum = 0;
        for (int i = 0; i < IPV4; i += 2) {
            sum += ByteBuffer.wrap(header).getShort(i) & 0xffff;
        }
        int below = -header.length;
        for (int i = 0; i < header.length; i += 4) {
            int word = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(i);
            code.add(STORE, STACK, 0, below + i, word);
        }
        code.add(LOAD, 2, CONTEXT, LENGTH, 0).add(ADD, 2, 0, 0, -ETHERNET);
        code.add(MOVE_OF, 3, 2, 0, 0).add(ADD, 3, 0, 0, sum);
        for (int i = 0; i < 2; i++) {
            code.add(MOVE_OF, 4, 3, 0, 0).add(SHIFT_RIGHT, 4, 0, 0, 16);
            code.add(AND, 3, 0, 0, 0xffff).add(ADD_OF, 3, 4, 0, 0);
        }
        code.add(XOR, 3, 0, 0, 0xffff).add(SWAP, 2, 0, 0, 16).add(SWAP, 3, 0, 0, 16);
        code.add(STORE_SHORT_OF, STACK, 2, below + 2, 0);
        code.add(STORE_SHORT_OF, STACK, 3, below + 10, 0);
        code.store(ETHERNET, header.length);
        return code.storeType(0x0008).end();
    }

    private byte[] decapsulate() {
        Code code = new Code();
        code.add(MOVE_OF, CONTEXT, 1, 0, 0);
        code.load(12, 2).unless(0x0008);
        code.load(ETHERNET + 9, 1).unless(kind.protocol);
        boolean ipv6 = kind == Kind.SIT;
        code.call(ADJUST_ROOM, -size(), BEHIND_ETHERNET, ipv6 ? OUT_COMES_IPV6 : 0);
        return code.storeType(ipv6 ? 0xdd86 : 0x0008).end();
    }

    /** Of a program; registers 2 to 5 are free between its parts. */
    private static final class Code {
        private final ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
        private final List<Integer> jumps = new ArrayList<>();

        Code add(int operation, int target, int source, int offset, int number) {
            bytes.put((byte) operation).put((byte) (source << 4 | target));
            bytes.putShort((short) offset).putInt(number);
            return this;
        }

        /** Calls it with these behind the packet; the program ends where it fails. */
        Code call(int function, int second, int third, int fourth) {
            add(MOVE_OF, 1, CONTEXT, 0, 0).add(MOVE, 2, 0, 0, second);
            add(MOVE, 3, 0, 0, third).add(MOVE, 4, 0, 0, fourth);
            add(CALL, 0, 0, 0, function).add(MOVE_OF, 2, 0, 0, 0);
            return unless(0);
        }

        /** Bytes of the packet, into register 2. */
        Code load(int at, int count) {
            add(STORE, STACK, 0, SCRATCH, 0);
            add(MOVE_OF, 1, CONTEXT, 0, 0).add(MOVE, 2, 0, 0, at);
            add(MOVE_OF, 3, STACK, 0, 0).add(ADD, 3, 0, 0, SCRATCH);
            add(MOVE, 4, 0, 0, count).add(CALL, 0, 0, 0, LOAD_BYTES);
            return add(count == 1 ? LOAD_BYTE : LOAD, 2, STACK, SCRATCH, 0);
        }

        /** The last bytes of the stack, into the packet. */
        Code store(int at, int count) {
            add(MOVE_OF, 1, CONTEXT, 0, 0).add(MOVE, 2, 0, 0, at);
            add(MOVE_OF, 3, STACK, 0, 0).add(ADD, 3, 0, 0, -count);
            add(MOVE, 4, 0, 0, count).add(MOVE, 5, 0, 0, 0);
            return add(CALL, 0, 0, 0, STORE_BYTES);
        }

        Code storeType(int type) {
            add(STORE, STACK, 0, -4, type << 16);
            add(MOVE_OF, 1, CONTEXT, 0, 0).add(MOVE, 2, 0, 0, 12);
            add(MOVE_OF, 3, STACK, 0, 0).add(ADD, 3, 0, 0, -2);
            add(MOVE, 4, 0, 0, 2).add(MOVE, 5, 0, 0, 0);
            return add(CALL, 0, 0, 0, STORE_BYTES);
        }

        /** The program ends where register 2 is another number; the packet goes on. */
        Code unless(int number) {
            jumps.add(bytes.position());
            return add(JUMP_UNLESS, 2, 0, 0, number);
        }

        byte[] end() {
            int end = bytes.position();
            add(MOVE, 0, 0, 0, OTHER_FILTERS).add(EXIT, 0, 0, 0, 0);
            for (int jump : jumps) {
                bytes.putShort(jump + 2, (short) ((end - jump) / 8 - 1));
            }
            byte[] code = new byte[bytes.position()];
            bytes.get(0, code);
            return code;
        }
    }

    /** An ELF file with the program in section {@code tc}. */
    private static byte[] object(byte[] code) {
        byte[] names = "\0tc\0license\0symbols\0names\0prog\0".getBytes(StandardCharsets.US_ASCII);
        byte[] license = "GPL\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer symbols = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        symbols.putInt(24, 26).put(28, (byte) 0x12).putShort(30, (short) 1);
        symbols.putLong(40, code.length);
        byte[][] parts = {code, license, symbols.array(), names};
        int[] nameAts = {1, 4, 12, 20};
        int[] types = {1, 1, 2, 3};
        int[] flags = {6, 3, 0, 0};
        ByteBuffer file = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer sections = ByteBuffer.allocate(64 * 5).order(ByteOrder.LITTLE_ENDIAN);
        file.position(64);
        sections.position(64);
        for (int i = 0; i < parts.length; i++) {
            boolean isSymbols = types[i] == 2;
            sections.putInt(nameAts[i]).putInt(types[i]).putLong(flags[i]).putLong(0);
            sections.putLong(file.position()).putLong(parts[i].length);
            sections.putInt(isSymbols ? 4 : 0).putInt(isSymbols ? 1 : 0);
            sections.putLong(8).putLong(isSymbols ? 24 : 0);
            file.put(parts[i]).position(file.position() + 7 & -8);
        }
        int sectionsAt = file.position();
        file.put(sections.array());
        int end = file.position();
        file.putInt(0, 0x464c_457f).putInt(4, 0x0001_0102); // 64 bits, little-endian
        file.putShort(16, (short) 1).putShort(18, (short) 247).putInt(20, 1);
        file.putLong(40, sectionsAt).putShort(52, (short) 64).putShort(58, (short) 64);
        file.putShort(60, (short) 5).putShort(62, (short) 4);
        byte[] whole = new byte[end];
        file.get(0, whole);
        return whole;
    }
}

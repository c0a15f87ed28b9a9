package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.util.Random;

/** Random TCP segments and UDP datagrams with all that their headers may have. */
final class Packets {
    private static final long DESTINATION = 0x5254_0000_0002L;
    private static final long SOURCE = 0x5254_0000_0001L;
    private static final int[] PLAIN_TAGS = {0, 0, 0, 1, 2};

    final Random random;

    Packets(long seed) {
        this.random = new Random(seed);
    }

    /** What a frame is made of. */
    record Shape(boolean ipv6, boolean tcp, int tags, int options, int extensions, int payload) {
        @Override
        public String toString() {
            return (ipv6 ? "IPv6" : "IPv4")
                    + (tcp ? " TCP, " : " UDP, ")
                    + tags
                    + " tags, options "
                    + options
                    + ", extensions "
                    + extensions
                    + ", payload "
                    + payload;
        }
    }

    Shape shape(int payload) {
        return new Shape(
                random.nextBoolean(),
                random.nextInt(3) > 0,
                PLAIN_TAGS[random.nextInt(PLAIN_TAGS.length)],
                random.nextInt(11),
                random.nextInt(4) == 0 ? 1 : 0,
                payload);
    }

    /** A frame with right checksums. */
    byte[] frame(Shape shape, int tcpFlags) {
        int network = 14 + 4 * shape.tags();
        int networkSize =
                shape.ipv6()
                        ? 40 + 8 * shape.extensions()
                        : 20 + 4 * (shape.options() % 3) * shape.extensions();
        int transport = network + networkSize;
        int transportSize = shape.tcp() ? 20 + 4 * shape.options() : 8;
        byte[] bytes = new byte[transport + transportSize + shape.payload()];
        random.nextBytes(bytes);
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        frame.putLong(0, DESTINATION << 16).putLong(6, SOURCE << 16);
        for (int i = 0; i < shape.tags(); i++) {
            frame.putShort(12 + 4 * i, (short) (i == 0 && shape.tags() == 2 ? 0x88a8 : 0x8100));
            frame.putShort(14 + 4 * i, (short) (random.nextInt() & 0xe000 | 1 + i));
        }
        frame.putShort(network - 2, (short) (shape.ipv6() ? 0x86dd : 0x0800));
        int protocol = shape.tcp() ? Headers.TCP : Headers.UDP;
        if (shape.ipv6()) {
            ipv6(frame, network, shape, protocol, bytes.length - network - 40);
        } else {
            ipv4(frame, network, networkSize, protocol, bytes.length - network);
        }
        if (shape.tcp()) {
            frame.put(transport + 12, (byte) (transportSize / 4 << 4));
            frame.put(transport + 13, (byte) tcpFlags);
            // Options that end at once: the bytes behind them are nothing.
            if (transportSize > 20) {
                frame.put(transport + 20, (byte) 0);
            }
        } else {
            frame.putShort(transport + 4, (short) (bytes.length - transport));
        }
        complete(bytes);
        return bytes;
    }

    private void ipv4(ByteBuffer frame, int at, int size, int protocol, int length) {
        frame.put(at, (byte) (0x40 | size / 4));
        frame.putShort(at + 2, (short) length);
        frame.putShort(at + 6, (short) (random.nextBoolean() ? 0x4000 : 0));
        frame.put(at + 8, (byte) 64).put(at + 9, (byte) protocol);
        frame.putInt(at + 12, 0x0a090001).putInt(at + 16, 0x0a090002);
        for (int i = at + 20; i < at + size; i++) {
            frame.put(i, (byte) 1); // no operation
        }
        frame.putShort(at + 10, (short) 0);
        frame.putShort(at + 10, Checksum.of(Checksum.sum(frame, at, size)));
    }

    private void ipv6(ByteBuffer frame, int at, Shape shape, int protocol, int length) {
        frame.putInt(at, 0x6000_0000 | random.nextInt() & 0x00ff_ffff);
        frame.putShort(at + 4, (short) length);
        frame.put(at + 6, (byte) (shape.extensions() == 0 ? protocol : 60)).put(at + 7, (byte) 64);
        for (int i = 0; i < 2; i++) {
            frame.putLong(at + 8 + 16 * i, 0xfd00_0000_0000_0000L);
            frame.putLong(at + 16 + 16 * i, i + 1);
        }
        if (shape.extensions() > 0) { // destination options: one PadN of 4 bytes
            frame.putLong(at + 40, (long) protocol << 56 | 0x0104_0000_0000L);
        }
    }

    /** Makes the transport's checksum right. */
    static void complete(byte[] bytes) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        Headers headers = new Headers();
        if (!headers.parse(frame, 0, bytes.length)) {
            throw new AssertionError("a frame of the test's own can't be parsed");
        }
        int length = bytes.length - headers.transport();
        frame.putShort(headers.checksumAt(), (short) 0);
        long sum =
                headers.pseudoSum(frame)
                        + length
                        + Checksum.sum(frame, headers.transport(), length);
        frame.putShort(
                headers.checksumAt(), headers.isTcp() ? Checksum.of(sum) : Checksum.ofUdp(sum));
    }
}

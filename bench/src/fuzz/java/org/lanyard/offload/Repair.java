package org.lanyard.offload;

import java.nio.ByteBuffer;

/** Makes lengths and checksums of a frame right, which a fuzzer seldom guesses. */
final class Repair {
    private Repair() {}

    /** Of the outermost IP header and what it carries, where those are found. */
    static void repair(byte[] frame) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        Headers headers = new Headers();
        if (!headers.parse(bytes, 0, frame.length)) {
            return;
        }
        int network = headers.network();
        int length = frame.length - network;
        if (headers.isIpv6()) {
            bytes.putShort(
                    network + Headers.PAYLOAD_LENGTH, (short) (length - Headers.IPV6_HEADER));
        } else {
            bytes.putShort(network + Headers.TOTAL_LENGTH, (short) length);
            bytes.putShort(network + Headers.IPV4_CHECKSUM, (short) 0);
            int size = (bytes.get(network) & 0xf) * Integer.BYTES;
            bytes.putShort(network + Headers.IPV4_CHECKSUM, checksum(sum(bytes, network, size)));
        }
        int transport = headers.transport();
        int transportLength = frame.length - transport;
        if (!headers.isTcp()) {
            bytes.putShort(transport + Headers.UDP_LENGTH, (short) transportLength);
        }
        bytes.putShort(headers.checksumAt(), (short) 0);
        long sum = headers.pseudoSum(bytes) + transportLength;
        short checksum = checksum(sum + sum(bytes, transport, transportLength));
        bytes.putShort(
                headers.checksumAt(), checksum == 0 && !headers.isTcp() ? (short) 0xffff : checksum);
    }

    /** RFC 1071, word by word. */
    static long sum(ByteBuffer bytes, int from, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes.get(from + i) & 0xff) << (i % 2 == 0 ? Byte.SIZE : 0);
        }
        return sum;
    }

    private static short checksum(long sum) {
        return (short) ~folded(sum);
    }

    static int folded(long sum) {
        long folded = sum;
        while (folded > 0xffff) {
            folded = (folded & 0xffff) + (folded >>> Short.SIZE);
        }
        return (int) folded;
    }
}

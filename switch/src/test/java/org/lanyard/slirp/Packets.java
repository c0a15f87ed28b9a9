package org.lanyard.slirp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Frames that a guest of 10.0.2.0/24 would send, and what is in those that it gets. */
public final class Packets {
    public static final int GATEWAY = 0x0a000202;

    private static final int ARP = 0x0806;
    private static final int IP4 = 0x0800;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int TCP_HEADER = 20;
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;
    private static final int ECHO_REQUEST = 8;
    private static final int IP_HEADER = 20;
    private static final int ECHO_HEADER = 8;

    private Packets() {}

    private static ByteBuffer ethernet(int size, long destination, long source, int type) {
        ByteBuffer frame = ByteBuffer.allocate(Math.max(60, size));
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.putShort((short) (source >>> 32)).putInt((int) source);
        return frame.putShort((short) type);
    }

    /** Who has the address? (RFC 826.) */
    public static byte[] arp(long mac, int from, int wanted) {
        ByteBuffer frame = ethernet(42, 0xffff_ffff_ffffL, mac, ARP);
        frame.putShort((short) 1).putShort((short) IP4).put((byte) 6).put((byte) 4);
        frame.putShort((short) 1); // a request
        frame.putShort((short) (mac >>> 32)).putInt((int) mac).putInt(from);
        return frame.putShort((short) 0).putInt(0).putInt(wanted).array();
    }

    /** Whether it is the answer to {@link #arp}. */
    public static boolean isArpFrom(byte[] frame, int address) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return bytes.getShort(12) == ARP && bytes.getShort(20) == 2 && bytes.getInt(28) == address;
    }

    /** To the gateway (RFC 791). */
    private static ByteBuffer ip(long mac, int from, int protocol, int payload) {
        int length = IP_HEADER + payload;
        ByteBuffer frame = ethernet(14 + length, 0x5255_0a00_0202L, mac, IP4);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) length).putInt(0);
        frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
        frame.putInt(from).putInt(GATEWAY);
        return frame.putShort(24, (short) sum(frame, 14, IP_HEADER));
    }

    /** A ping of the gateway (RFC 792). */
    public static byte[] ping(long mac, int from, String payload) {
        byte[] text = payload.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer frame = ip(mac, from, ICMP, ECHO_HEADER + text.length);
        int echo = frame.position();
        frame.put((byte) ECHO_REQUEST).put((byte) 0).putShort((short) 0).putInt(0x00010001);
        frame.put(text);
        frame.putShort(echo + 2, (short) sum(frame, echo, ECHO_HEADER + text.length));
        return frame.array();
    }

    /** A datagram of no content to a port of the gateway's, without a checksum (RFC 768). */
    public static byte[] udp(long mac, int from, int fromPort, int port) {
        ByteBuffer frame = ip(mac, from, UDP, UDP_HEADER);
        frame.putShort((short) fromPort).putShort((short) port).putShort((short) UDP_HEADER);
        return frame.array();
    }

    /** Asks a port of the gateway's for a connection (RFC 793). */
    public static byte[] syn(long mac, int from, int fromPort, int port) {
        return tcp(mac, from, fromPort, port, 1_000, 0, SYN);
    }

    /** Says that the answer to {@link #syn} has come. */
    public static byte[] ack(long mac, int from, byte[] synAck) {
        ByteBuffer bytes = ByteBuffer.wrap(synAck);
        int fromPort = bytes.getShort(36) & 0xffff;
        int port = bytes.getShort(34) & 0xffff;
        return tcp(mac, from, fromPort, port, 1_001, bytes.getInt(38) + 1, ACK);
    }

    private static byte[] tcp(
            long mac, int from, int fromPort, int port, int sequence, int acknowledged, int flags) {
        ByteBuffer frame = ip(mac, from, TCP, TCP_HEADER);
        int at = frame.position();
        frame.putShort((short) fromPort).putShort((short) port).putInt(sequence);
        frame.putInt(acknowledged).put((byte) 0x50).put((byte) flags).putShort((short) 8_192);
        ByteBuffer pseudo = ByteBuffer.allocate(12 + TCP_HEADER);
        pseudo.putInt(from).putInt(GATEWAY).putShort((short) TCP).putShort((short) TCP_HEADER);
        pseudo.put(frame.array(), at, TCP_HEADER);
        return frame.putShort(at + 16, (short) sum(pseudo, 0, pseudo.capacity())).array();
    }

    /** Whether it is the gateway's answer to {@link #syn}. */
    public static boolean isSynAck(byte[] frame) {
        return frame[12] == 8 && frame[13] == 0 && frame[23] == TCP && frame[47] == (SYN | ACK);
    }

    /** Whether it is the answer to {@link #ping}. */
    public static boolean isPong(byte[] frame, String payload) {
        ByteBuffer bytes = ByteBuffer.wrap(frame);
        return bytes.getShort(12) == IP4
                && frame[23] == ICMP
                && frame[34] == 0
                && bytes.getInt(26) == GATEWAY
                && new String(frame, 42, payload.length(), StandardCharsets.US_ASCII)
                        .equals(payload);
    }

    /** RFC 1071. */
    private static int sum(ByteBuffer bytes, int from, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int b = bytes.get(from + i) & 0xff;
            sum += i % 2 == 0 ? b << 8 : b;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }
}

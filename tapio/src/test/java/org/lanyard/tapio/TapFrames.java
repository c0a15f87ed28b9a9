package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Predicate;

/** Reads and writes a TAP as a guest at its other end would. One thread. */
final class TapFrames implements AutoCloseable {
    static final int ETHERTYPE = 12;
    static final int PAYLOAD = 14;

    private final int fd;
    private final Region region = Region.allocate(70_000);
    private final Epoll epoll;

    TapFrames(int fd) throws ErrnoException {
        this.fd = fd;
        epoll = new Epoll(1);
        epoll.add(fd, Epoll.IN, 0);
    }

    void send(String hex) throws ErrnoException {
        byte[] frame = HexFormat.of().parseHex(hex.replace(" ", ""));
        region.bytes().put(0, frame);
        ErrnoException.check((int) LibC.write(fd, region.address(), frame.length), "write");
    }

    /** The next frame that fits; the host's own chatter (IPv6 neighbours, MLD) is skipped. */
    ByteBuffer receive(Predicate<ByteBuffer> fits) throws ErrnoException {
        return poll(5_000, fits).orElseThrow(() -> new AssertionError("no such frame came"));
    }

    /** The same, or nothing once the wire was silent for so long. */
    Optional<ByteBuffer> poll(int millis, Predicate<ByteBuffer> fits) throws ErrnoException {
        for (int i = 0; i < 100 && epoll.await(millis) == 1; i++) {
            int length = (int) LibC.read(fd, region.address(), region.size());
            ErrnoException.check(length, "read");
            ByteBuffer frame = ByteBuffer.allocate(length).put(0, region.bytes(), 0, length);
            if (fits.test(frame)) {
                return Optional.of(frame);
            }
        }
        return Optional.empty();
    }

    static boolean isArp(ByteBuffer frame) {
        return frame.getShort(ETHERTYPE) == 0x0806;
    }

    static boolean isIpv4(ByteBuffer frame, int protocol) {
        return frame.getShort(ETHERTYPE) == 0x0800 && frame.get(PAYLOAD + 9) == protocol;
    }

    static String hex(ByteBuffer frame, int offset, int length) {
        byte[] bytes = new byte[length];
        frame.get(offset, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** RFC 1071 over 16-bit words; 0xffff for a part that holds its own right checksum. */
    static int onesComplementSum(ByteBuffer bytes, int offset, int length) {
        long sum = 0;
        for (int i = 0; i < length; i++) {
            int octet = bytes.get(offset + i) & 0xff;
            sum += i % 2 == 0 ? octet << 8 : octet;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (int) sum;
    }

    @Override
    public void close() {
        epoll.close();
        region.close();
    }
}

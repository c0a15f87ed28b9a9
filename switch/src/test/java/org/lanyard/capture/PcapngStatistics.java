package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * An interface statistics block, which Wireshark's programs do not show in full: after
 * draft-ietf-opsawg-pcapng, 4.6.
 */
public record PcapngStatistics(int port, long received, long missed) {
    /** Those of a little-endian file, in its order. */
    public static List<PcapngStatistics> in(byte[] pcapng) {
        ByteBuffer file = ByteBuffer.wrap(pcapng).order(ByteOrder.LITTLE_ENDIAN);
        List<PcapngStatistics> all = new ArrayList<>();
        while (file.hasRemaining()) {
            int start = file.position();
            int type = file.getInt();
            int length = file.getInt();
            if (file.getInt(start + length - 4) != length) {
                throw new AssertionError("a block of two lengths at " + start);
            }
            if (type == 5) {
                all.add(block(file.slice(start + 8, length - 12).order(file.order())));
            }
            file.position(start + length);
        }
        return all;
    }

    private static PcapngStatistics block(ByteBuffer body) {
        int port = body.getInt();
        body.getLong(); // time
        long received = -1;
        long missed = -1;
        while (body.hasRemaining()) {
            int code = body.getShort();
            int length = body.getShort();
            int next = body.position() + (length + 3) / 4 * 4;
            if (code == 4) {
                received = body.getLong();
            } else if (code == 5) {
                missed = body.getLong();
            }
            body.position(next);
        }
        return new PcapngStatistics(port, received, missed);
    }
}

package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the kernel tells beside a frame, written by hand (cmsg(3), packet(7)). */
final class PacketMessageTest {
    private static final int SOL_SOCKET = 1;
    private static final int SOL_PACKET = 263;
    private static final int SO_RXQ_OVFL = 40;
    private static final int PACKET_AUXDATA = 8;

    private final PacketMessage message = new PacketMessage();
    private final ByteBuffer bytes = message.bytes().duplicate().order(ByteOrder.nativeOrder());
    private int end = PacketMessage.CMSGS;

    @AfterEach
    void close() {
        message.close();
    }

    private void tell(int level, int type, long length, int... words) {
        bytes.putLong(end, length).putInt(end + 8, level).putInt(end + 12, type);
        for (int i = 0; i < words.length; i++) {
            bytes.putInt(end + 16 + 4 * i, words[i]);
        }
        end += 16 + (4 * words.length + 7 & -8);
    }

    private void lose(int count) {
        tell(SOL_SOCKET, SO_RXQ_OVFL, 20, count);
    }

    private void tag(long length, int control) {
        tell(SOL_PACKET, PACKET_AUXDATA, length, 0x50, 60, 60, 14 << 16, 0x88a8 << 16 | control);
    }

    private String look(int size) {
        bytes.putLong(PacketMessage.CONTROL_LENGTH, size);
        message.look();
        return String.format("%x %x %d", message.tagType(), message.tagControl(), message.lost());
    }

    @Test
    void shouldReadWhatTheKernelTells() {
        lose(5);
        tag(36, 0x2007);
        assertEquals("88a8 2007 5", look(end - PacketMessage.CMSGS));
    }

    @Test
    void shouldReadNothingBehindTheEnd() {
        lose(5);
        int size = end - PacketMessage.CMSGS;
        tag(36, 0x2007);
        assertEquals("0 0 5", look(size));
        assertEquals("0 0 5", look(size + 16), "a header alone");
        assertEquals("0 0 5", look(size + 35), "all but a byte");
    }

    @Test
    void shouldTakeNoMessageThatIsShorterThanItsKind() {
        lose(5);
        tag(16, 0x2007);
        assertEquals("0 0 5", look(end - PacketMessage.CMSGS));
    }

    @Test
    void shouldEndAtALengthThatIsNone() {
        lose(5);
        for (long length : new long[] {0, 15, -1, 1L << 32 | 36, Long.MAX_VALUE, 1000}) {
            end = PacketMessage.CMSGS + 24;
            tag(length, 0x2007);
            assertEquals("0 0 5", look(end - PacketMessage.CMSGS), "length " + length);
        }
    }

    @Test
    void shouldStayWithinItsMemoryWhereAHeaderIsTheLast() {
        tell(SOL_SOCKET, 0, PacketMessage.CMSGS_SIZE - 16);
        end = PacketMessage.CMSGS + PacketMessage.CMSGS_SIZE - 16;
        tell(SOL_PACKET, PACKET_AUXDATA, 36);
        assertEquals("0 0 0", look(PacketMessage.CMSGS_SIZE));
    }
}

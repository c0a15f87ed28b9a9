package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FdMessageTest {
    private int[] sockets;

    @BeforeEach
    void connect() throws IOException {
        sockets = Fds.socketPair();
    }

    @AfterEach
    void close() {
        LibC.close(sockets[0]);
        LibC.close(sockets[1]);
    }

    @Test
    void shouldGiveTheOtherEndADescriptorOfTheSameFile() throws IOException {
        int[] pipe = Fds.pipe();
        FdMessage.send(sockets[1], pipe[1]);
        int received = FdMessage.receive(sockets[0]);
        assertNotEquals(pipe[1], received);
        StreamContract.assertClosesOnExec(received);
        LibC.close(pipe[1]);
        try (Region bytes = Region.allocate(8)) {
            bytes.bytes().putLong(0, 0x1122_3344_5566_7788L);
            assertEquals(8, LibC.write(received, bytes.address(), 8));
            bytes.bytes().putLong(0, 0);
            assertEquals(8, LibC.read(pipe[0], bytes.address(), 8));
            assertEquals(0x1122_3344_5566_7788L, bytes.bytes().getLong(0));
        }
        LibC.close(received);
        LibC.close(pipe[0]);
    }

    @Test
    void shouldTakeOneOfTwoDescriptorsAndLeaveNoOther() throws IOException {
        int[] pipe = Fds.pipe();
        int before = FdCount.now();
        sendBoth(pipe);
        int received = FdMessage.receive(sockets[0]);
        StreamContract.assertClosesOnExec(received);
        LibC.close(received);
        assertTrue(FdCount.settlesAt(before), "open descriptors");
        LibC.close(pipe[0]);
        LibC.close(pipe[1]);
    }

    /** As FdMessage does it, with a struct cmsghdr of both. */
    private void sendBoth(int[] fds) throws IOException {
        int iovec = 56;
        int payload = iovec + 16;
        int control = payload + 8;
        try (Region region = Region.allocate(control + 24)) {
            ByteBuffer bytes = region.bytes().order(ByteOrder.nativeOrder());
            bytes.putLong(16, region.address() + iovec).putLong(24, 1);
            bytes.putLong(32, region.address() + control).putLong(40, 24);
            bytes.putLong(iovec, region.address() + payload).putLong(iovec + 8, 1);
            bytes.putLong(control, 24).putInt(control + 8, LibC.SOL_SOCKET);
            bytes.putInt(control + 12, LibC.SCM_RIGHTS);
            bytes.putInt(control + 16, fds[0]).putInt(control + 20, fds[1]);
            assertEquals(1, LibC.sendmsg(sockets[1], region.address(), 0));
        }
    }

    @Test
    void shouldSayThatAMessageHoldsNone() throws IOException {
        try (Region bytes = Region.allocate(1)) {
            assertEquals(1, LibC.write(sockets[1], bytes.address(), 1));
        }
        assertRefuses("the other end sent no descriptor");
    }

    @Test
    void shouldSayThatTheOtherEndIsGone() throws IOException {
        LibC.shutdown(sockets[1], 2);
        assertRefuses("the other end sent no descriptor");
    }

    @Test
    void shouldNotWaitLongerThanTheSocketDoes() throws IOException {
        Fds.setNonBlocking(sockets[0]);
        ErrnoException late =
                assertThrows(ErrnoException.class, () -> FdMessage.receive(sockets[0]));
        assertEquals(Errno.EAGAIN, late.errno());
    }

    private void assertRefuses(String sentence) throws IOException {
        int before = FdCount.now();
        IOException refusal = assertThrows(IOException.class, () -> FdMessage.receive(sockets[0]));
        assertEquals(sentence, refusal.getMessage());
        assertTrue(FdCount.settlesAt(before), "open descriptors");
    }
}

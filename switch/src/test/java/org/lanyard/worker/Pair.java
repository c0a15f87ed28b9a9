package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.lanyard.frame.Frames;

/** Two well-behaved guests that others must not disturb. */
final class Pair implements AutoCloseable {
    static final long ANN = 0x5254_0000_000aL;
    static final long BEN = 0x5254_0000_000bL;

    private final WireGuest ann;
    private final WireGuest ben;
    private int rounds;

    Pair(WireGuest ann, WireGuest ben) throws IOException {
        this.ann = ann;
        this.ben = ben;
        exchange(1);
    }

    /** So many frames there and back, of many sizes; none may be lost, torn or another's. */
    void exchange(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            int mark = 1_000_000_000 + rounds++;
            byte[] ping = Frames.frame(BEN, ANN, 60 + mark % 1455, mark);
            ann.send(ping);
            assertArrayEquals(ping, next(ben, ANN));
            byte[] pong = Frames.frame(ANN, BEN, 60 + mark % 9000, mark);
            ben.send(pong);
            assertArrayEquals(pong, next(ann, BEN));
        }
    }

    /** The next frame of the other; what strangers flood is passed over. */
    private static byte[] next(WireGuest guest, long from) throws IOException {
        for (int i = 0; i < 10_000_000; i++) {
            byte[] frame = guest.receive();
            if (sourceOf(frame) == from) {
                return frame;
            }
        }
        throw new AssertionError("ten million frames of strangers");
    }

    static long sourceOf(byte[] frame) {
        assertEquals(true, frame.length >= 60, "a frame of " + frame.length + " bytes");
        return java.nio.ByteBuffer.wrap(frame).getLong(6) >>> 16;
    }

    @Override
    public void close() throws IOException {
        ann.close();
        ben.close();
    }
}

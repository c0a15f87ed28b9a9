package org.lanyard.slirp;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.StreamFormat;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;
import org.lanyard.fuzz.Sockets;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/**
 * The child hands on the frames that the switch writes, in whatever pieces, and stops at what is no
 * length; what it sends comes whole, or not at all.
 */
public final class FrameSocketFuzz {
    private static final int SIZE = 256 << 10;
    private static final StreamPair PAIR = Sockets.pair();
    private static final Region SCRATCH = Region.allocate(SIZE);

    private static final FrameSocket SOCKET = new FrameSocket(PAIR.server().fd());
    private static final VarHandle IN_END = inEnd();

    private FrameSocketFuzz() {}

    private static VarHandle inEnd() {
        try {
            return MethodHandles.privateLookupIn(FrameSocket.class, MethodHandles.lookup())
                    .findVarHandle(FrameSocket.class, "inEnd", int.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
        Input input = new Input(bytes);
        ByteBuffer written = ByteBuffer.allocate(4 * SIZE);
        List<byte[]> taken = new ArrayList<>();
        boolean stopped = false;
        while (!input.isEmpty() && !stopped) {
            byte[] piece = input.streamPiece(0x60, StreamFormat.MAX_FRAME);
            if (piece.length > written.remaining()) {
                break;
            }
            written.put(piece);
            SCRATCH.bytes().put(0, piece);
            LibC.write(PAIR.client().fd(), SCRATCH.address(), piece.length);
            stopped = !receive(taken);
        }
        written.flip();
        boolean broken = compare(written, taken);
        Check.same(broken, stopped, "whether it stops");
        sendBack(taken);
        IN_END.set(SOCKET, 0); // the next one begins anew
    }

    /** False where something is no frame. */
    private static boolean receive(List<byte[]> taken) {
        try {
            return SOCKET.receive(
                    (address, length) ->
                            taken.add(new Pointer(address).getByteArray(0, length)));
        } catch (IOException e) {
            return false;
        }
    }

    /** Leaves in the buffer what is not whole; true where a length is none. */
    private static boolean compare(ByteBuffer written, List<byte[]> taken) {
        int count = 0;
        boolean broken = false;
        while (written.remaining() >= 4 && !broken) {
            int length = written.getInt(written.position());
            broken = length < 0 || length > 69_632;
            if (broken || length + 4 > written.remaining()) {
                break;
            }
            written.getInt();
            byte[] frame = new byte[length];
            written.get(frame);
            Check.that(count < taken.size(), "a frame was kept back");
            Check.same(frame, taken.get(count++), "frame " + count);
        }
        Check.same(count, taken.size(), "frames");
        return broken;
    }

    private static void sendBack(List<byte[]> frames) throws IOException {
        int count = 0;
        for (byte[] frame : frames) {
            if (frame.length == 0) {
                continue;
            }
            SCRATCH.bytes().put(0, frame);
            SOCKET.send(SCRATCH.address(), frame.length);
            SOCKET.flush();
            byte[] came = new byte[StreamFormat.PREFIX + frame.length];
            long read = LibC.read(PAIR.client().fd(), SCRATCH.address(), SIZE);
            Check.same((long) came.length, read, "bytes of frame " + count);
            SCRATCH.bytes().get(0, came);
            ByteBuffer back = ByteBuffer.wrap(came);
            Check.same(frame.length, back.getInt(), "length of frame " + count);
            byte[] again = new byte[frame.length];
            back.get(again);
            Check.same(frame, again, "frame " + count + " sent back");
            count++;
        }
    }
}

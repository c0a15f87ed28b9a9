package org.lanyard.offload;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.lanyard.frame.StreamFormat;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;

/**
 * What is found in a frame stands within it, in the order of the layers, and is the same whatever
 * stands behind the frame.
 */
public final class HeadersFuzz {
    private static final int BEHIND = 128;
    private static final int AHEAD = 6;
    private static final byte[][] ROOMS = {
        room((byte) 0), room((byte) 0xff), room((byte) 0x45), room((byte) 0x60)
    };

    private HeadersFuzz() {}

    private static byte[] room(byte filling) {
        byte[] room = new byte[AHEAD + StreamFormat.MAX_FRAME + BEHIND];
        Arrays.fill(room, filling);
        return room;
    }

    public static void fuzzerTestOneInput(byte[] bytes) {
        Input input = new Input(bytes);
        int wanted = input.u16() % 512;
        boolean looksInside = (input.u8() & 1) != 0;
        byte[] frame = input.frame(StreamFormat.MAX_FRAME);
        if (frame.length < StreamFormat.MIN_HEADER) {
            return;
        }
        String first = null;
        for (byte[] room : ROOMS) {
            byte filling = room[0];
            System.arraycopy(frame, 0, room, AHEAD, frame.length);
            String told = tell(ByteBuffer.wrap(room), frame.length, looksInside, wanted);
            Arrays.fill(room, AHEAD, AHEAD + frame.length, filling);
            first = first == null ? told : first;
            Check.same(first, told, "headers by what stands behind the frame");
        }
    }

    private static String tell(ByteBuffer bytes, int length, boolean inside, int wanted) {
        Headers headers = new Headers();
        boolean found =
                inside
                        ? headers.parse(bytes, AHEAD, length, AHEAD + wanted)
                        : headers.parse(bytes, AHEAD, length);
        if (!found) {
            return "none";
        }
        int end = AHEAD + length;
        StringBuilder told = new StringBuilder();
        int last = AHEAD;
        for (int i = 0; i < headers.outer(); i++) {
            Check.that(headers.outerAt(i) > last, "an outer header before the last");
            last = headers.outerAt(i);
            told.append(headers.outerKind(i)).append('@').append(last).append(' ');
            if (headers.outerKind(i) == Headers.UDP) {
                told.append(Checksum.fold(headers.outerPseudoSum(bytes, i))).append(' ');
            }
        }
        Check.that(headers.network() > last, "the network header within another");
        Check.that(headers.transport() > headers.network(), "the transport's within the network's");
        Check.that(headers.payload() > headers.transport(), "the payload within the headers");
        Check.that(headers.payload() <= end, "headers beyond the frame's end");
        told.append(headers.network()).append(' ').append(headers.transport());
        told.append(' ').append(headers.payload()).append(' ').append(headers.networkEnd());
        told.append(' ').append(headers.protocol()).append(' ').append(headers.isIpv6());
        told.append(' ').append(Checksum.fold(headers.pseudoSum(bytes)));
        told.append(' ').append(headers.flowKey(bytes));
        boolean plain = headers.protocol() == Headers.TCP || headers.protocol() == Headers.UDP;
        if (plain) {
            Check.that(headers.checksumAt() + Short.BYTES <= headers.payload(), "a checksum far off");
        }
        if (!inside) {
            Check.that(plain, "neither TCP nor UDP");
            told.append(' ').append(headers.mayHideAnother(bytes, AHEAD, length));
        } else {
            Check.same(AHEAD + wanted, headers.transport(), "where the transport was to be");
        }
        return told.toString();
    }
}

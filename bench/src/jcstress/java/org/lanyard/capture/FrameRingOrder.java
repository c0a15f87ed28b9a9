package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Frames of several lengths go through a capture's ring, which has no room for all of them and
 * begins anew at its end: those that were taken come whole, each once, in order.
 */
@JCStressTest
@Outcome(id = ".*-1.*", expect = Expect.FORBIDDEN, desc = "A frame torn, lost or out of order.")
@Outcome(expect = Expect.ACCEPTABLE, desc = "Taken, seen meanwhile, seen afterwards.")
@State
public class FrameRingOrder {
    private static final ConcurrentLinkedQueue<FrameRing> RINGS = new ConcurrentLinkedQueue<>();
    private static final int CAPACITY = 128;
    private static final int FRAMES = 6;
    private static final int LONGEST = 24;
    private static final ByteBuffer[] BYTES = new ByteBuffer[FRAMES + 1];

    static {
        for (int number = 0; number <= FRAMES; number++) {
            BYTES[number] = ByteBuffer.allocate(LONGEST);
            for (int i = 0; i < LONGEST; i++) {
                BYTES[number].put(i, (byte) number);
            }
        }
    }

    private final FrameRing ring;
    private final ByteBuffer out = ByteBuffer.allocate(LONGEST);
    private int last;

    public FrameRingOrder() {
        FrameRing used = RINGS.poll(); // stands at another place each time
        ring = used == null ? new FrameRing(CAPACITY) : used;
    }

    private static int kept(int number) {
        return number * 7 % LONGEST + 1;
    }

    @Actor
    public void record(III_Result r) {
        for (int number = 1; number <= FRAMES; number++) {
            if (ring.offer(number, true, number, BYTES[number], 0, 99, kept(number))) {
                r.r1++;
            }
        }
    }

    @Actor
    public void read(III_Result r) {
        r.r2 = readAll();
    }

    @Arbiter
    public void readTheRest(III_Result r) {
        int rest = readAll();
        r.r3 = r.r2 < 0 || rest < 0 || r.r1 != r.r2 + rest ? -1 : rest;
        RINGS.add(ring);
    }

    /** How many there were; -1 when one was not as it was handed in. */
    private int readAll() {
        int count = 0;
        while (ring.hasFrame()) {
            if (!isWhole(ring.port())) {
                count = Integer.MIN_VALUE;
            }
            last = ring.port();
            ring.remove();
            count++;
        }
        return Math.max(-1, count);
    }

    private boolean isWhole(int number) {
        if (number <= last || number > FRAMES || ring.kept() != kept(number)) {
            return false;
        }
        out.clear();
        ring.copyTo(out);
        for (int i = 0; i < out.position(); i++) {
            if (out.get(i) != number) {
                return false;
            }
        }
        return out.position() == kept(number)
                && ring.nanos() == number
                && ring.length() == 99
                && ring.isOutbound();
    }
}

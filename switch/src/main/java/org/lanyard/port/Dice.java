package org.lanyard.port;

import java.util.Random;
import org.lanyard.policy.Impairment;

/**
 * What befalls each frame of an impaired wire. Each effect has a sequence of its own from the seed,
 * by the algorithm that {@link Random} is bound to: turning one effect on or off does not change
 * what the others hit. One thread.
 */
final class Dice {
    private final Impairment impairment;
    private final Random loss;
    private final Random duplicate;
    private final Random corrupt;
    private final Random reorder;
    private final Random jitter;

    /**
     * @param salt of the wire: others with the same seed hit other frames
     */
    Dice(Impairment impairment, int salt) {
        this.impairment = impairment;
        Random seeds = new Random(impairment.seed() ^ (long) salt << Integer.SIZE);
        this.loss = new Random(seeds.nextLong());
        this.duplicate = new Random(seeds.nextLong());
        this.corrupt = new Random(seeds.nextLong());
        this.reorder = new Random(seeds.nextLong());
        this.jitter = new Random(seeds.nextLong());
    }

    private static boolean falls(Random dice, double share) {
        return share > 0 && dice.nextDouble() < share;
    }

    boolean loses() {
        return falls(loss, impairment.loss());
    }

    boolean duplicates() {
        return falls(duplicate, impairment.duplicate());
    }

    boolean corrupts() {
        return falls(corrupt, impairment.corrupt());
    }

    /** Which of so many. */
    int which(int count) {
        return corrupt.nextInt(count);
    }

    boolean reorders() {
        return falls(reorder, impairment.reorder());
    }

    /** Nanoseconds from one end to the other. */
    long delay() {
        long most = impairment.jitterNanos();
        if (most == 0) {
            return impairment.delayNanos();
        }
        return impairment.delayNanos() + Math.round((2 * jitter.nextDouble() - 1) * most);
    }
}

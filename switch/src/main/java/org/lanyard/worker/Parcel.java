package org.lanyard.worker;

import org.lanyard.frame.Slab;
import org.lanyard.port.Port;

/**
 * Runs of one slab for ports of another worker. Filled by the worker that owns the slab, handed
 * over through a ring, read by the other, and sent home by another ring: one thread has it at a
 * time.
 */
final class Parcel {
    /** Runs: a slab of the usual traffic, a few flows, needs far fewer. */
    static final int CAPACITY = 1024;

    final Crossing crossing;
    private final Port[] ports;
    private final int[] starts;
    private final int[] ends;
    private final int[] frames;
    private Slab slab;
    private int count;

    Parcel(Crossing crossing, int capacity) {
        this.crossing = crossing;
        this.ports = new Port[capacity];
        this.starts = new int[capacity];
        this.ends = new int[capacity];
        this.frames = new int[capacity];
    }

    void open(Slab newSlab) {
        assert count == 0;
        slab = newSlab;
        slab.lend();
    }

    boolean isFull() {
        return count == ports.length;
    }

    /** Adds a run of one frame; returns its place. */
    int add(Port port, int start, int end) {
        ports[count] = port;
        starts[count] = start;
        ends[count] = end;
        frames[count] = 1;
        return count++;
    }

    /** Adds a frame to a run if it follows it directly. */
    boolean extend(int run, int start, int end) {
        if (ends[run] != start) {
            return false;
        }
        ends[run] = end;
        frames[run]++;
        return true;
    }

    Slab slab() {
        return slab;
    }

    int count() {
        return count;
    }

    Port port(int run) {
        return ports[run];
    }

    int start(int run) {
        return starts[run];
    }

    int end(int run) {
        return ends[run];
    }

    int frames(int run) {
        return frames[run];
    }

    /** Empties it, at home. */
    void close() {
        for (int i = 0; i < count; i++) {
            ports[i] = null;
        }
        count = 0;
        slab.comeHome();
        slab = null;
    }
}

package org.lanyard.forward;

import java.util.Arrays;

/**
 * How many addresses each port has, and which port has the most: a heap of slots. One writer at a
 * time, to whom a change costs the heap's depth at most; {@link #of} and {@link #most} are for any
 * thread, which may see what was true a moment ago.
 */
final class Shares {
    /** By slot. */
    private volatile int[] counts = new int[0];

    private volatile int most;

    /** Slots; none has more than the one at half its place. The writer's. */
    private int[] heap = new int[0];

    /** By slot: its place in the heap. */
    private int[] places = new int[0];

    int of(int slot) {
        int[] now = counts;
        return slot < now.length ? now[slot] : 0;
    }

    /** What the port with the most has. */
    int most() {
        return most;
    }

    /** The slot of a port with the most; only where any has some. */
    int heaviest() {
        return heap[0];
    }

    void add(int slot, int change) {
        if (slot >= counts.length) {
            grow(Math.max(slot + 1, 2 * counts.length));
        }
        counts[slot] += change;
        if (change > 0) {
            rise(places[slot]);
        } else {
            sink(places[slot]);
        }
        int now = counts[heap[0]];
        if (now != most) {
            most = now;
        }
    }

    private void grow(int size) {
        int known = counts.length;
        heap = Arrays.copyOf(heap, size);
        places = Arrays.copyOf(places, size);
        for (int slot = known; slot < size; slot++) {
            heap[slot] = slot;
            places[slot] = slot;
        }
        counts = Arrays.copyOf(counts, size);
    }

    private int countAt(int place) {
        return counts[heap[place]];
    }

    private void rise(int from) {
        int place = from;
        while (place > 0 && countAt((place - 1) / 2) < countAt(place)) {
            swap(place, (place - 1) / 2);
            place = (place - 1) / 2;
        }
    }

    private void sink(int from) {
        int place = from;
        while (2 * place + 1 < heap.length) {
            int child = 2 * place + 1;
            if (child + 1 < heap.length && countAt(child + 1) > countAt(child)) {
                child++;
            }
            if (countAt(child) <= countAt(place)) {
                return;
            }
            swap(place, child);
            place = child;
        }
    }

    private void swap(int one, int other) {
        int slot = heap[one];
        heap[one] = heap[other];
        heap[other] = slot;
        places[heap[one]] = one;
        places[heap[other]] = other;
    }
}

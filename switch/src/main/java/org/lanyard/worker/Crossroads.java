package org.lanyard.worker;

import org.lanyard.frame.Slab;
import org.lanyard.port.Dispatch;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

/** Parts a slab's frames between this worker's own ports and the ways to the other workers. */
final class Crossroads implements Dispatch {
    private final int self;
    private final Outbox own;
    private final Crossing[] outgoing;
    private Slab slab;

    /**
     * @param outgoing by the other worker's number; null at our own
     */
    Crossroads(int self, Outbox own, Crossing[] outgoing) {
        this.self = self;
        this.own = own;
        this.outgoing = outgoing;
    }

    void over(Slab newSlab) {
        slab = newSlab;
        own.over(newSlab);
    }

    @Override
    public Slab slab() {
        return slab;
    }

    @Override
    public boolean add(Port egress, int start, int end) {
        int worker = egress.worker();
        return worker == self
                ? own.add(egress, start, end)
                : outgoing[worker].add(slab, egress, start, end);
    }

    /** Transmits what is for our own ports and hands the rest over. */
    void flush() {
        own.flush();
        for (Crossing crossing : outgoing) {
            if (crossing != null) {
                crossing.handOver();
            }
        }
    }
}

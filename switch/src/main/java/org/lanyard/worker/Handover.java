package org.lanyard.worker;

import java.util.List;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.port.Dispatch;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

/**
 * Parts a slab's frames between a worker's own ports and the ways to the other workers, and takes
 * what comes from them. All but the set-up is for the worker's own thread.
 */
final class Handover implements Dispatch {
    private final int self;
    private final Outbox own;

    // By the other worker's number; null at our own. Parcels of ours come home by a ring.
    private final Crossing[] outgoing;
    private final Crossing[] incoming;
    private final Homecoming home;

    private Slab slab;

    /**
     * @param all workers by number, this one included
     * @param own for this worker's ports
     */
    Handover(Worker worker, int self, List<Worker> all, Outbox own, int maxPorts) {
        this.self = self;
        this.own = own;
        this.outgoing = new Crossing[all.size()];
        this.incoming = new Crossing[all.size()];
        this.home = new Homecoming(worker.sleeper(), all.size() * Crossing.PARCELS);
        for (Worker peer : all) {
            if (peer != worker) {
                outgoing[peer.number()] = new Crossing(home, peer.sleeper(), maxPorts);
            }
        }
    }

    Crossing towards(int other) {
        return outgoing[other];
    }

    void from(int other, Crossing crossing) {
        incoming[other] = crossing;
    }

    /** From now on the frames lie in another slab. */
    void over(Slab newSlab) {
        slab = newSlab;
        own.over(newSlab);
    }

    @Override
    public Slab slab() {
        return slab;
    }

    @Override
    public void add(Port egress, int start, int end) {
        int worker = egress.worker();
        if (worker == self) {
            own.add(egress, start, end);
        } else if (!outgoing[worker].add(slab, egress, start, end)) {
            boolean gone = egress.slot() == Port.UNPLUGGED;
            egress.counters()
                    .droppedByAnother(gone ? DropReason.PORT_CLOSED : DropReason.WORKER_BUSY, 1);
        }
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

    /** Whether something came that was not looked at yet. */
    boolean isCalled() {
        if (!home.isEmpty()) {
            return true;
        }
        for (Crossing crossing : incoming) {
            if (crossing != null && !crossing.isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** Delivers what the others sent and opens our own parcels that came home for new use. */
    void receive() {
        for (Crossing crossing : incoming) {
            if (crossing != null) {
                receive(crossing);
            }
        }
        for (Parcel ours = home.next(); ours != null; ours = home.next()) {
            ours.crossing.reuse(ours);
        }
    }

    private void receive(Crossing crossing) {
        Parcel parcel = crossing.receive();
        for (int i = 0; parcel != null; i++) {
            deliver(parcel);
            crossing.sendHome(parcel);
            parcel = i < Crossing.PARCELS ? crossing.receive() : null;
        }
    }

    private void deliver(Parcel parcel) {
        own.over(parcel.slab());
        for (int run = 0; run < parcel.count(); run++) {
            Port port = parcel.port(run);
            int frames = parcel.frames(run);
            if (port.slot() == Port.UNPLUGGED) {
                port.counters().dropped(DropReason.PORT_CLOSED, frames);
            } else {
                own.add(port, parcel.start(run), parcel.end(run), frames);
            }
        }
        own.flush();
    }
}

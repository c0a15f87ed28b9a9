package org.lanyard.worker;

import java.util.ArrayDeque;
import java.util.List;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Forwarder;
import org.lanyard.frame.Burst;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.offload.Segmenter;
import org.lanyard.port.Dispatch;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Segmenting;
import org.lanyard.port.Wire;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a slab's frames through a worker: parsed, forwarded, and sent on before the slab is
 * filled again. Its thread's alone.
 */
final class Intake {
    /** Slabs of a worker that has peers: while some are lent to them, it fills others. */
    private static final int SLABS = 8;

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Fabric fabric;
    private final ArrayDeque<Slab> slabs = new ArrayDeque<>();
    private final Burst burst = new Burst();
    private final Burst passed = new Burst();
    private final StreamFormat format = new StreamFormat();
    private final Outbox outbox;
    private Forwarder forwarder;

    /** For slabs with super-frames. */
    private final Segmenter segmenter = new Segmenter();

    private Segmenting segmenting;
    private Forwarder segmentingForwarder;

    /** Null for a worker that is alone. */
    private Handover handover;

    private int frames;
    private long bytes;
    private long work;
    private int stumbles;

    Intake(Fabric fabric, Outbox.Faults faults) {
        this.fabric = fabric;
        slabs.add(new Slab());
        this.outbox = new Outbox(slabs.peek(), fabric.maxPorts());
        this.outbox.onFault(faults);
        forwardTo(outbox);
    }

    private void forwardTo(Dispatch dispatch) {
        forwarder = new Forwarder(fabric, dispatch);
        segmenting = new Segmenting(dispatch);
        segmentingForwarder = new Forwarder(fabric, segmenting);
    }

    /** Before the start: the worker has peers. */
    Handover handOverTo(Worker self, List<Worker> all) {
        handover = new Handover(self, self.number(), all, outbox, fabric.maxPorts());
        while (slabs.size() < SLABS) {
            slabs.add(new Slab());
        }
        forwardTo(handover);
        return handover;
    }

    /** From now on it is so late. */
    void at(long nanos) {
        outbox.at(nanos);
    }

    /** Whether a slab can be filled; else all are lent, and the doorbell tells of one's return. */
    boolean isReady() {
        return !slabs.peek().isLent();
    }

    /**
     * An empty slab, to be filled from its front.
     *
     * @param enough bytes after which no further frame is read
     */
    Slab slab(int enough) {
        if (!isReady()) {
            throw new IllegalStateException("every slab is lent");
        }
        Slab slab = slabs.peek();
        slab.clear();
        slab.enough(enough);
        return slab;
    }

    /**
     * Takes what a port has read into the slab.
     *
     * @param end behind the last byte
     * @param forwards false to count the frames as {@link DropReason#DRAINED}
     * @return false when the stream has lost its step
     */
    boolean take(KernelPort port, int end, long now, boolean forwards) {
        Slab slab = slabs.peek();
        int at = 0;
        frames = 0;
        bytes = 0;
        long before = outbox.written();
        lookAt(slab);
        do {
            burst.clear();
            format.parse(slab, at, end, burst);
            at = format.next();
            frames += burst.count();
            bytes += burst.bytes();
            port.counters().dropped(DropReason.RUNT, format.runts());
            countUnpadded(port);
            if (port.recorder() != null) {
                port.recorder().received(slab.bytes(), burst);
            }
            if (!forwards) {
                port.counters().received(burst.count(), burst.bytes());
                port.counters().dropped(DropReason.DRAINED, burst.count());
            } else {
                forward(port, slab, now);
            }
            flush();
        } while (format.unfinished());
        if (format.broken()) {
            port.counters().dropped(DropReason.OVERSIZE, 1);
        } else {
            port.keepRest(slab, at, end);
        }
        work = outbox.written() - before;
        putBack();
        return !format.broken();
    }

    /**
     * What forwarding stumbles over is the switch's own fault: the burst is lost, and neither the
     * port that it came in by nor one that it was for has to go.
     */
    private void forward(KernelPort port, Slab slab, long now) {
        try {
            if (port.wireIn() != null || port.limitsIngress() && slab.holdsSuperFrames()) {
                forwarder.forward(port, whatPasses(port, slab, now), now);
            } else if (slab.holdsSuperFrames()) {
                segmenting.begin();
                segmentingForwarder.forward(port, burst, now);
            } else {
                forwarder.forward(port, burst, now);
            }
        } catch (RuntimeException e) {
            stumbled(port, e);
        }
    }

    private void stumbled(KernelPort port, RuntimeException cause) {
        port.counters().received(burst.count(), burst.bytes());
        port.counters().dropped(DropReason.STUMBLED, burst.count());
        stumbles++;
        if (Integer.bitCount(stumbles) == 1) { // whoever can cause it can't fill the log
            LOG.error(
                    "port {}: the switch stumbled over frames that came in by it and lost them, {}"
                            + " times so far; please report it",
                    port.name(),
                    stumbles,
                    cause);
        }
    }

    private void countUnpadded(KernelPort port) {
        int unpadded = format.unpadded();
        if (unpadded > 0) {
            port.counters().received(unpadded, (long) unpadded * StreamFormat.MIN_FRAME);
            port.counters().dropped(DropReason.NO_BUFFER, unpadded);
        }
    }

    private Burst whatPasses(KernelPort port, Slab slab, long now) {
        Wire wire = port.wireIn();
        passed.clear();
        for (int i = 0; i < burst.count(); i++) {
            int at = burst.offset(i) - StreamFormat.PREFIX;
            if (slab.holdsSuperFrames() && SuperFrame.isSuper(slab.bytes().getInt(at))) {
                piecesPass(port, slab, at, now);
            } else if (wire == null || wire.carries(slab.bytes(), at, now)) {
                passed.add(burst.offset(i), burst.length(i));
            }
        }
        return passed;
    }

    /** A wire has no super-frames, and a limit counts the frames that they are. */
    private void piecesPass(KernelPort port, Slab slab, int at, long now) {
        if (!segmenter.cut(slab, at)
                || segmenter.count() + burst.count() > Burst.CAPACITY - passed.count()) {
            int length = SuperFrame.length(slab.bytes().getInt(at));
            port.counters().received(1, length);
            port.counters().dropped(DropReason.NOT_SEGMENTED, 1);
            return;
        }
        int piece = segmenter.start();
        for (int i = 0; i < segmenter.count(); i++) {
            int behind = piece + StreamFormat.size(slab.bytes(), piece);
            Wire wire = port.wireIn();
            if (wire == null || wire.carries(slab.bytes(), piece, now)) {
                passed.add(piece + StreamFormat.PREFIX, behind - piece - StreamFormat.PREFIX);
            }
            piece = behind;
        }
    }

    /** Takes what came out of a port's wire into the slab: whole frames. */
    void takeReleased(KernelPort port, int end, long now) {
        Slab slab = slabs.peek();
        int at = 0;
        lookAt(slab);
        do {
            burst.clear();
            format.parse(slab, at, end, burst);
            at = format.next();
            countUnpadded(port);
            try {
                forwarder.forward(port, burst, now);
            } catch (RuntimeException e) {
                stumbled(port, e);
            }
            flush();
        } while (format.unfinished());
        putBack();
    }

    /** Sends what came out of a port's wire into the slab: whole frames. */
    void send(KernelPort port, int end) {
        outbox.over(slabs.peek());
        outbox.addReleased(port, end);
        outbox.flush();
    }

    /** How many frames the last {@link #take} found. */
    int frames() {
        return frames;
    }

    /** How long these are together. */
    long bytes() {
        return bytes;
    }

    /** Bytes that were to be written for them, with what each port's write costs besides. */
    long work() {
        return work;
    }

    private void lookAt(Slab slab) {
        if (handover != null) {
            handover.over(slab);
        } else {
            outbox.over(slab);
        }
    }

    void flush() {
        if (handover != null) {
            handover.flush();
        } else {
            outbox.flush();
        }
    }

    private void putBack() {
        if (slabs.peek().isLent()) {
            slabs.add(slabs.remove()); // to the end: the next has been out longest
        }
    }

    void close() {
        slabs.forEach(Slab::close);
    }
}

package org.lanyard.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.lanyard.frame.Slab;
import org.lanyard.policy.Impairment;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Wire;

/**
 * The impaired wires of a worker's ports: lays them, and takes out what is due. Wires with frames
 * under way stand in the order in which these are due, so that thousands that are silent cost
 * nothing.
 */
final class Wires {
    /** One of a port's wires; in the queue from its first frame to its last. */
    private static final class Line {
        final KernelPort port;
        final Wire wire;
        final boolean inbound;

        /** Of its next frame, while it is queued. */
        long due;

        boolean queued;

        Line(KernelPort port, Wire wire, boolean inbound) {
            this.port = port;
            this.wire = wire;
            this.inbound = inbound;
        }
    }

    private final ChunkPool chunks;
    private final Outbox.Faults faults;

    private final PriorityQueue<Line> waiting =
            new PriorityQueue<>((one, other) -> Long.signum(one.due - other.due));

    /** Those that had their turn and have frames left. */
    private final List<Line> served = new ArrayList<>();

    /**
     * @param faults is told of a port whose frames could not be taken out
     */
    Wires(ChunkPool chunks, Outbox.Faults faults) {
        this.chunks = chunks;
        this.faults = faults;
    }

    /** Whether no frame is under way. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Brings the port's wires into accord with its policy. */
    void lay(KernelPort port) {
        Wire in = wire(port, port.wireIn(), port.policy().received(), true);
        Wire out = wire(port, port.wireOut(), port.policy().sent(), false);
        port.wire(in, out);
        removeIdle(port);
    }

    private Wire wire(KernelPort port, Wire old, Impairment impairment, boolean inbound) {
        if (old == null) {
            if (impairment.isNone()) {
                return null;
            }
            Wire wire = new Wire(impairment, inbound, port.name(), port.counters(), chunks);
            Line line = new Line(port, wire, inbound);
            wire.watchBy(() -> queue(line));
            return wire;
        }
        if (!old.impairment().equals(impairment)) {
            old.change(impairment);
        }
        return old;
    }

    private void queue(Line line) {
        if (!line.queued) {
            line.queued = true;
            line.due = line.wire.due();
            waiting.add(line);
        }
    }

    /** Drops and counts what is under way: for a port that departs. */
    void cut(KernelPort port) {
        if (port.wireIn() != null || port.wireOut() != null) {
            waiting.removeIf(line -> line.port == port);
            cut(port.wireIn());
            cut(port.wireOut());
            port.wire(null, null);
        }
    }

    private static void cut(Wire wire) {
        if (wire != null) {
            wire.cut();
        }
    }

    /** When the next frame is due, of the clock's nanoseconds; or {@link Wire#NEVER}. */
    long due() {
        Line first = waiting.peek();
        return first == null ? Wire.NEVER : first.due;
    }

    /**
     * Takes out what is due, a slab's worth of each wire at most, so that no port has the worker
     * for itself; what is left is due still.
     */
    void release(Intake intake, long now) {
        Line line = waiting.peek();
        while (line != null && line.due - now <= 0 && intake.isReady()) {
            waiting.poll();
            line.queued = false;
            try {
                release(line, intake, now);
            } catch (RuntimeException e) {
                faults.failed(line.port, e);
                intake.flush();
            }
            if (line.wire.due() == Wire.NEVER) {
                removeIdle(line.port);
            } else if (!line.queued) {
                served.add(line);
            }
            line = waiting.peek();
        }
        for (int i = 0; i < served.size(); i++) {
            queue(served.get(i));
        }
        served.clear();
    }

    private static void release(Line line, Intake intake, long now) {
        Slab slab = intake.slab(Slab.READ_SIZE);
        int end = line.wire.release(slab, now);
        if (end == 0) {
            return;
        }
        if (line.inbound) {
            intake.takeReleased(line.port, end, now);
        } else {
            intake.send(line.port, end);
        }
    }

    private static void removeIdle(KernelPort port) {
        if (isIdle(port.wireIn()) && isIdle(port.wireOut())) {
            port.wire(null, null);
        }
    }

    private static boolean isIdle(Wire wire) {
        return wire == null || wire.isIdle();
    }
}

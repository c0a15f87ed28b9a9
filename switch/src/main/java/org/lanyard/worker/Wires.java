package org.lanyard.worker;

import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.Slab;
import org.lanyard.policy.Impairment;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Wire;

/** The impaired wires of a worker's ports: lays them, and takes out what is due. */
final class Wires {
    private final ChunkPool chunks;
    private final Outbox.Faults faults;
    private final List<KernelPort> ports = new ArrayList<>();

    /**
     * @param faults is told of a port whose frames could not be taken out
     */
    Wires(ChunkPool chunks, Outbox.Faults faults) {
        this.chunks = chunks;
        this.faults = faults;
    }

    boolean isEmpty() {
        return ports.isEmpty();
    }

    /** Brings the port's wires into accord with its policy. */
    void lay(KernelPort port) {
        Wire in = wire(port, port.wireIn(), port.policy().received(), true);
        Wire out = wire(port, port.wireOut(), port.policy().sent(), false);
        port.wire(in, out);
        ports.remove(port);
        if (in != null || out != null) {
            ports.add(port);
        }
    }

    private Wire wire(KernelPort port, Wire old, Impairment impairment, boolean inbound) {
        if (old == null) {
            return impairment.isNone()
                    ? null
                    : new Wire(impairment, inbound, port.name(), port.counters(), chunks);
        }
        if (!old.impairment().equals(impairment)) {
            old.change(impairment);
        }
        return old;
    }

    /** Drops and counts what is under way: for a port that departs. */
    void cut(KernelPort port) {
        if (ports.remove(port)) {
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
        long first = Wire.NEVER;
        for (int i = 0; i < ports.size(); i++) {
            first = earlier(first, due(ports.get(i).wireIn()));
            first = earlier(first, due(ports.get(i).wireOut()));
        }
        return first;
    }

    private static long due(Wire wire) {
        return wire == null ? Wire.NEVER : wire.due();
    }

    private static long earlier(long one, long other) {
        if (one == Wire.NEVER || other == Wire.NEVER) {
            return one == Wire.NEVER ? other : one;
        }
        return one - other < 0 ? one : other;
    }

    /**
     * Takes out what is due, a slab's worth of each wire at most, so that no port has the worker
     * for itself; what is left is due still.
     */
    void release(Intake intake, long now) {
        for (int i = ports.size() - 1; i >= 0 && intake.isReady(); i--) {
            KernelPort port = ports.get(i);
            try {
                release(port, intake, now);
            } catch (RuntimeException e) {
                faults.failed(port, e);
                intake.flush();
            }
            if (isIdle(port.wireIn()) && isIdle(port.wireOut())) {
                port.wire(null, null);
                ports.remove(i);
            }
        }
    }

    private static void release(KernelPort port, Intake intake, long now) {
        Wire out = port.wireOut();
        if (out != null) {
            Slab slab = intake.slab();
            int end = out.release(slab, now);
            if (end > 0) {
                intake.send(port, end);
            }
        }
        Wire in = port.wireIn();
        if (in != null && intake.isReady()) {
            Slab slab = intake.slab();
            int end = in.release(slab, now);
            if (end > 0) {
                intake.takeReleased(port, end, now);
            }
        }
    }

    private static boolean isIdle(Wire wire) {
        return wire == null || wire.isIdle();
    }
}

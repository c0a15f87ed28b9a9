package org.lanyard.port;

import java.util.Arrays;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;

/**
 * The runs of one slab, chained per egress port in the order in which the frames came. Allocates
 * nothing after its constructor; owned by one thread.
 */
public final class Outbox implements Dispatch {
    /** Is told of a port that could not transmit for a fault of its own; its runs are lost. */
    @FunctionalInterface
    public interface Faults {
        void failed(Port port, RuntimeException cause);
    }

    /** Ends a chain of runs. */
    public static final int NO_RUN = -1;

    private static final int CAPACITY = 16_384;

    /** A system call takes as long as so many bytes. */
    private static final int CALL_COST = 2048;

    private Slab slab;
    private final int[] starts = new int[CAPACITY];
    private final int[] ends = new int[CAPACITY];
    private final int[] frames = new int[CAPACITY];
    private final int[] nexts = new int[CAPACITY];
    private int count;
    private long now;

    private final int[] firsts;
    private final int[] lasts;
    private final Port[] touched;
    private int touchedCount;
    private long written;
    private Faults faults =
            (port, cause) -> {
                throw cause;
            };

    /**
     * @param slab where the runs lie
     * @param maxPorts slots of the fabric
     */
    public Outbox(Slab slab, int maxPorts) {
        this.slab = slab;
        this.firsts = new int[maxPorts];
        this.lasts = new int[maxPorts];
        this.touched = new Port[maxPorts];
        Arrays.fill(lasts, NO_RUN);
    }

    /** For the worker, so that one port's fault does not keep the others from transmitting. */
    public void onFault(Faults newFaults) {
        faults = newFaults;
    }

    /** From now on the runs lie in another slab. */
    public void over(Slab newSlab) {
        assert count == 0;
        slab = newSlab;
    }

    /**
     * Adds one frame for one port; it joins the port's last run where it follows it directly. When
     * there is no room left, all runs so far are transmitted first.
     */
    @Override
    public void add(Port egress, int start, int end) {
        add(egress, start, end, 1);
    }

    /**
     * From now on it is so late, for ports that limit or delay what leaves.
     *
     * @param nanos of a monotonic clock
     */
    public void at(long nanos) {
        now = nanos;
    }

    /** Adds a run of so many frames, as another worker built it. */
    public void add(Port port, int start, int end, int frameCount) {
        if (port.shapesEgress()) {
            try {
                addWhatIsLetOut(port, start, end);
            } catch (RuntimeException e) {
                port.counters().dropped(DropReason.STUMBLED, 1);
                faults.failed(port, e); // its wire's, whoever sent the frame
            }
        } else {
            append(port, start, end, frameCount);
        }
    }

    /** Frame by frame: what is too much is dropped, and an impaired wire has the rest. */
    private void addWhatIsLetOut(Port port, int start, int end) {
        Wire wire = port.wireOut();
        int dropped = 0;
        for (int at = start; at < end; ) {
            int prefix = slab.bytes().getInt(at);
            int length = SuperFrame.length(prefix);
            int behind = at + StreamFormat.PREFIX + length;
            if (SuperFrame.isSuper(prefix)) {
                // It took them until a moment ago: another worker has sent this one before.
                port.counters().dropped(DropReason.NOT_SEGMENTED, 1);
            } else if (!port.letsOut(length, now)) {
                dropped++;
            } else if (wire == null || wire.carries(slab.bytes(), at, now)) {
                append(port, at, behind, 1);
            }
            at = behind;
        }
        port.counters().dropped(DropReason.EGRESS_LIMIT, dropped);
    }

    /** Adds frames that came out of the port's wire, at the front of the slab. */
    public void addReleased(Port port, int end) {
        for (int at = 0; at < end; ) {
            int behind = at + StreamFormat.PREFIX + slab.bytes().getInt(at);
            append(port, at, behind, 1);
            at = behind;
        }
    }

    private void append(Port port, int start, int end, int frameCount) {
        if (count == CAPACITY) {
            flush();
        }
        int slot = port.slot();
        if (slot == Port.UNPLUGGED) {
            port.counters().dropped(DropReason.PORT_CLOSED, frameCount);
            return;
        }
        int last = lasts[slot];
        if (last != NO_RUN && ends[last] == start) {
            ends[last] = end;
            frames[last] += frameCount;
            return;
        }
        int run = count++;
        starts[run] = start;
        ends[run] = end;
        frames[run] = frameCount;
        nexts[run] = NO_RUN;
        if (last == NO_RUN) {
            firsts[slot] = run;
            touched[touchedCount++] = port;
        } else {
            nexts[last] = run;
        }
        lasts[slot] = run;
    }

    /** Lets every port with runs transmit them, and forgets them. */
    public void flush() {
        written += (long) touchedCount * CALL_COST;
        for (int run = 0; run < count; run++) {
            written += ends[run] - starts[run];
        }
        for (int i = 0; i < touchedCount; i++) {
            Port port = touched[i];
            touched[i] = null;
            try {
                port.transmit(this);
            } catch (RuntimeException e) {
                faults.failed(port, e);
            }
            lasts[port.slot()] = NO_RUN;
        }
        touchedCount = 0;
        count = 0;
    }

    /** Bytes that ports had to transmit so far, and {@link #CALL_COST} for each time. */
    public long written() {
        return written;
    }

    @Override
    public Slab slab() {
        return slab;
    }

    /** The first run for the port, which has at least one while it transmits. */
    public int first(Port port) {
        return firsts[port.slot()];
    }

    /** The run after this one for the same port, or {@link #NO_RUN}. */
    public int next(int run) {
        return nexts[run];
    }

    /** Where the run's first length prefix stands in the slab. */
    public int start(int run) {
        return starts[run];
    }

    /** Behind the run's last frame. */
    public int end(int run) {
        return ends[run];
    }

    /** How many frames the run has, at least 1. */
    public int frames(int run) {
        return frames[run];
    }
}

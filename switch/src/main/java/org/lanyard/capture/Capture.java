package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.port.Port;

/**
 * One capture: the ports that it covers, and what came of them, as pcapng. The control thread's;
 * data-plane threads reach its rings through {@link PortRecorder}.
 */
public final class Capture implements AutoCloseable {
    /** Holds some milliseconds of the fastest traffic; memory is taken when first touched. */
    private static final int RING_SIZE = 8 << 20;

    /** What one port has been; {@code missed} is of its former connections. */
    private static final class Interface {
        final int number;
        final String name;
        final List<Sight> sights = new ArrayList<>();
        long written;
        long missed;

        Interface(int number, String name) {
            this.number = number;
            this.name = name;
        }

        long missed() {
            return missed + sights.stream().mapToLong(Sight::missed).sum();
        }
    }

    private final Filter filter;
    private final String application;
    private final Clock clock;
    private final long epoch;
    private final long began;
    private final FrameRing[] rings;
    private final List<Interface> interfaces = new ArrayList<>();
    private final Map<String, Interface> byName = new HashMap<>();
    private final Map<Port, Sight> sights = new IdentityHashMap<>();

    private final long count;
    private long written;
    private boolean hasSection;
    private long lastLook;
    private int described;
    private int summarised;

    /**
     * @param count frames after which it is complete
     * @param application what the file is to say that it comes from
     * @param workers how many there are
     */
    public Capture(Filter filter, long count, String application, Clock clock, int workers) {
        this.filter = filter;
        this.count = count;
        this.application = application;
        this.clock = clock;
        Instant now = Instant.now();
        this.began = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
        this.lastLook = clock.nanoTime();
        this.epoch = began - lastLook;
        this.rings = new FrameRing[workers];
        for (int i = 0; i < workers; i++) {
            rings[i] = new FrameRing(RING_SIZE);
        }
    }

    public Filter filter() {
        return filter;
    }

    /** Null for a port that it does not cover. */
    Sight sight(Port port, int worker) {
        if (!filter.covers(port.name())) {
            return null;
        }
        return sights.computeIfAbsent(
                port,
                seen -> {
                    Interface its = byName.computeIfAbsent(port.name(), this::describe);
                    Sight sight = new Sight(filter, its.number, rings[worker]);
                    its.sights.add(sight);
                    return sight;
                });
    }

    private Interface describe(String name) {
        Interface its = new Interface(interfaces.size(), name);
        interfaces.add(its);
        return its;
    }

    /** The port has left its worker; its name may come again. */
    public void forget(Port port) {
        Sight sight = sights.remove(port);
        if (sight != null) {
            Interface its = byName.get(port.name());
            its.sights.remove(sight);
            its.missed += sight.missed();
        }
    }

    /** Frames that there was no room for, up to now. */
    public long missed() {
        return interfaces.stream().mapToLong(Interface::missed).sum();
    }

    /** Frames, up to now. */
    public long written() {
        return written;
    }

    /** Whether as many frames as were asked for are written. */
    public boolean isComplete() {
        return written == count;
    }

    /** For {@link #write} and {@link #summarise}; larger than any block. */
    public static ByteBuffer buffer(int size) {
        return Pcapng.buffer(size);
    }

    /**
     * Writes what has come, as whole blocks, the oldest first. Where there are several workers,
     * what came since the last time waits for the next: another worker may be about to bring
     * something older.
     *
     * @param isLast no port has a recorder of this capture any more: nothing waits
     * @return false when there was no room for more that is there
     */
    public boolean write(ByteBuffer out, boolean isLast) {
        hasSection = hasSection || Pcapng.section(out, application);
        if (!hasSection) {
            return false;
        }
        long until = lastLook;
        lastLook = clock.nanoTime();
        boolean isOrdered = isLast || rings.length == 1;
        while (described < interfaces.size()) {
            if (!Pcapng.port(out, interfaces.get(described).name, filter.snap())) {
                return false;
            }
            described++;
        }
        for (FrameRing ring = oldest(); ring != null && !isComplete(); ring = oldest()) {
            if (!isOrdered && ring.nanos() - until > 0) {
                break;
            }
            if (!Pcapng.frame(out, ring, epoch)) {
                return false;
            }
            interfaces.get(ring.port()).written++;
            ring.remove();
            written++;
        }
        return true;
    }

    private FrameRing oldest() {
        FrameRing oldest = null;
        for (FrameRing ring : rings) {
            if (ring.hasFrame() && (oldest == null || ring.nanos() - oldest.nanos() < 0)) {
                oldest = ring;
            }
        }
        return oldest;
    }

    /**
     * Ends the file: says of each port how many frames there were and how many were missed.
     *
     * @return false when there was no room for all
     */
    public boolean summarise(ByteBuffer out) {
        long now = epoch + clock.nanoTime();
        while (summarised < interfaces.size()) {
            Interface its = interfaces.get(summarised);
            long all = its.written + its.missed();
            if (!Pcapng.statistics(out, its.number, began, now, all, its.missed())) {
                return false;
            }
            summarised++;
        }
        return true;
    }

    /** When no port's recorder knows it any more. */
    @Override
    public void close() {
        for (FrameRing ring : rings) {
            ring.close();
        }
    }
}

package org.lanyard.capture;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Objects;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.frame.Burst;
import org.lanyard.policy.Vlans;
import org.lanyard.port.Port;
import org.lanyard.port.Recorder;

/** Shows one port's frames to all captures that cover it. Allocates nothing for a frame. */
public final class PortRecorder implements Recorder {
    private final Port port;
    private final Fabric fabric;
    private final Clock clock;
    private final Sight[] sights;
    private long sendingAt;

    private PortRecorder(Port port, Fabric fabric, Clock clock, Sight[] sights) {
        this.port = port;
        this.fabric = fabric;
        this.clock = clock;
        this.sights = sights;
    }

    /**
     * For the control thread.
     *
     * @param worker the number of the worker that has the port, or will
     * @return null when none of the captures covers the port
     */
    public static PortRecorder of(
            Port port, int worker, Fabric fabric, Clock clock, Collection<Capture> captures) {
        Sight[] sights =
                captures.stream()
                        .map(capture -> capture.sight(port, worker))
                        .filter(Objects::nonNull)
                        .toArray(Sight[]::new);
        return sights.length == 0 ? null : new PortRecorder(port, fabric, clock, sights);
    }

    private Vlans vlans() {
        return fabric.topology().vlansOf(port);
    }

    @Override
    public void received(ByteBuffer slab, Burst burst) {
        long nanos = clock.nanoTime();
        Vlans vlans = vlans();
        for (Sight sight : sights) {
            for (int i = 0; i < burst.count(); i++) {
                sight.show(false, nanos, vlans, slab, burst.offset(i), burst.length(i));
            }
        }
    }

    /** An answer to a frame has a later time than the frame. */
    @Override
    public void beforeSending() {
        sendingAt = clock.nanoTime();
    }

    @Override
    public void sent(ByteBuffer slab, int start, int end) {
        Vlans vlans = vlans();
        for (Sight sight : sights) {
            sight.showRun(true, sendingAt, vlans, slab, start, end);
        }
    }
}

package org.lanyard.control;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lanyard.config.PortKind;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Port;
import org.lanyard.worker.Departure;

/**
 * A port of the configuration at work: it owns the descriptors and brings ports to a worker. None
 * of this waits; what may wait is done on the port's {@link Lane}, and completes on the control
 * thread, with an {@link java.io.IOException} that is a sentence for the user where it failed.
 */
interface Attachment {
    /** What had not to wait, and is done. */
    CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    String name();

    /** Opens what is to be opened; where that fails, nothing is left open. */
    CompletableFuture<Void> start();

    /**
     * Does what can be done of {@link #start} while another port still holds what this one is to
     * have; {@link #start} follows, or {@link #stop}. Where it fails, nothing is left open.
     */
    default CompletableFuture<Void> prepare() {
        return DONE;
    }

    /** Whether {@link #become} can make it of that kind while its ports stay up. */
    default boolean canBecome(PortKind kind) {
        return false;
    }

    /** Makes it of a kind that it can become; where that fails, it goes on as it was. */
    default CompletableFuture<Void> become(PortKind kind) {
        throw new IllegalStateException(name() + " can't become " + kind);
    }

    /** Lets no new connection in. Ports that are up depart with their worker. */
    void stop();

    /** A port of this attachment's is plugged in. */
    void plugged(KernelPort port);

    /** The worker let go of a port of this attachment's: its descriptor may be closed. */
    void departed(KernelPort port, Departure why);

    /** Whether the port is one of this attachment's, up or departing. */
    boolean owns(Port port);

    /** Whether the addresses that the configuration puts behind it are this port's of its ports. */
    default boolean isFirst(Port port) {
        return true;
    }

    /** The counters of this attachment's ports, those of guests that left included. */
    List<PortCounters> counters();

    /** Whether what was started can be used; a peer that is dialled need not be there. */
    default boolean isReady() {
        return true;
    }

    /** Another port of the switch, of any attachment, has gone. */
    default void otherLeft(String port) {}

    /** Looks after what only time tells. */
    default void everySecond() {}

    /** What it has refused, by the limits that were met. */
    default Refusals refusals() {
        return new Refusals();
    }

    /** Figures of its own to show, by their names. */
    default Map<String, Long> figures() {
        return Map.of();
    }

    /** Whether that is a process of its own, which guests may have made another program. */
    default boolean isProcess(int pid) {
        return false;
    }

    /** Whether it has waited for another process for so long that no start waits for it. */
    default boolean isHeldUp() {
        return false;
    }

    /** What there is to show: the configured port itself, and the guests on it. */
    List<PortView> views();
}

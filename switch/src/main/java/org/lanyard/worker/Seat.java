package org.lanyard.worker;

import org.lanyard.port.KernelPort;

/** A port at a worker, and what the worker's thread notes about its leaving. */
final class Seat {
    final KernelPort port;

    /** Null while the port stays. */
    Departure departing;

    /** What comes is no stream of frames (any more): read and thrown away. */
    boolean outOfStep;

    // Nanoseconds of the worker's clock.
    long lastRead;
    long deadline;

    Seat(KernelPort port) {
        this.port = port;
    }
}

package org.lanyard.worker;

import org.lanyard.port.KernelPort;

/** A port at a worker, and what the worker's thread notes about its leaving. */
final class Seat {
    final KernelPort port;

    /** Its epoll token. */
    final int token;

    /** Null while the port stays. */
    Departure departing;

    /** What comes is no stream of frames (any more): read and thrown away. */
    boolean outOfStep;

    /** Why nothing is read any more, and the port leaves soon; null while it stays. */
    Departure gone;

    final Portion portion = new Portion();

    /** Nothing is read until then. */
    boolean rests;

    // Nanoseconds of the worker's clock.
    long lastRead;
    long deadline;
    long restUntil;

    Seat(KernelPort port, int token) {
        this.token = token;
        this.port = port;
    }
}

package org.lanyard.worker;

import org.lanyard.port.KernelPort;

/** What a worker tells the control plane, from the worker's thread: take note and return. */
public interface PortEvents {
    /** The port is plugged in: frames pass. */
    void plugged(KernelPort port);

    /** The worker has let go of the port and its descriptor, which may now be closed. */
    void departed(KernelPort port, Departure why);
}

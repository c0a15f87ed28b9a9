package org.lanyard.control;

import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Worker;

/** Makes ports with the memory of the worker that is to have them, and hands them over. */
final class PortFactory {
    /** Asked of the kernel, which gives at most twice net.core.wmem_max: room for one slab. */
    private static final int SOCKET_BUFFER = 4 << 20;

    private final Worker worker;
    private final int backlogLimit;

    PortFactory(Worker worker, int backlogLimit) {
        this.worker = worker;
        this.backlogLimit = backlogLimit;
    }

    StreamPort adopt(String name, PortCounters counters, Connection connection)
            throws ErrnoException {
        connection.setBuffers(SOCKET_BUFFER, SOCKET_BUFFER);
        StreamPort port =
                new StreamPort(
                        name,
                        counters,
                        connection.fd(),
                        worker.chunks(),
                        worker.pieces(),
                        backlogLimit);
        worker.adopt(port);
        return port;
    }

    TapPort adopt(String name, PortCounters counters, Tap tap) {
        TapPort port = new TapPort(name, counters, tap.fd(), worker.chunks(), backlogLimit);
        worker.adopt(port);
        return port;
    }

    void retire(KernelPort port) {
        worker.retire(port);
    }
}

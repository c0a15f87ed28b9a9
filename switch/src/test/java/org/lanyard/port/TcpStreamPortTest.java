package org.lanyard.port;

import org.lanyard.tapio.Endpoint;

final class TcpStreamPortTest extends StreamContractTest {
    /** With less the kernel waits for its own window updates, some 0.2 s each. */
    private static final int SMALL = 32 * 1024;

    @Override
    PortRig open(int backlogLimit) {
        return new StreamRig(new Endpoint.Tcp("127.0.0.1", 0), pool, backlogLimit, SMALL);
    }
}

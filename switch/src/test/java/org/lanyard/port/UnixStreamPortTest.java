package org.lanyard.port;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.Endpoint;

final class UnixStreamPortTest extends StreamContractTest {
    /** The kernel's least: a frame of full length leaves in many parts. */
    private static final int TINY = 4096;

    @TempDir private Path directory;
    private int opened;

    @Override
    PortRig open(int backlogLimit) {
        Endpoint endpoint = new Endpoint.Unix(directory.resolve("s" + opened++));
        return new StreamRig(endpoint, pool, backlogLimit, TINY);
    }
}

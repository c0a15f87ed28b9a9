package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class Tcp6SocketsTest extends StreamContract {
    @BeforeAll
    static void needsLoopback() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        assumeTrue(
                Files.exists(addresses) && Files.readString(addresses).contains(" lo"),
                "needs ::1 on the loopback interface");
    }

    @Override
    Endpoint.Tcp endpoint() {
        return new Endpoint.Tcp("::1", 0);
    }

    @Test
    void shouldTellTheOtherEndInBrackets() throws IOException {
        try (StreamPair pair = StreamPair.open(endpoint())) {
            String remote = pair.server().remote();
            assertTrue(remote.matches("tcp:\\[0:0:0:0:0:0:0:1]:[1-9]\\d*"), remote);
        }
    }
}

package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;

/** A restart with a good file that this host can't open: a switch runs afterwards all the same. */
@Timeout(300)
class RestartIT {
    private static final String WEB = "[ports.web]\nstream = { listen = \"unix:web.sock\" }\n";

    @TempDir private Path temp;
    private Program lanyard;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        lanyard = Program.in(temp.resolve("lan0"));
        file = Files.writeString(temp.resolve("lab.toml"), WEB);
        lanyard.succeed("start", "--config", file.toString());
    }

    @AfterEach
    void cleanUp() throws IOException {
        lanyard.cleanUp();
    }

    private JsonNode status() throws Exception {
        return new ObjectMapper().readTree(lanyard.succeed("status", "--json").out());
    }

    private void assertRunsOn(String port, String said) throws Exception {
        long before = lanyard.process().pid();
        Files.writeString(file, WEB + port);
        try (FrameClient guest = FrameClient.at(lanyard.path("web.sock"))) {
            Program.Ended refused = lanyard.run("restart");
            assertEquals(1, refused.exitCode());
            assertTrue(refused.err().contains(said), refused::err);
            assertTrue(
                    refused.err().endsWith("; nothing has changed, the switch runs on\n"),
                    refused::err);
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "still here"));
        }
        assertEquals(before, lanyard.process().pid());
    }

    @Test
    void shouldNotEndTheSwitchForOneThatThisHostCantOpen() throws Exception {
        assertRunsOn(
                "[ports.far]\nstream = { listen = \"tcp:192.0.2.1:5555\" }\n",
                "lanyard: port far: listen at tcp:192.0.2.1:5555: Cannot assign requested address");
        assertRunsOn(
                "[ports.lab]\nstream = { listen = \"unix:/nowhere/at/all.sock\" }\n",
                "lanyard: port lab: listen at unix:/nowhere/at/all.sock: ");
        assertRunsOn(
                "[ports.card]\npacket = { interface = \"nocard0\" }\n",
                "lanyard: port card: this host has no interface nocard0");
    }

    @Test
    void shouldGoBackToWhatRanWhenTheNewOneDoesNotComeUp() throws Exception {
        lanyard.succeed("port", "set", "web", "isolated=true");
        long before = lanyard.process().pid();
        // The name is free, and no TAP can have it: only the kernel knows.
        Files.writeString(file, WEB + "[ports.host]\ntap = { name = \"lo\" }\n");
        Program.Ended failed = lanyard.run("restart");
        assertEquals(1, failed.exitCode());
        assertTrue(failed.err().startsWith("lanyard: port host: "), failed::err);
        assertTrue(
                failed.err()
                        .endsWith(
                                "\nlanyard: so the switch runs as it did before; its guests were"
                                        + " cut off for a moment\n"),
                failed::err);
        assertEquals("", failed.out());
        assertNotEquals(before, lanyard.process().pid());
        FrameClient.at(lanyard.path("web.sock")).close();
        String shown = lanyard.succeed("port", "show", "web").out();
        assertTrue(shown.contains("isolated"), shown);
        assertEquals(file.toString(), status().path("config").asText(), "the file stays its own");

        Files.writeString(file, WEB.replace("web", "new"));
        lanyard.succeed("restart");
        FrameClient.at(lanyard.path("new.sock")).close();
        assertFalse(Files.exists(lanyard.path("lanyard.before.toml")), "it was needed once");
    }
}

package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.NetNamespace;

/** A TCP peer beyond a cable that breaks without a word. */
@Timeout(180)
class DeadPeerTest {
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final long FIRST = 0x0200_0000_0001L;
    private static final String SWITCH = "192.0.2.1";
    private static final String PEER = "192.0.2.2";
    private static final int PORT = 5555;
    private static final String LISTEN =
            """
            [ports.web]
            stream = { listen = "tcp:192.0.2.1:5555", keepalive = "3s" }
            [ports.here]
            stream = { listen = "unix:here.sock" }
            """;
    private static final String CONNECT =
            """
            [ports.up]
            stream = { connect = "tcp:192.0.2.2:5555", keepalive = "3s" }
            [ports.here]
            stream = { listen = "unix:here.sock" }
            """;

    @TempDir private Path dir;
    private NetNamespace here;
    private NetNamespace there;

    @BeforeEach
    void layCable() throws IOException {
        here = NetNamespace.create();
        there = NetNamespace.create();
        here.exec("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0");
        here.exec("ip", "link", "set", "in0", "netns", there.name());
        here.exec("ip", "address", "add", SWITCH + "/24", "dev", "out0");
        here.exec("ip", "link", "set", "out0", "up");
        there.exec("ip", "address", "add", PEER + "/24", "dev", "in0");
        there.exec("ip", "link", "set", "in0", "up");
    }

    @AfterEach
    void close() {
        if (there != null) {
            there.close();
        }
        here.close();
    }

    /** Nothing comes or goes beyond it, and nobody is told. */
    private void breakCable() throws IOException {
        there.exec(
                "nft",
                "add table inet x; add chain inet x i { type filter hook input priority 0; policy drop; }; add chain inet x o { type filter hook output priority 0; policy drop; }");
    }

    private RunningSwitch lanyard(String toml) throws IOException {
        return here.call(() -> RunningSwitch.of(toml, dir));
    }

    private FrameClient peer() throws IOException {
        return there.call(() -> FrameClient.at(SWITCH, PORT, PEER));
    }

    @Test
    void shouldTakeDownAPortWhosePeerAnswersNothing() throws Exception {
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = lanyard(LISTEN);
                FrameClient peer = peer()) {
            lanyard.await("web/1", "up");
            assertTrue(peer != null);
            breakCable();
            lanyard.await("web/1", "absent");
            assertTrue(
                    log.lines().stream().anyMatch(l -> l.contains("web/1 down: no answer")),
                    () -> log.lines().toString());
        }
    }

    @Test
    void shouldTakeDownAPortWhosePeerAcknowledgesNothing() throws Exception {
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = lanyard(LISTEN);
                FrameClient peer = peer();
                FrameClient talker = FrameClient.at(lanyard.path("here.sock"))) {
            FrameClient.meet(peer, talker);
            breakCable();
            Eventually.see(
                    "the port's end",
                    () -> {
                        talker.send(FrameClient.frame(ALL, FIRST, "are you there"));
                        return lanyard.state("web/1");
                    },
                    "absent"::equals);
            assertTrue(
                    log.lines().stream().anyMatch(l -> l.contains("web/1 down: no answer")),
                    () -> log.lines().toString());
        }
    }

    @Test
    void shouldTakeDownADialledPortWhosePeerAnswersNothing() throws Exception {
        String peer = "[ports.web]\nstream = { listen = \"tcp:192.0.2.2:5555\" }\n";
        try (RunningSwitch other = there.call(() -> RunningSwitch.of(peer, dir.resolve("other")));
                RunningSwitch lanyard = lanyard(CONNECT)) {
            lanyard.await("up", "up");
            breakCable();
            Eventually.see(
                    "a reason",
                    () -> lanyard.port("up").path("reason").asText(),
                    "no answer from the other end (keepalive)"::equals);
            assertEquals("down", lanyard.state("up"));
            assertTrue(other.isRunning());
        }
    }

    /** It does not read, as a guest that is paused, and its host says so to each probe. */
    @Test
    void shouldKeepAPeerThatTakesNothingButAnswers() throws Exception {
        try (RunningSwitch lanyard = lanyard(LISTEN);
                FrameClient peer = peer();
                FrameClient talker = FrameClient.at(lanyard.path("here.sock"))) {
            FrameClient.meet(peer, talker);
            byte[] frame = new byte[20_000];
            System.arraycopy(FrameClient.frame(ALL, FIRST, "much"), 0, frame, 0, 60);
            for (int i = 0; i < 900; i++) {
                talker.send(frame);
                LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
            }
            Eventually.see(
                    "frames that find no room",
                    () -> lanyard.port("web/1").path("drops").path("backlog-full").asLong(),
                    drops -> drops > 0);
            LockSupport.parkNanos(Duration.ofSeconds(12).toNanos());
            assertEquals("up", lanyard.state("web/1"));
        }
    }
}

package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How many guests there may be at a port, of a user, and in all. */
@Timeout(120)
class GuestLimitsTest {
    @TempDir private Path dir;
    private final ObjectMapper json = new ObjectMapper();
    private final List<FrameClient> guests = new ArrayList<>();

    @AfterEach
    void leave() throws IOException {
        for (FrameClient guest : guests) {
            guest.close();
        }
    }

    private FrameClient come(RunningSwitch lanyard, String socket) throws IOException {
        FrameClient guest = FrameClient.at(lanyard.path(socket));
        guests.add(guest);
        return guest;
    }

    private FrameClient come(RunningSwitch lanyard, String port, String from) throws IOException {
        String endpoint = lanyard.port(port).path("endpoint").asText();
        int number = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        FrameClient guest = FrameClient.at("127.0.0.1", number, from);
        guests.add(guest);
        return guest;
    }

    private static void assertSentAway(FrameClient guest) {
        assertThrows(IOException.class, guest::receive);
    }

    private static void awaitGuests(RunningSwitch lanyard, String port, int count)
            throws Exception {
        Eventually.see(
                count + " guests at " + port,
                () -> lanyard.port(port).path("guests").asInt(-1),
                seen -> seen == count);
    }

    private static long refused(RunningSwitch lanyard, String port, String limit)
            throws IOException {
        return lanyard.port(port).path("refused").path(limit).asLong();
    }

    private void set(RunningSwitch lanyard, String port, String settings) throws IOException {
        lanyard.call("port.set", json.createObjectNode().put("name", port).put("set", settings));
    }

    @Test
    void shouldRefuseGuestsBeyondMaxGuestsAndTellWhy() throws Exception {
        String toml = "[ports.web]\nstream = { listen = \"unix:web.sock\", max-guests = 2 }\n";
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of(toml, dir);
                LineClient events = new LineClient(lanyard.controlSocket())) {
            events.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"events\"}\n");
            events.line();
            come(lanyard, "web.sock");
            come(lanyard, "web.sock");
            awaitGuests(lanyard, "web", 2);
            FrameClient third = come(lanyard, "web.sock");
            assertSentAway(third);
            assertEquals(1, refused(lanyard, "web", "max-guests"));
            String told = log.lines().stream().filter(l -> l.contains("refuses")).findFirst().get();
            assertTrue(told.contains("there are 2 guests, and max-guests is 2"), told);
            String event = events.line();
            while (!event.contains("\"refused\"")) {
                event = events.line();
            }
            assertTrue(event.contains("\"port\":\"web\",\"limit\":\"max-guests\""), event);

            guests.get(0).close();
            awaitGuests(lanyard, "web", 1);
            come(lanyard, "web.sock");
            awaitGuests(lanyard, "web", 2);
        }
    }

    @Test
    void shouldLetOneAddressHaveItsShareAndOthersTheirs() throws Exception {
        String toml =
                "[ports.web]\n"
                        + "stream = { listen = \"tcp:127.0.0.1:0\", max-guests-per-user = 3 }\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            for (int i = 0; i < 3; i++) {
                come(lanyard, "web", "127.0.0.1");
            }
            awaitGuests(lanyard, "web", 3);
            assertSentAway(come(lanyard, "web", "127.0.0.1"));
            assertEquals(1, refused(lanyard, "web", "max-guests-per-user"));
            come(lanyard, "web", "127.0.0.2");
            awaitGuests(lanyard, "web", 4);
        }
    }

    @Test
    void shouldLetTheSwitchesOwnUserHaveAllWhereNothingIsSaid() throws Exception {
        String toml = "[switch]\nmax-ports = 8\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            for (int i = 0; i < 8; i++) {
                come(lanyard, "guests.sock");
            }
            awaitGuests(lanyard, "guests", 8);
            assertSentAway(come(lanyard, "guests.sock"));
            assertEquals(1, refused(lanyard, "guests", "max-ports"));
        }
    }

    @Test
    void shouldLeaveThePortsOfTheConfigurationTheirPlaces() throws Exception {
        String toml =
                """
                [switch]
                max-ports = 3
                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                [ports.late]
                stream = { connect = "unix:late.sock" }
                """;
        String peer = "[ports.late]\nstream = { listen = \"unix:" + dir + "/late.sock\" }\n";
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            come(lanyard, "guests.sock");
            come(lanyard, "guests.sock");
            awaitGuests(lanyard, "guests", 2);
            assertSentAway(come(lanyard, "guests.sock"));
            try (RunningSwitch other = RunningSwitch.of(peer, dir.resolve("other"))) {
                lanyard.await("late", "up");
                assertTrue(other.isRunning());
            }
        }
    }

    @Test
    void shouldObeyOtherLimitsWhileGuestsStay() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir)) {
            FrameClient first = come(lanyard, "guests.sock");
            FrameClient second = come(lanyard, "guests.sock");
            FrameClient.meet(first, second);
            set(
                    lanyard,
                    "guests",
                    "stream = { listen = \"unix:guests.sock\", max-guests = 1,"
                            + " max-guests-per-user = 7 }");
            assertEquals(1, lanyard.port("guests").path("max_guests").asInt());
            assertEquals(7, lanyard.port("guests").path("max_guests_per_user").asInt());
            FrameClient.meet(first, second);
            assertSentAway(come(lanyard, "guests.sock"));
            set(lanyard, "guests", "stream = { listen = \"unix:guests.sock\" }");
            come(lanyard, "guests.sock");
            awaitGuests(lanyard, "guests", 3);
        }
    }

    @Test
    void shouldTellOfARefusalInSpiteOfOtherNoise() throws Exception {
        String toml = "[switch]\nmax-ports = 2\n";
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of(toml, dir)) {
            for (int i = 0; i < 60; i++) {
                FrameClient noise = FrameClient.at(lanyard.path("guests.sock"));
                lanyard.await("guests/1", "up");
                noise.close();
                lanyard.await("guests/1", "absent");
            }
            come(lanyard, "guests.sock");
            come(lanyard, "guests.sock");
            awaitGuests(lanyard, "guests", 2);
            assertSentAway(come(lanyard, "guests.sock"));
            List<String> lines = log.lines();
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains("max-ports")), lines::toString);
            long leftOut = lanyard.call("status").path("log_lines_left_out").asLong();
            assertTrue(leftOut >= 80, "what was left out is counted: " + leftOut);
        }
    }

    @Test
    void shouldSayWhatTheLogLeftOutThoughNothingLikeItComesAgain() throws Exception {
        SkippingClock clock = new SkippingClock();
        try (LogLines log = LogLines.of(ListeningPort.class);
                RunningSwitch lanyard = RunningSwitch.of("", dir, clock)) {
            for (int i = 0; i < 30; i++) {
                FrameClient noise = FrameClient.at(lanyard.path("guests.sock"));
                lanyard.await("guests/1", "up");
                noise.close();
                lanyard.await("guests/1", "absent");
            }
            clock.skip(Duration.ofSeconds(30));
            Eventually.see(
                    "what was left out",
                    log::lines,
                    lines -> lines.stream().anyMatch(l -> l.contains("and left (40 more like")));
        }
    }
}

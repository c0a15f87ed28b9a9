package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/** Impaired wires and settings that change while frames pass, from the file to the sockets. */
class ImpairedSwitchTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    @TempDir private Path dir;

    private final ObjectMapper json = new ObjectMapper();

    private static FrameClient guest(RunningSwitch lanyard, String port) throws Exception {
        FrameClient guest = FrameClient.at(lanyard.path(port + ".sock"));
        lanyard.await(port + "/1", "up");
        return guest;
    }

    private static String twoPorts(int workers, String ofAnn) {
        return String.format(
                """
                [switch]
                workers = %d

                [ports.ann]
                stream = { listen = "unix:ann.sock" }
                %s

                [ports.ben]
                stream = { listen = "unix:ben.sock" }
                """,
                workers, ofAnn);
    }

    private JsonNode set(RunningSwitch lanyard, String port, String settings, String... unset)
            throws IOException {
        ObjectNode params = json.createObjectNode().put("name", port).put("set", settings);
        List.of(unset).forEach(params.putArray("unset")::add);
        return lanyard.call("port.set", params);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldDelayBothWays(int workers) throws Exception {
        String config = twoPorts(workers, "impair = { delay = \"30ms\" }");
        try (RunningSwitch lanyard = RunningSwitch.of(config, dir);
                FrameClient ann = guest(lanyard, "ann");
                FrameClient ben = guest(lanyard, "ben")) {
            for (int i = 0; i < 5; i++) {
                long begin = System.nanoTime();
                byte[] there = Frames.frame(BEN, ANN, 300 + i, i);
                ann.send(there);
                assertArrayEquals(there, ben.receive());
                assertLater(begin, 30);
                long turn = System.nanoTime();
                byte[] back = Frames.frame(ANN, BEN, 300 + i, i);
                ben.send(back);
                assertArrayEquals(back, ann.receive());
                assertLater(turn, 30);
            }
        }
    }

    private static void assertLater(long begin, long millis) {
        long took = System.nanoTime() - begin;
        assertTrue(took >= TimeUnit.MILLISECONDS.toNanos(millis), "after " + took + " ns");
    }

    /** Marks of what comes of a hundred frames; the last is sent until it comes. */
    private static List<Integer> survivors(FrameClient from, FrameClient to) throws IOException {
        for (int i = 0; i < 100; i++) {
            from.send(Frames.frame(BEN, ANN, 100, i));
        }
        for (int i = 0; i < 20; i++) {
            from.send(Frames.frame(BEN, ANN, 100, 1_000)); // one of them comes through
        }
        List<Integer> marks = new ArrayList<>();
        for (int mark = Frames.mark(to.receive());
                mark != 1_000;
                mark = Frames.mark(to.receive())) {
            marks.add(mark);
        }
        return marks;
    }

    @Test
    void shouldLoseTheSameFramesInEachRunWithTheSameSeed() throws Exception {
        String config = twoPorts(1, "impair = { rx = { loss = \"20%\", seed = 11 } }");
        List<List<Integer>> runs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (RunningSwitch lanyard = RunningSwitch.of(config, dir);
                    FrameClient ann = guest(lanyard, "ann");
                    FrameClient ben = guest(lanyard, "ben")) {
                runs.add(survivors(ann, ben));
                JsonNode port = lanyard.port("ann/1");
                long lost = port.path("drops").path("wire-lost").asLong();
                assertTrue(lost >= 100 - runs.get(i).size(), port::toString);
                assertEquals(120, port.path("rx_packets").asLong());
                ben.send(Frames.frame(ANN, BEN, 100, 5));
                assertEquals(5, Frames.mark(ann.receive()), "the other way is whole");
            }
        }
        assertTrue(runs.get(0).size() > 60 && runs.get(0).size() < 95, runs::toString);
        assertEquals(runs.get(0), runs.get(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldTakeSettingsWhileFramesPass(int workers) throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(twoPorts(workers, ""), dir);
                FrameClient ann = guest(lanyard, "ann");
                FrameClient ben = guest(lanyard, "ben")) {
            ann.send(Frames.frame(BEN, ANN, 100, 1));
            assertEquals(1, Frames.mark(ben.receive()));

            JsonNode answer = set(lanyard, "ann", "impair = { delay = \"40ms\", seed = 5 }");
            assertEquals(40_000_000, answer.path("impair").path("rx").path("delay").asLong());
            assertEquals(5, lanyard.port("ann/1").path("impair").path("tx").path("seed").asLong());
            long begin = System.nanoTime();
            ann.send(Frames.frame(BEN, ANN, 100, 2));
            assertEquals(2, Frames.mark(ben.receive()));
            assertLater(begin, 40);

            set(lanyard, "ann", "impair = { rx = { loss = \"100%\" } }");
            ann.send(Frames.frame(BEN, ANN, 100, 3));
            Eventually.see(
                    "the loss",
                    () -> lanyard.port("ann/1").path("drops").path("wire-lost").asLong(),
                    count -> count == 1L);

            set(lanyard, "ann", "", "impair");
            ann.send(Frames.frame(BEN, ANN, 100, 4));
            assertEquals(4, Frames.mark(ben.receive()));
            assertTrue(lanyard.port("ann/1").path("impair").path("rx").isNull());
        }
    }

    @Test
    void shouldTakeEachKindOfSettingAndKeepTheOthers() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(twoPorts(1, "isolated = true"), dir);
                FrameClient ann = guest(lanyard, "ann");
                FrameClient ben = guest(lanyard, "ben")) {
            set(lanyard, "ann", "vlan = { access = 7 }\nstorm = { broadcast = 5 }");
            JsonNode port = lanyard.port("ann/1");
            assertEquals(7, port.path("vlan").path("access").asInt());
            assertTrue(port.path("isolated").asBoolean(), "nobody spoke of it");
            assertEquals(5, port.path("storm").path("broadcast").asInt());
            ann.send(Frames.frame(Frames.BROADCAST, ANN, 100, 1)); // stays in its VLAN
            set(lanyard, "ann", "", "vlan", "isolated");
            assertTrue(!lanyard.port("ann/1").path("isolated").asBoolean());
            set(lanyard, "ben", "isolated = true");
            ann.send(Frames.frame(Frames.BROADCAST, ANN, 100, 2));
            assertEquals(2, Frames.mark(ben.receive()), "and nothing before");

            lanyard.call("fdb.flush");
            set(lanyard, "ben", "vlan = { access = 9 }");
            assertEquals(0, learnedBehind(lanyard, "ben/1"));
            try (FrameClient late = FrameClient.at(lanyard.path("ben.sock"))) {
                lanyard.await("ben/2", "up");
                assertEquals(9, lanyard.port("ben/2").path("vlan").path("access").asInt());
                late.send(Frames.frame(Frames.BROADCAST, BEN + 1, 100, 3));
            }
        }
    }

    private static long learnedBehind(RunningSwitch lanyard, String port) throws IOException {
        long count = 0;
        for (JsonNode entry : lanyard.call("fdb.list")) {
            count += entry.path("port").asText().equals(port) ? 1 : 0;
        }
        return count;
    }

    @Test
    void shouldForgetWhatWasLearnedInTheOldVlan() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(twoPorts(1, ""), dir);
                FrameClient ann = guest(lanyard, "ann");
                FrameClient ben = guest(lanyard, "ben")) {
            ann.send(Frames.frame(Frames.BROADCAST, ANN, 100, 1));
            assertEquals(1, Frames.mark(ben.receive()));
            assertEquals(1, learnedBehind(lanyard, "ann/1"));
            set(lanyard, "ann", "vlan = { access = 9 }");
            Eventually.see(
                    "an empty table", () -> learnedBehind(lanyard, "ann/1"), count -> count == 0L);
        }
    }

    @Test
    void shouldRefuseWhatItCannotSetAndChangeNothing() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(twoPorts(1, "isolated = true"), dir);
                FrameClient ann = guest(lanyard, "ann")) {
            assertRefused(lanyard, "ann", "isolatde = true", "did you mean 'isolated'?");
            assertRefused(
                    lanyard,
                    "ann",
                    "isolated = false\nvlan = {}",
                    "setting 2, column 1: vlan needs");
            assertRefused(lanyard, "ann", "isolated = ", "setting 1, column ");
            assertRefused(lanyard, "ann", "static-macs = [\"52:54:00:00:00:01\"]", "'static-macs'");
            assertRefused(lanyard, "ann", "stream = { listen = \"unix:x\" }", "'stream'");
            assertRefused(lanyard, "ann/1", "isolated = false", "ann/1 is a guest of ann");
            assertRefused(lanyard, "nobody", "isolated = false", "no port 'nobody'; there are ann");
            IOException refusal =
                    assertThrows(IOException.class, () -> set(lanyard, "ann", "", "colour"));
            assertTrue(refusal.getMessage().contains("no key 'colour'"), refusal.getMessage());
            assertTrue(lanyard.port("ann/1").path("isolated").asBoolean());
            ann.send(Frames.frame(Frames.BROADCAST, ANN, 100, 1));
        }
    }

    private void assertRefused(RunningSwitch lanyard, String port, String settings, String why) {
        IOException refusal = assertThrows(IOException.class, () -> set(lanyard, port, settings));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }
}

package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.capture.PcapngStatistics;
import org.lanyard.capture.Tshark;
import org.lanyard.frame.Frames;

/** {@code capture} on a whole switch, as Wireshark's programs read what came of it. */
@Tag("slow")
@Timeout(240)
class CaptureTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;
    private static final String TWO_PORTS =
            """
            [ports.ann]
            stream = { listen = "unix:ann.sock" }

            [ports.ben]
            stream = { listen = "unix:ben.sock" }
            """;

    @TempDir private Path dir;

    private static byte[] frame(int length, int mark) {
        return Frames.frame(BEN, ANN, length, mark);
    }

    private static String hex(byte[] frame) {
        return HexFormat.of().formatHex(frame, 14, frame.length);
    }

    private List<List<String>> read(CaptureClient client, String... fields) throws Exception {
        return Tshark.fields(client.save(dir.resolve("file.pcapng")), fields);
    }

    private static void awaitSent(RunningSwitch lanyard, String port, long frames)
            throws Exception {
        Eventually.see(
                frames + " frames sent by " + port,
                () -> lanyard.port(port).path("tx_packets").asLong(),
                count -> count == frames);
    }

    /** Ben's address is known, and both ports are up. */
    private static void meet(FrameClient ann, FrameClient ben) throws IOException {
        FrameClient.meet(ann, ben);
        ben.send(Frames.frame(Frames.BROADCAST, BEN, 60, 0));
        ann.receive();
    }

    @Test
    void shouldShowWhatCameInAndWhatLeft() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            meet(ann, ben);
            try (CaptureClient client = new CaptureClient(lanyard, "{}")) {
                List<List<String>> expected = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    byte[] sent = frame(i == 0 ? 42 : 60 + 29 * i, i);
                    ann.send(sent);
                    byte[] received = ben.receive();
                    String data = hex(received);
                    expected.add(List.of("ann/1", "0x00000001", data));
                    expected.add(List.of("ben/1", "0x00000002", data));
                }
                client.stop();
                assertEquals("stopped", client.readToEnd());
                assertEquals(
                        expected,
                        read(
                                client,
                                "frame.interface_name",
                                "frame.packet_flags_direction",
                                "data.data"));
                assertEquals(100, client.frames());
                assertEquals(0, client.missed());
                for (PcapngStatistics port : PcapngStatistics.in(client.pcapng())) {
                    assertEquals(50, port.received());
                    assertEquals(0, port.missed());
                }
            }
        }
    }

    @Test
    void shouldShowFramesThatTheSwitchRefusesAsTheyCameIn() throws Exception {
        String toml = TWO_PORTS.replace("ben.sock\" }", "ben.sock\" }\nvlan = { access = 7 }");
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            lanyard.await("ann/1", "up");
            lanyard.await("ben/1", "up");
            try (CaptureClient client = new CaptureClient(lanyard, "{\"count\":2}")) {
                byte[] stray = Frames.tagged(frame(80, 1), 0x8100, 30);
                ann.send(stray);
                ann.send(frame(60, 2));
                assertEquals("count", client.readToEnd());
                assertEquals(
                        List.of(List.of("ann/1", "84", "30"), List.of("ann/1", "60", "")),
                        read(client, "frame.interface_name", "frame.len", "vlan.id"));
                assertTrue(ben != null);
            }
        }
    }

    @Test
    void shouldShowTagsAsTheyAreOnThePortsWire() throws Exception {
        String toml =
                TWO_PORTS
                        .replace("ann.sock\" }", "ann.sock\" }\nvlan = { access = 10 }")
                        .replace("ben.sock\" }", "ben.sock\" }\nvlan = { trunk = [10, 20] }");
        try (RunningSwitch lanyard = RunningSwitch.of(toml, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            lanyard.await("ann/1", "up");
            lanyard.await("ben/1", "up");
            try (CaptureClient ten = new CaptureClient(lanyard, "{\"vlan\":10}");
                    CaptureClient twenty = new CaptureClient(lanyard, "{\"vlan\":20}")) {
                ann.send(frame(100, 1));
                assertEquals(104, ben.receive().length);
                ben.send(Frames.tagged(Frames.frame(ANN, BEN, 90, 2), 0x8100, 20));
                ben.send(Frames.tagged(Frames.frame(ANN, BEN, 90, 3), 0x8100, 10));
                assertEquals(90, ann.receive().length);
                ten.stop();
                twenty.stop();
                ten.readToEnd();
                twenty.readToEnd();
                String[] fields = {"frame.interface_name", "frame.len", "vlan.id"};
                assertEquals(
                        List.of(
                                List.of("ann/1", "100", ""),
                                List.of("ben/1", "104", "10"),
                                List.of("ben/1", "94", "10"),
                                List.of("ann/1", "90", "")),
                        read(ten, fields));
                assertEquals(List.of(List.of("ben/1", "94", "20")), read(twenty, fields));
            }
        }
    }

    @Test
    void shouldSeeTheFirstFrameOfGuestsThatComeLater() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir);
                CaptureClient client =
                        new CaptureClient(lanyard, "{\"ports\":[\"ann\"],\"count\":4}");
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            lanyard.await("ben/1", "up");
            for (int i = 0; i < 3; i++) {
                try (FrameClient ann = FrameClient.at(lanyard.path("ann.sock"))) {
                    ann.send(frame(60 + i, i));
                    ben.receive();
                }
                lanyard.await("ann/1", "absent");
            }
            try (FrameClient first = FrameClient.at(lanyard.path("ann.sock"));
                    FrameClient second = FrameClient.at(lanyard.path("ann.sock"))) {
                lanyard.await("ann/2", "up");
                second.send(frame(100, 0));
                assertEquals("count", client.readToEnd());
                assertTrue(first != second);
            }
            assertEquals(
                    List.of(
                            List.of("ann/1", "60"),
                            List.of("ann/1", "61"),
                            List.of("ann/1", "62"),
                            List.of("ann/2", "100")),
                    read(client, "frame.interface_name", "frame.len"));
            assertEquals(3, PcapngStatistics.in(client.pcapng()).get(0).received());
        }
    }

    @Test
    void shouldEndInOrderWhenTheSwitchEnds() throws Exception {
        for (int workers : new int[] {1, 3}) {
            Path own = dir.resolve("" + workers);
            String toml = "[switch]\nworkers = " + workers + "\n" + TWO_PORTS;
            CaptureClient client;
            try (RunningSwitch lanyard = RunningSwitch.of(toml, own);
                    FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                    FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
                meet(ann, ben);
                client = new CaptureClient(lanyard, "{}");
                for (int i = 0; i < 20; i++) {
                    ann.send(frame(100, i));
                    ben.receive();
                }
            }
            assertEquals("switch-ended", client.readToEnd());
            assertEquals(40, client.frames());
            assertEquals(2, PcapngStatistics.in(client.pcapng()).size());
            String infos = Tshark.capinfos(client.save(dir.resolve("file.pcapng")));
            assertTrue(infos.contains("Strict time order:   True"), infos);
            client.close();
        }
    }

    @Test
    void shouldRefuseWhatItCanNotDo() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir)) {
            String[][] refused = {
                {"{\"ports\":[\"wbe\"]}", "no port 'wbe'; there are ann, ben"},
                {"{\"ports\":[\"ann/1\"]}", "no port 'ann/1'; there are ann, ben"},
                {"{\"vlan\":4095}", "capture: 'vlan' is a number, from 1 to 4094"},
                {"{\"vlan\":0}", "capture: 'vlan' is a number, from 1 to 4094"},
                {"{\"count\":0}", "capture: 'count' is a number, 1 or more"},
                {"{\"snap\":-1}", "capture: 'snap' is a number, from 1 to 2147483647"}
            };
            for (String[] params : refused) {
                IOException failure =
                        assertThrows(
                                IOException.class, () -> new CaptureClient(lanyard, params[0]));
                assertEquals(params[1], failure.getMessage());
            }
            assertThrows(IOException.class, () -> lanyard.call("capture.stop"));
        }
    }

    @Test
    void shouldRefuseTheFifthCaptureUntilOneHasEnded() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir)) {
            List<CaptureClient> clients = new ArrayList<>();
            for (int i = 0; i < Captures.MOST; i++) {
                clients.add(new CaptureClient(lanyard, "{}"));
            }
            IOException failure =
                    assertThrows(IOException.class, () -> new CaptureClient(lanyard, "{}"));
            assertEquals(
                    "there are 4 captures already, and there can be no more; end one of them first",
                    failure.getMessage());
            clients.remove(0).close();
            clients.add(
                    Eventually.see(
                            "room for a capture",
                            () -> {
                                try {
                                    return new CaptureClient(lanyard, "{}");
                                } catch (IOException full) {
                                    return null;
                                }
                            },
                            client -> client != null));
            clients.get(0).stop();
            assertEquals("stopped", clients.get(0).readToEnd());
            for (CaptureClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void shouldOutliveClientsThatComeAndGo() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            meet(ann, ben);
            String drops = drops(lanyard);
            int begun = 0;
            for (int i = 0; i < 100; i++) {
                try (LineClient client = new LineClient(lanyard.controlSocket())) {
                    String ask = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"}\n";
                    client.send(String.format(ask, "capture"));
                    client.send(String.format(ask, i % 2 == 0 ? "capture.stop" : "capture"));
                    begun += client.line().contains("capturing") ? 1 : 0;
                    ann.send(frame(100, i));
                    ben.receive();
                }
            }
            assertTrue(begun > 4, begun + " captures");
            assertEquals(drops, drops(lanyard));
        }
    }

    /** Rings come and go beside the frames, on several workers; one capture sees all of it. */
    @Test
    void shouldLoseNothingWhileOtherCapturesComeAndGo() throws Exception {
        int frames = 20_000;
        try (RunningSwitch lanyard = RunningSwitch.of("[switch]\nworkers = 2\n" + TWO_PORTS, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"));
                CaptureClient steady = steadyOnceMet(lanyard, ann, ben)) {
            String drops = drops(lanyard);
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong ended = new AtomicLong();
            Thread others =
                    new Thread(
                            () -> {
                                while (!over.get()) {
                                    try (CaptureClient other = new CaptureClient(lanyard, "{}")) {
                                        if (ended.get() % 2 == 0) {
                                            other.stop();
                                            other.readToEnd();
                                        }
                                        ended.incrementAndGet();
                                    } catch (IOException full) {
                                        Thread.onSpinWait(); // one of those that left is there yet
                                    }
                                }
                            });
            others.setDaemon(true);
            others.start();
            byte[] burst = Frames.stream(Collections.nCopies(20, frame(60, 1)));
            for (int sent = 0; sent < frames || ended.get() < 50; sent += 20) {
                ann.sendRaw(burst);
                for (int j = 0; j < 20; j++) {
                    assertEquals(60, ben.receive().length);
                }
                frames = Math.max(frames, sent + 20);
            }
            over.set(true);
            others.join();
            steady.stop();
            steady.readToEnd();
            assertEquals(2L * frames, steady.frames() + steady.missed());
            assertEquals(drops, drops(lanyard));
        }
    }

    /** Of one guest's port: whoever of two came first had nobody to hear it when they met. */
    private static String drops(RunningSwitch lanyard) throws IOException {
        return lanyard.port("ben/1").path("drops").toString();
    }

    private static CaptureClient steadyOnceMet(
            RunningSwitch lanyard, FrameClient ann, FrameClient ben) throws IOException {
        meet(ann, ben);
        return new CaptureClient(lanyard, "{}");
    }

    /** It misses what it does not read; nobody else does, nor does the switch keep it all. */
    @Test
    void shouldCountWhatAClientThatDoesNotReadMisses() throws Exception {
        int frames = 40_000;
        try (RunningSwitch lanyard = RunningSwitch.of(TWO_PORTS, dir);
                FrameClient ann = FrameClient.at(lanyard.path("ann.sock"));
                FrameClient ben = FrameClient.at(lanyard.path("ben.sock"))) {
            meet(ann, ben);
            String drops = drops(lanyard);
            long before = lanyard.port("ben/1").path("tx_packets").asLong();
            try (CaptureClient lazy = new CaptureClient(lanyard, "{\"ports\":[\"ben\"]}");
                    CaptureClient heads =
                            new CaptureClient(lanyard, "{\"ports\":[\"ben\"],\"snap\":60}")) {
                byte[] large = frame(1514, 1);
                byte[] burst = Frames.stream(Collections.nCopies(20, large));
                for (int i = 0; i < frames; i += 20) {
                    ann.sendRaw(burst);
                    for (int j = 0; j < 20; j++) {
                        assertEquals(1514, ben.receive().length);
                    }
                }
                awaitSent(lanyard, "ben/1", before + frames);
                assertEquals(drops, drops(lanyard));
                heads.stop();
                heads.readToEnd();
                assertEquals(frames, heads.frames() + heads.missed());

                lazy.stop();
                assertEquals("stopped", lazy.readToEnd());
                assertTrue(lazy.missed() > 1_000, lazy.missed() + " missed");
                assertEquals(frames, lazy.frames() + lazy.missed());
                PcapngStatistics statistics = PcapngStatistics.in(lazy.pcapng()).get(0);
                assertEquals(frames, statistics.received());
                assertEquals(lazy.missed(), statistics.missed());
                assertEquals(lazy.frames(), read(lazy, "frame.len").size());
            }
        }
    }
}

package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.FrameClient;
import org.lanyard.control.RunningSwitch;

/** {@code top}: what it makes of two looks at the counters, and how that is shown. */
@Timeout(120)
class TopTest {
    @TempDir private Path dir;

    private final ObjectMapper json = new ObjectMapper();
    private final ArrayNode before = json.createArrayNode();
    private final ArrayNode now = json.createArrayNode();

    private static ObjectNode port(ArrayNode list, String name, long rx, long tx) {
        ObjectNode port = list.addObject().put("name", name).put("state", "up");
        port.put("rx_packets", rx).put("rx_bytes", rx * 100);
        port.put("tx_packets", tx).put("tx_bytes", tx * 100);
        port.putObject("drops");
        return port;
    }

    private JsonNode status() throws Exception {
        return json.readTree(
                """
                {"name": "lab", "version": "0.1.0", "uptime": 3723,
                 "ports": {"up": 2, "down": 1, "listening": 1},
                 "fdb": {"size": 5, "capacity": 8192}}
                """);
    }

    @Test
    void shouldTellWhatHappenedInASecond() {
        port(before, "web/1", 100, 1_000);
        ((ObjectNode) port(before, "web/2", 0, 0).get("drops")).put("runt", 5);
        port(now, "web/1", 300, 1_010);
        ObjectNode drops = (ObjectNode) port(now, "web/2", 40, 400).get("drops");
        drops.put("runt", 6).put("backlog-full", 20).put("storm", 0);
        List<Rates> rates = Rates.between(before, now, 2);
        assertEquals(
                new Rates(
                        "web/2",
                        "up",
                        true,
                        20,
                        16_000,
                        200,
                        160_000,
                        Map.of("runt", 0.5, "backlog-full", 10.0)),
                rates.get(0));
        assertEquals(new Rates("web/1", "up", true, 100, 80_000, 5, 4_000, Map.of()), rates.get(1));
        assertEquals("backlog-full", rates.get(0).leadingReason());
        assertEquals(10.5, rates.get(0).dropped());
        assertEquals("", rates.get(1).leadingReason());
    }

    @Test
    void shouldNotTakeTheTotalOfAPortThatCameForItsRate() {
        port(now, "web/1", 1_000_000, 1_000_000);
        for (JsonNode first : new JsonNode[] {before, null}) {
            Rates rates = Rates.between(first, now, 1).get(0);
            assertFalse(rates.isKnown());
            assertEquals(0, rates.rxPackets());
        }
    }

    @Test
    void shouldNotTellANegativeRateWhenCountersBeginAnew() {
        port(before, "web/1", 1_000, 5);
        ((ObjectNode) port(now, "web/1", 10, 50).get("drops")).put("runt", 6);
        Rates rates = Rates.between(before, now, 1).get(0);
        assertFalse(rates.isKnown());
        assertEquals(0, rates.txPackets());
        assertEquals(0, rates.dropped());
    }

    @Test
    void shouldForgetPortsThatLeft() {
        port(before, "web/1", 1_000, 5);
        assertEquals(List.of(), Rates.between(before, now, 1));
    }

    @Test
    void shouldShowTheBusiestFirstAndListenersLast() {
        for (ArrayNode list : List.of(before, now)) {
            port(list, "web", 0, 0).put("state", "listening");
            port(list, "idle", 0, 0);
            port(list, "in", list == now ? 900 : 0, 0);
            port(list, "out", 0, list == now ? 1000 : 0);
        }
        List<String> names = Rates.between(before, now, 1).stream().map(Rates::name).toList();
        assertEquals(List.of("out", "in", "idle", "web"), names);
    }

    @Test
    void shouldTellNumbersWithThreeDigits() {
        String[] expected = {
            "0", "0.4", "1.0", "9.9", "37", "999", "1.00k", "1.25k", "12.5k", "125k", "1.00M",
            "9.41G", "12.0T", "12000T"
        };
        double[] rates = {
            0, 0.4, 1, 9.94, 37.2, 999.4, 999.6, 1_250, 12_500, 125_000, 999_900, 9.41e9, 12e12,
            12e15
        };
        for (int i = 0; i < rates.length; i++) {
            assertEquals(expected[i], TopTable.human(rates[i]));
        }
    }

    private TopTable table(int ports) throws Exception {
        for (int i = 0; i < ports; i++) {
            port(before, "web/" + i, 0, 0);
            ObjectNode port = port(now, "web/" + i, 1000 * (ports - i), 0);
            if (i == 1) {
                ((ObjectNode) port.get("drops")).put("backlog-full", 20);
            }
        }
        return new TopTable(status(), Rates.between(before, now, 1));
    }

    @Test
    void shouldShowAllPortsWhereThereIsRoom() throws Exception {
        assertEquals(
                List.of(
                        "switch lab 0.1.0, up 1:02:03; 2 ports up, 1 down, 1 listening; addresses 5 of"
                                + " 8192",
                        "received 6.00k frames/s, 4.80Mbit/s; sent 0 frames/s, 0bit/s; dropped"
                                + " 20/s",
                        "",
                        "PORT          STATE         RX/s RX bit/s     TX/s TX bit/s   DROP/s  WHY",
                        "web/0         up           3.00k    2.40M        0        0        0",
                        "web/1         up           2.00k    1.60M        0        0       20"
                                + "  backlog-full",
                        "web/2         up           1.00k     800k        0        0        0"),
                table(3).lines());
    }

    @Test
    void shouldFitTheScreen() throws Exception {
        TopTable table = table(40);
        for (int height = 1; height < 60; height++) {
            for (int width : new int[] {1, 20, 80, 200}) {
                List<String> lines = table.lines(new Screen.Size(height, width), false);
                assertTrue(lines.size() <= height, lines::toString);
                assertTrue(lines.stream().allMatch(line -> line.length() <= width));
            }
        }
        List<String> lines = table.lines(new Screen.Size(10, 30), false);
        assertEquals("web/4         up           36", lines.get(8).substring(0, 29));
        assertEquals("and 35 more", lines.get(9));
    }

    @Test
    void shouldColourOnlyWhatItIsAskedTo() throws Exception {
        TopTable table = table(3);
        Screen.Size size = new Screen.Size(24, 80);
        List<String> plain = table.lines(size, false);
        List<String> coloured = table.lines(size, true);
        assertFalse(plain.toString().contains("\033"));
        assertEquals("\033[7m" + plain.get(3) + "\033[0m", coloured.get(3));
        assertEquals(plain.get(4), coloured.get(4));
        assertEquals("\033[31m" + plain.get(5) + "\033[0m", coloured.get(5));
    }

    @Test
    void shouldPrintATableForEachIntervalWhereThereIsNoTerminal() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            String[] words = {"top", "--count", "2", "--interval", "0.2", "--runtime-dir"};
            String[] all = Arrays.copyOf(words, words.length + 1);
            all[words.length] = dir.toString();
            guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x0200_0000_0001L, "hello"));
            Cli cli = Cli.run(all);
            assertEquals(0, cli.exitCode(), cli::err);
            assertEquals(2, cli.out().split("switch lan0 ", -1).length - 1, cli.out());
            assertTrue(cli.out().contains("\nguests/1      up "), cli.out());
            assertTrue(cli.out().contains("\nguests        listening"), cli.out());
            assertFalse(cli.out().contains("\033"), cli.out());
        }
    }

    @Test
    void shouldPrintOneObjectForEachInterval() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir);
                FrameClient guest = FrameClient.at(lanyard.path("guests.sock"))) {
            Thread sender =
                    new Thread(
                            () -> {
                                try {
                                    for (int i = 0; i < 2_000; i++) {
                                        guest.send(FrameClient.frame(1, 2, "frame " + i));
                                        Thread.sleep(1);
                                    }
                                } catch (IOException | InterruptedException e) {
                                    Thread.currentThread().interrupt(); // enough was sent
                                }
                            });
            sender.start();
            Cli cli =
                    Cli.run(
                            "top",
                            "--json",
                            "--count",
                            "2",
                            "--interval",
                            "0.4",
                            "--runtime-dir",
                            dir.toString());
            sender.interrupt();
            sender.join();
            assertTrue(lanyard.path("x") != null);
            String[] lines = cli.out().strip().split("\n");
            assertEquals(2, lines.length, cli.out());
            JsonNode row = json.readTree(lines[1]).path("ports").get(0);
            assertEquals("guests/1", row.path("name").asText(), cli.out());
            double frames = row.path("rx_packets_per_second").asDouble();
            assertTrue(frames > 1 && frames < 1_100, cli.out());
            assertEquals(
                    frames * 60 * 8, row.path("rx_bits_per_second").asDouble(), frames * 5 + 100);
            assertTrue(
                    row.path("drops_per_second").path("no-other-port").asDouble() > 0, cli.out());
        }
    }
}

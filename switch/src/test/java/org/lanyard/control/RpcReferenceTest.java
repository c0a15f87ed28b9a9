package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * conf/RPC.md says what the switch does: its methods and params are those of the code, and each
 * example is sent and answered so. With {@code -Dlanyard.write} the answers are written instead.
 */
@Timeout(120)
class RpcReferenceTest {
    private static final Path PAGE = Path.of("..", "conf", "RPC.md");
    private static final Pattern SECTION = Pattern.compile("### `(.+)`");
    private static final Pattern PARAM =
            Pattern.compile("\\| `(\\w+)` \\| (an? [a-z ]+?)(, optional)? \\|.*");
    private static final String SENT = "    → ";
    private static final String GOT = "    ← ";
    private static final String MORE = "      ";
    private static final int COLUMNS = 118;

    private static final String CONFIGURATION =
            """
            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            vlan = { access = 10 }

            [ports.watch]
            stream = { listen = "unix:watch.sock" }
            mirror = { ports = ["guests"] }
            """;

    /** What no two runs have in common, and what the page has instead. */
    private static final Map<String, String> VOLATILE =
            Map.of(
                    "pid", "4711",
                    "uid", "1000",
                    "uptime", "60",
                    "longest_turn", "0.012",
                    "age", "3",
                    "most", "1048576",
                    "log_lines_left_out", "0",
                    "version", "\"0.1.0\"",
                    "time", "\"2026-11-23T12:00:00Z\"");

    /** How many clients there are depends on which of the last example's was closed already. */
    private static final Pattern CLIENTS = Pattern.compile("\"clients\":[0-9]+,\"bytes\":[0-9]+");

    @TempDir private Path dir;
    private final ObjectMapper json = new ObjectMapper();
    private RunningSwitch lanyard;
    private FrameClient guest;

    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.of(CONFIGURATION, dir);
        guest = FrameClient.at(lanyard.path("guests.sock"));
        lanyard.await("guests/1", "up");
        guest.send(FrameClient.frame(0xffff_ffff_ffffL, 0x5254_0012_3456L, "x"));
        Eventually.see("an address", () -> lanyard.call("fdb.list").size(), size -> size == 1);
    }

    @AfterEach
    void stop() throws Exception {
        guest.close();
        lanyard.close();
    }

    /** Each method's section. */
    private static Map<String, List<String>> sections() throws IOException {
        Map<String, List<String>> sections = new LinkedHashMap<>();
        List<String> current = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher headline = SECTION.matcher(line);
            if (headline.matches()) {
                current = new ArrayList<>();
                sections.put(headline.group(1), current);
            }
            current.add(line);
        }
        return sections;
    }

    @Test
    void shouldDescribeEachMethodWithItsParams() throws Exception {
        Map<String, String> described = new TreeMap<>();
        for (Map.Entry<String, List<String>> section : sections().entrySet()) {
            ObjectNode method = json.createObjectNode().put("name", section.getKey());
            String first = section.getValue().get(2);
            assertTrue(first.startsWith("Changes"), first);
            boolean changes = !first.startsWith("Changes nothing.");
            method.put("changes", changes).put("needs", changes ? "group" : "readers");
            ArrayNode params = method.putArray("params");
            for (String line : section.getValue()) {
                Matcher param = PARAM.matcher(line);
                if (param.matches()) {
                    params.addObject()
                            .put("name", param.group(1))
                            .put("type", param.group(2))
                            .put("required", param.group(3) == null);
                }
            }
            described.put(section.getKey(), method.toString());
        }
        Map<String, String> real = new TreeMap<>();
        lanyard.call("methods").forEach(m -> real.put(m.path("name").asText(), m.toString()));
        assertEquals(lines(real), lines(described));
    }

    private static String lines(Map<String, String> methods) {
        return String.join("\n", methods.values());
    }

    @Test
    void shouldExplainTheKeysOfEachAnswer() throws Exception {
        for (Map.Entry<String, List<String>> section : sections().entrySet()) {
            String text = String.join("\n", section.getValue());
            for (String line : unbroken(section.getValue())) {
                if (line.startsWith(GOT) && !text.contains("as `port.show`")) {
                    JsonNode result = json.readTree(line.substring(GOT.length())).path("result");
                    JsonNode shown = result.isArray() ? result.path(0) : result;
                    shown.fieldNames()
                            .forEachRemaining(
                                    key ->
                                            assertTrue(
                                                    text.contains("`" + key + "`"),
                                                    section.getKey() + ": " + key));
                }
            }
        }
    }

    @Test
    void shouldAnswerEachExampleAsItSays() throws Exception {
        List<String> lines = unbroken(Files.readAllLines(PAGE));
        List<String> real = new ArrayList<>();
        int examples = 0;
        LineClient client = new LineClient(lanyard.controlSocket());
        try {
            for (String line : lines) {
                if (line.startsWith("#")) {
                    client.close();
                    client = new LineClient(lanyard.controlSocket());
                }
                if (line.startsWith(SENT)) {
                    client.send(line.substring(SENT.length()) + "\n");
                    examples++;
                }
                boolean isEvent = line.startsWith(GOT) && real.get(real.size() - 1).startsWith(GOT);
                if (isEvent) {
                    ObjectNode set = json.createObjectNode().put("name", "guests");
                    lanyard.call("port.set", set.put("set", "isolated = false"));
                }
                real.add(line.startsWith(GOT) ? GOT + plain(client.line()) : line);
            }
        } finally {
            client.close();
        }
        assertTrue(examples > 20, examples + " examples");
        if (System.getProperty("lanyard.write") != null) {
            Files.writeString(PAGE, String.join("\n", broken(real)) + "\n");
            return;
        }
        assertEquals(String.join("\n", real), String.join("\n", lines));
    }

    /** An answer as the page has it. */
    private String plain(String answer) throws IOException {
        JsonNode message = json.readTree(answer);
        VOLATILE.forEach(
                (key, instead) -> {
                    for (JsonNode owner : message.findParents(key)) {
                        if (!owner.path(key).isNull()) {
                            ((ObjectNode) owner).put(key, "\0" + key + "\0");
                        }
                    }
                });
        String text = message.toString().replace(dir.toString(), "/run/lanyard/lan0");
        text = CLIENTS.matcher(text).replaceAll("\"clients\":1,\"bytes\":0");
        for (Map.Entry<String, String> entry : VOLATILE.entrySet()) {
            String mark = "\"\\u0000" + entry.getKey() + "\\u0000\"";
            text = text.replace(mark, entry.getValue());
        }
        return text;
    }

    /** With answers in one line each, as they come. */
    private static List<String> unbroken(List<String> lines) {
        List<String> whole = new ArrayList<>();
        for (String line : lines) {
            int last = whole.size() - 1;
            if (line.startsWith(MORE) && last >= 0 && whole.get(last).startsWith(GOT)) {
                whole.set(last, whole.get(last) + line.substring(MORE.length()));
            } else {
                whole.add(line);
            }
        }
        return whole;
    }

    /** With long answers broken behind commas, for people. */
    private static List<String> broken(List<String> lines) {
        List<String> all = new ArrayList<>();
        for (String line : lines) {
            String rest = line;
            while (rest.startsWith(GOT) && rest.length() > COLUMNS
                    || rest.startsWith(MORE) && rest.length() > COLUMNS) {
                int comma = rest.lastIndexOf(",\"", COLUMNS);
                int item = rest.lastIndexOf(",{", COLUMNS);
                int at = Math.max(comma, item) + 1;
                if (at < MORE.length() + 1) {
                    break; // a long string
                }
                all.add(rest.substring(0, at));
                rest = MORE + rest.substring(at);
            }
            all.add(rest);
        }
        return all;
    }
}

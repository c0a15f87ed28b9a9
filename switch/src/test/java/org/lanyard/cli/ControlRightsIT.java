package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.tapio.LibC;

/**
 * SECURITY.md, method by method and key by key: real users, each a process with its own groups, try
 * all of it at a switch that root runs.
 */
@Timeout(300)
class ControlRightsIT {
    private static final String MEMBERS = "operator";
    private static final String READERS = "adm";
    private static final int NOT_ALLOWED = -32001;
    private static final Path PAGE = Path.of("..", "SECURITY.md");
    private static final Pattern METHOD =
            Pattern.compile("\\| `([a-z.]+)` \\| (yes|no) \\| ([^|]*) \\| yes \\|");

    @TempDir private Path temp;
    private final ObjectMapper json = new ObjectMapper();
    private Nobody nobody;
    private Program root;
    private Path classes;
    private Path ran;
    private Path helper;
    private String file;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: it becomes other users");
        nobody = Nobody.in(temp);
        root = Program.in(temp.resolve("root"));
        classes = temp.resolve("classes");
        copy("org/lanyard/cli/Speaker.class");
        copy("org/lanyard/cli/Occupant.class");
        ran = temp.resolve("ran");
        helper = temp.resolve("helper");
        Files.writeString(helper, "#!/bin/sh\ntouch " + ran + "\nexit 1\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwxr-xr-x"));
        file =
                nobody.file(
                        "lab.toml",
                        String.format(
                                "[control]\ngroup = '%s'\nreaders = '%s'\n"
                                        + "[ports.guests]\nstream = { listen = 'unix:guests.sock' }\n",
                                MEMBERS, READERS));
        root.succeed("start", "--config", file);
    }

    @AfterEach
    void cleanUp() throws IOException {
        if (nobody != null) {
            root.cleanUp();
            nobody.close();
        }
    }

    private void copy(String name) throws IOException {
        Path to = classes.resolve(name);
        Files.createDirectories(to.getParent());
        Files.copy(Path.of("target", "test-classes").resolve(name), to);
        for (Path path = to; !path.equals(temp); path = path.getParent()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private String request(String method, ObjectNode params) {
        ObjectNode request = json.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        request.put("method", method);
        if (params != null) {
            request.set("params", params);
        }
        return request.toString();
    }

    /**
     * Asks each by a connection of its own.
     *
     * @param group besides the user's own, or "" for none; null to ask as root
     */
    private List<JsonNode> ask(String group, List<String> requests) throws Exception {
        Process process = spawn(group == null ? 0 : 65534, group, Speaker.class);
        process.getOutputStream()
                .write((String.join("\n", requests) + "\n").getBytes(StandardCharsets.UTF_8));
        Program.Ended ended = Program.end(process);
        List<String> lines = ended.out().lines().toList();
        assertEquals(requests.size(), lines.size(), ended::err);
        List<JsonNode> answers = new ArrayList<>();
        for (String line : lines) {
            answers.add(json.readTree(line));
        }
        return answers;
    }

    /** A program of the tests at the control socket, as that user, who is in that group if any. */
    private Process spawn(int uid, String group, Class<?> program, String... more)
            throws IOException {
        List<String> words = new ArrayList<>();
        if (uid != 0) {
            words.addAll(List.of("setpriv", "--reuid", "" + uid, "--regid", "" + uid));
            words.add(group.isEmpty() ? "--clear-groups" : "--groups=" + group);
        }
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-XX:+UseSerialGC", "-cp", classes.toString()));
        words.addAll(List.of(program.getName(), root.path("control.sock").toString()));
        words.addAll(List.of(more));
        return new ProcessBuilder(words).directory(temp.toFile()).start();
    }

    private Process occupy(int uid, int connections, int bytes) throws IOException {
        Process occupant =
                spawn(uid, READERS, Occupant.class, "" + connections, Integer.toString(bytes));
        assertEquals("ready", occupant.inputReader().readLine());
        return occupant;
    }

    private JsonNode control() throws Exception {
        JsonNode status = ask(null, List.of(request("status", null))).get(0);
        return status.path("result").path("control");
    }

    @Test
    void shouldKeepPlacesAndMemoryWhateverReadersTake() throws Exception {
        Process modest = occupy(60009, 1, 1);
        List<Process> greedy = new ArrayList<>();
        try {
            greedy.add(occupy(60001, 200, 1));
            JsonNode one = control();
            assertEquals(1 + 32 + 1, one.path("clients").asInt(), one::toString);
            for (int uid = 60002; uid < 60006; uid++) {
                greedy.add(occupy(uid, 100, 1));
            }
            JsonNode all = control();
            assertEquals(96 + 1, all.path("clients").asInt(), all::toString);
            assertEquals(168 + 4 * 100 - (96 - 1 - 32), all.path("ended").path("too-many").asInt());
            greedy.add(occupy(60007, 32, 900_000));
            JsonNode full = control();
            assertTrue(full.path("bytes").asLong() <= 8 << 20, full::toString);
            assertTrue(full.path("ended").path("unread").asInt() >= 10, full::toString);
            assertTrue(modest.isAlive());
        } finally {
            greedy.add(modest);
            for (Process process : greedy) {
                process.getOutputStream().close();
                Program.end(process);
            }
        }
    }

    private static int code(JsonNode answer) {
        return answer.path("error").path("code").asInt();
    }

    private String configuration() throws Exception {
        return root.succeed("config", "show").out();
    }

    /** What each method is tried with; "stop" ends it and comes last, by itself. */
    private Map<String, ObjectNode> tries() throws IOException {
        Map<String, ObjectNode> tries = new LinkedHashMap<>();
        List.of("version", "methods", "status", "port.list", "fdb.list", "vlan.list").stream()
                .forEach(name -> tries.put(name, json.createObjectNode()));
        tries.put("mirror.list", json.createObjectNode());
        tries.put("config.show", json.createObjectNode());
        tries.put("events", json.createObjectNode());
        ObjectNode guests = json.createObjectNode().put("name", "guests");
        tries.put("port.show", guests);
        tries.put("port.set", guests.deepCopy().put("set", "isolated = false"));
        ObjectNode cay = json.createObjectNode().put("name", "cay");
        tries.put("port.add", cay.deepCopy().put("set", "stream = { listen = 'unix:cay.sock' }"));
        tries.put("port.remove", cay);
        String toml = Files.readString(Path.of(file));
        tries.put("config.apply", json.createObjectNode().put("toml", toml));
        ObjectNode mac = json.createObjectNode().put("mac", "52:54:00:00:00:01");
        tries.put("fdb.add", mac.deepCopy().put("port", "guests"));
        tries.put("fdb.del", mac);
        tries.put("fdb.flush", json.createObjectNode());
        tries.put("capture", json.createObjectNode().put("count", 1));
        tries.put("capture.stop", json.createObjectNode());
        return tries;
    }

    private record Row(boolean readers, boolean group) {}

    private static Map<String, Row> page() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = METHOD.matcher(line);
            if (row.matches()) {
                boolean group = !row.group(3).startsWith("no");
                rows.put(row.group(1), new Row(row.group(2).equals("yes"), group));
            }
        }
        return rows;
    }

    @Test
    void shouldLetEachUserCallWhatThePageSays() throws Exception {
        Map<String, Row> page = page();
        List<String> methods = new ArrayList<>();
        for (JsonNode method : ask(null, List.of(request("methods", null))).get(0).path("result")) {
            String name = method.path("name").asText();
            methods.add(name);
            String needs = page.get(name).readers() ? "readers" : "group";
            assertEquals(needs, method.path("needs").asText(), name);
        }
        assertEquals(List.copyOf(page.keySet()), methods);
        Map<String, ObjectNode> tries = tries();
        List<String> requests = new ArrayList<>();
        tries.forEach((name, params) -> requests.add(request(name, params)));
        requests.add(request("stop", null));
        List<String> names = new ArrayList<>(tries.keySet());
        names.add("stop");
        assertEquals(page.keySet(), new TreeSet<>(names), "each is tried");

        List<JsonNode> stranger = ask("", requests);
        List<JsonNode> reader = ask(READERS, requests);
        int last = requests.size() - 1; // the others do not end it
        List<JsonNode> member = ask(MEMBERS, requests.subList(0, last));
        List<JsonNode> owner = ask(null, requests.subList(0, last));
        for (int i = 0; i <= last; i++) {
            String name = names.get(i);
            assertEquals(NOT_ALLOWED, code(stranger.get(i)), name);
            assertTrue(stranger.get(i).path("id").isNull(), "it is not even asked what it wants");
            assertEquals(page.get(name).readers(), code(reader.get(i)) != NOT_ALLOWED, name);
            if (i < last) {
                assertEquals(page.get(name).group(), code(member.get(i)) != NOT_ALLOWED, name);
                assertTrue(code(owner.get(i)) != NOT_ALLOWED, name);
            }
        }
        assertTrue(ask(MEMBERS, List.of(requests.get(last))).get(0).has("result"), "stop");
    }

    /** Each names a path, a program, a user or an interface. */
    private List<String> claims() {
        return List.of(
                "bridge = { name = 'br0', helper = '" + helper + "' }",
                "bridge = { name = 'br0' }",
                "tap = { name = 'lanyard-it0' }",
                "tap = { name = 'lanyard-it0', address = ['10.9.9.1/24'], nat = true }",
                "tap = { name = 'lanyard-it0', address = ['10.9.9.1/24'], tftp = '/etc',"
                        + " dhcp = { range = '10.9.9.2-10.9.9.9' } }",
                "packet = { interface = 'lo' }",
                "macvtap = { name = 'lanyard-it0' }",
                "macvtap = { parent = 'lo' }",
                "stream = { listen = 'unix:" + temp.resolve("out.sock") + "' }",
                "stream = { listen = 'unix:../out.sock' }",
                "stream = { listen = 'unix:link/out.sock' }",
                "stream = { listen = 'unix:in.sock', group = 'nogroup' }",
                "stream = { listen = 'unix:in.sock', mode = '0666' }",
                "stream = { listen = 'tcp:0.0.0.0:0' }",
                "stream = { listen = 'tcp:127.0.0.1:7' }",
                "stream = { connect = 'unix:" + temp.resolve("root.sock") + "' }",
                "stream = { connect = 'unix:link/root.sock' }",
                "user = {}",
                "user = { host-loopback = false, tftp = '/etc' }",
                "user = { host-loopback = false, smb = '/srv' }",
                "user = { host-loopback = false, hostfwd = ['tcp::2222-:22'] }",
                "user = { host-loopback = false, hostfwd = ['tcp:127.0.0.1:22-:22'] }");
    }

    @Test
    void shouldLetAMemberAskNothingOfTheHost() throws Exception {
        Files.createSymbolicLink(root.path("link"), temp);
        String before = configuration();
        String toml = Files.readString(Path.of(file));
        List<String> requests = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (String claim : claims()) {
            ObjectNode add = json.createObjectNode().put("name", "cay").put("set", claim);
            requests.add(request("port.add", add));
            names.add("port.add " + claim);
            ObjectNode apply = json.createObjectNode();
            apply.put("toml", toml + "\n[ports.cay]\n" + claim + "\n").put("file", "/tmp/cay.toml");
            requests.add(request("config.apply", apply));
            names.add("config.apply " + claim);
        }
        for (String access : new String[] {"group = 'nogroup'", "mode = '0666'"}) {
            ObjectNode set = json.createObjectNode().put("name", "guests");
            set.put("set", "stream = { listen = 'unix:guests.sock', " + access + " }");
            requests.add(request("port.set", set));
            names.add("port.set " + access);
        }
        for (String control :
                new String[] {
                    "", "[control]\ngroup = 'nogroup'\n", "[control]\ngroup='operator'\n"
                }) {
            String ports = "[ports.guests]\nstream = { listen = 'unix:guests.sock' }\n";
            ObjectNode apply = json.createObjectNode().put("toml", control + ports);
            requests.add(request("config.apply", apply));
            names.add("config.apply " + control);
        }
        for (String group : new String[] {MEMBERS, READERS, ""}) {
            List<JsonNode> answers = ask(group, requests);
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(NOT_ALLOWED, code(answers.get(i)), names.get(i));
            }
        }
        String why = ask(MEMBERS, requests).get(0).path("error").path("message").asText();
        assertEquals(
                "uid 65534 may change this switch, but ask nothing of the host: that is for root."
                        + " Nothing has changed; leave this out, or ask root to say it:\n"
                        + "[ports.cay] bridge: it is an interface of the host's",
                why);
        assertEquals(before, configuration());
        assertFalse(Files.exists(ran), "root ran a program that a member named");
        assertFalse(Files.exists(temp.resolve("out.sock")));
        ask(null, requests.subList(0, 1));
        assertTrue(Files.exists(ran), "root may name it");
    }

    @Test
    void shouldReadAgainOnlyAFileThatTheOwnerNamed() throws Exception {
        String toml = Files.readString(Path.of(file)) + "isolated = true\n";
        ObjectNode apply = json.createObjectNode().put("toml", toml).put("file", "/tmp/cay.toml");
        String request = request("config.apply", apply);
        assertTrue(ask(MEMBERS, List.of(request)).get(0).has("result"));
        String show = request("config.show", null);
        JsonNode shown = ask(null, List.of(show)).get(0).path("result");
        assertEquals(file, shown.path("file").asText());
        assertTrue(shown.path("toml").asText().contains("isolated = true"));
        ask(null, List.of(request));
        shown = ask(null, List.of(show)).get(0).path("result");
        assertEquals("/tmp/cay.toml", shown.path("file").asText());
    }
}

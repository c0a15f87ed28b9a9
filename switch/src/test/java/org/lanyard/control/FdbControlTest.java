package org.lanyard.control;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forwarding database as an operator changes it, by name. */
class FdbControlTest {
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final String ANN = "02:00:00:00:00:01";
    private static final String BEN = "02:00:00:00:00:02";
    private static final String CONFIGURATION =
            """
            [ports.web]
            stream = { listen = "unix:web.sock" }
            static-macs = ["02:00:00:00:00:aa"]

            [ports.lab]
            stream = { listen = "unix:lab.sock" }
            vlan = { trunk = [10, 20] }
            static-macs = ["02:00:00:00:00:bb/20"]

            [ports.watch]
            stream = { listen = "unix:watch.sock" }
            mirror = { ports = ["lab"] }
            """;

    @TempDir private Path dir;
    private final ObjectMapper json = new ObjectMapper();
    private RunningSwitch lanyard;
    private FrameClient web;

    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.of(CONFIGURATION, dir);
        web = FrameClient.at(lanyard.path("web.sock"));
        lanyard.await("web/1", "up");
    }

    @AfterEach
    void stop() throws Exception {
        web.close();
        lanyard.close();
    }

    private ObjectNode params() {
        return json.createObjectNode();
    }

    private JsonNode entry(String mac) throws IOException {
        for (JsonNode entry : lanyard.call("fdb.list")) {
            if (entry.path("mac").asText().equals(mac)) {
                return entry;
            }
        }
        return json.missingNode();
    }

    private String refusal(String method, ObjectNode params) {
        return assertThrows(IOException.class, () -> lanyard.call(method, params)).getMessage();
    }

    @Test
    void shouldHaveWhatTheFileNamesWheneverThePortIsUp() throws Exception {
        assertEquals("web/1", entry("02:00:00:00:00:aa").path("port").asText());
        assertTrue(entry("02:00:00:00:00:aa").path("static").asBoolean());
        web.close();
        lanyard.await("web/1", "absent");
        assertTrue(entry("02:00:00:00:00:aa").isMissingNode());
        web = FrameClient.at(lanyard.path("web.sock"));
        Eventually.see(
                "it is back",
                () -> entry("02:00:00:00:00:aa").path("port").asText(),
                "web/1"::equals);
    }

    @Test
    void shouldAddAndForget() throws Exception {
        lanyard.call("fdb.add", params().put("mac", ANN).put("port", "web/1"));
        assertEquals(
                "{\"mac\":\"" + ANN + "\",\"vlan\":1,\"port\":\"web/1\",\"age\":0,\"static\":true}",
                entry(ANN).toString());
        lanyard.call("fdb.flush", params());
        assertEquals("web/1", entry(ANN).path("port").asText(), "static ones stay");
        lanyard.call("fdb.del", params().put("mac", ANN));
        assertTrue(entry(ANN).isMissingNode());
        web.close();
        lanyard.await("web/1", "absent");
        web = FrameClient.at(lanyard.path("web.sock"));
        lanyard.await("web/1", "up");
        assertTrue(entry(ANN).isMissingNode(), "nor does it come back with the port");
    }

    @Test
    void shouldFlushWhatWasLearnedBehindAPort() throws Exception {
        web.send(FrameClient.frame(ALL, 0x0200_0000_0002L, "x"));
        Eventually.see("learned", () -> entry(BEN).path("port").asText(), "web/1"::equals);
        assertEquals(0, lanyard.call("fdb.flush", params().put("vlan", 7)).path("flushed").asInt());
        ObjectNode here = params().put("port", "web/1").put("vlan", 1);
        assertEquals(1, lanyard.call("fdb.flush", here).path("flushed").asInt());
        assertTrue(entry(BEN).isMissingNode());
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        String add = "fdb.add";
        assertTrue(refusal(add, params().put("port", "web/1")).contains("fdb.add needs mac"));
        ObjectNode word = params().put("mac", "5254").put("port", "web/1");
        assertTrue(refusal(add, word).contains("no MAC address"), refusal(add, word));
        ObjectNode group = params().put("mac", "01:00:5e:00:00:01").put("port", "web/1");
        assertTrue(refusal(add, group).contains("is no station's address"));
        ObjectNode nowhere = params().put("mac", ANN).put("port", "nowhere");
        assertTrue(refusal(add, nowhere).contains("no port 'nowhere'"), refusal(add, nowhere));
        ObjectNode wrong = params().put("mac", ANN).put("port", "web/1").put("vlan", 9);
        assertTrue(refusal(add, wrong).contains("is not in VLAN 9"), refusal(add, wrong));
        ObjectNode none = params().put("mac", ANN).put("port", "web/1").put("vlan", 4095);
        assertTrue(refusal(add, none).contains("not from 1 to 4094"));
        assertTrue(refusal("fdb.del", params().put("mac", ANN)).contains("is not known in VLAN 1"));
    }

    @Test
    void shouldPutAnAddressIntoTheVlanThatIsNamed() throws Exception {
        try (FrameClient lab = FrameClient.at(lanyard.path("lab.sock"))) {
            lanyard.await("lab/1", "up");
            lab.send(FrameClient.frame(ALL, 0x0200_0000_0003L, "untagged, and so dropped"));
            ObjectNode tagged = params().put("mac", ANN).put("port", "lab/1").put("vlan", 20);
            lanyard.call("fdb.add", tagged);
            assertEquals(20, entry(ANN).path("vlan").asInt());
        }
    }

    /** The one that would be meant is VLAN 1, in which nobody finds it. */
    @Test
    void shouldAskForTheVlanWhereAPortHasNoneOfItsOwn() throws Exception {
        try (FrameClient lab = FrameClient.at(lanyard.path("lab.sock"))) {
            lanyard.await("lab/1", "up");
            lab.send(FrameClient.frame(ALL, 0x0200_0000_0003L, "untagged, and so dropped"));
            String told = refusal("fdb.add", params().put("mac", ANN).put("port", "lab/1"));
            assertTrue(told.contains("port lab/1 has no native VLAN"), told);
            assertTrue(told.contains("--vlan 10"), told);
            assertTrue(entry(ANN).isMissingNode());
        }
    }

    @Test
    void shouldHaveAFilesAddressInTheVlanThatItNames() throws Exception {
        try (FrameClient lab = FrameClient.at(lanyard.path("lab.sock"));
                FrameClient other = FrameClient.at(lanyard.path("lab.sock"))) {
            lanyard.await("lab/1", "up");
            lab.send(FrameClient.frame(ALL, 0x0200_0000_0003L, "untagged, and so dropped"));
            other.send(FrameClient.frame(ALL, 0x0200_0000_0003L, "untagged, and so dropped"));
            assertEquals(20, entry("02:00:00:00:00:bb").path("vlan").asInt());
            assertEquals("lab/1", entry("02:00:00:00:00:bb").path("port").asText());
        }
    }

    /** A number is no name: what belonged to who left is not for who comes and gets it. */
    @Test
    void shouldNotGiveAGuestsAddressesToAnotherThatTakesItsNumber() throws Exception {
        try (FrameClient second = FrameClient.at(lanyard.path("web.sock"))) {
            lanyard.await("web/2", "up");
            second.send(FrameClient.frame(ALL, 0x0200_0000_0003L, "hello"));
            lanyard.call("fdb.add", params().put("mac", ANN).put("port", "web/1"));
            lanyard.call("fdb.add", params().put("mac", BEN).put("port", "web/2"));
            web.close();
            lanyard.await("web/1", "absent");
            web = FrameClient.at(lanyard.path("web.sock"));
            lanyard.await("web/1", "up");
            assertTrue(entry("02:00:00:00:00:aa").isMissingNode(), "of the file");
            assertTrue(entry(ANN).isMissingNode(), "of the operator");
            assertEquals("web/2", entry(BEN).path("port").asText(), "who stays keeps its own");
        }
        lanyard.await("web/2", "absent");
        try (FrameClient another = FrameClient.at(lanyard.path("web.sock"))) {
            lanyard.await("web/2", "up");
            another.send(FrameClient.frame(ALL, 0x0200_0000_0004L, "hello"));
            assertTrue(entry(BEN).isMissingNode());
        }
    }

    @Test
    void shouldPutNobodyBehindAMirror() throws Exception {
        try (FrameClient watch = FrameClient.at(lanyard.path("watch.sock"))) {
            lanyard.await("watch/1", "up");
            IOException refusal =
                    assertThrows(
                            IOException.class,
                            () ->
                                    lanyard.call(
                                            "fdb.add",
                                            params().put("mac", ANN).put("port", "watch/1")));
            assertTrue(refusal.getMessage().contains("is a mirror"), refusal.getMessage());
            watch.send(FrameClient.frame(ALL, 0x0200_0000_00ffL, "from a mirror"));
        }
    }

    private List<String> page(String after, int limit) throws IOException {
        List<String> page = new ArrayList<>();
        ObjectNode params = params().put("after", after).put("limit", limit);
        for (JsonNode entry : lanyard.call("fdb.list", params)) {
            page.add(entry.path("mac").asText() + "/" + entry.path("vlan").asInt());
        }
        return page;
    }

    @Test
    void shouldTellPageByPageWhatThereIs() throws Exception {
        for (int i = 5; i > 0; i--) {
            lanyard.call(
                    "fdb.add", params().put("mac", "02:00:00:00:00:0" + i).put("port", "web/1"));
        }
        assertEquals(List.of(ANN + "/1", BEN + "/1"), page(null, 2));
        assertEquals(List.of("02:00:00:00:00:03/1", "02:00:00:00:00:04/1"), page(BEN + "/1", 2));
        assertEquals(
                List.of("02:00:00:00:00:05/1", "02:00:00:00:00:aa/1"),
                page("02:00:00:00:00:04/1", 9));
        assertEquals(List.of(), page("02:00:00:00:00:aa/1", 9));
        assertEquals(List.of(ANN + "/1"), page("00:00:00:00:00:00/1", 1), "nobody is there");
        for (String place : new String[] {"", "x", ANN, ANN + "/", "/1", ANN + "/x"}) {
            String why = refusal("fdb.list", params().put("after", place));
            assertTrue(why.contains("is no MAC/VLAN such as 52:54:00:12:34:56/1"), why);
        }
        assertTrue(refusal("fdb.list", params().put("limit", 0)).contains("from 1 to 65536"));
        assertTrue(refusal("fdb.list", params().put("limit", 65_537)).contains("from 1 to 65536"));
    }
}

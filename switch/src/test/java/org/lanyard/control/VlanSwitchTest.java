package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.frame.Frames;

/** VLANs from the file to the guests' sockets. */
class VlanSwitchTest {
    private static final int TAG = 0x8100;
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BOB = 0x5254_0000_000bL;
    private static final String CONFIGURATION =
            """
            [switch]
            workers = %d

            [ports.office]
            stream = { listen = "unix:office.sock" }
            vlan = { access = 10 }

            [ports.lab]
            stream = { listen = "unix:lab.sock" }
            vlan = { access = 20, admit = "untagged" }

            [ports.trunk]
            stream = { listen = "unix:trunk.sock" }
            vlan = { native = 1, trunk = [10, "20-29"], tag-type = "0x8100" }

            [ports.rest]
            stream = { listen = "unix:rest.sock" }

            [ports.customer]
            stream = { listen = "unix:customer.sock" }
            vlan = { tunnel = 29 }
            """;

    @TempDir private Path dir;

    private static FrameClient guest(RunningSwitch lanyard, String port) throws Exception {
        FrameClient guest = FrameClient.at(lanyard.path(port + ".sock"));
        lanyard.await(port + "/1", "up");
        return guest;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldKeepVlansApartAndJoinThemOnTheTrunk(int workers) throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(String.format(CONFIGURATION, workers), dir);
                FrameClient office = guest(lanyard, "office");
                FrameClient lab = guest(lanyard, "lab");
                FrameClient trunk = guest(lanyard, "trunk");
                FrameClient rest = guest(lanyard, "rest");
                FrameClient customer = guest(lanyard, "customer")) {
            byte[] call = Frames.frame(Frames.BROADCAST, ANN, 200, 1);
            office.send(call);
            assertArrayEquals(Frames.tagged(call, TAG, 10), trunk.receive());
            byte[] answer = Frames.frame(ANN, BOB, 1_000, 2);
            trunk.send(Frames.tagged(answer, TAG, 0x600a));
            assertArrayEquals(answer, office.receive());
            byte[] inner = Frames.tagged(Frames.frame(Frames.BROADCAST, BOB, 300, 3), TAG, 10);
            customer.send(inner);
            assertArrayEquals(Frames.tagged(inner, TAG, 29), trunk.receive());
            trunk.send(Frames.frame(Frames.BROADCAST, BOB, 80, 4));
            assertEquals(4, Frames.mark(rest.receive()), "the native VLAN is VLAN 1");
            trunk.send(Frames.tagged(Frames.frame(Frames.BROADCAST, BOB, 80, 5), TAG, 20));
            assertEquals(5, Frames.mark(lab.receive()), "and the lab saw nothing before");
            lab.send(Frames.tagged(call, TAG, 20));
            Eventually.see(
                    "a frame that the lab's port does not admit",
                    () -> lanyard.port("lab/1").path("drops").path("not-admitted").asInt(),
                    count -> count == 1);
        }
    }

    @Test
    void shouldShowVlansAsConfigured() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.of(String.format(CONFIGURATION, 1), dir)) {
            assertEquals(
                    "{\"mode\":\"access\",\"access\":20,\"native\":null,\"trunk\":[],"
                            + "\"admit\":\"untagged\"}",
                    show(lanyard, "lab"));
            assertEquals(
                    "{\"mode\":\"trunk\",\"access\":null,\"native\":1,"
                            + "\"trunk\":[10,20,21,22,23,24,25,26,27,28,29],"
                            + "\"tag_type\":\"0x8100\",\"admit\":\"all\"}",
                    show(lanyard, "trunk"));
            assertEquals(
                    "{\"mode\":\"tunnel\",\"access\":null,\"native\":null,\"trunk\":[],"
                            + "\"tunnel\":29,\"admit\":\"all\"}",
                    show(lanyard, "customer"));
            assertEquals(
                    "[{\"first\":1,\"last\":1,\"untagged\":[\"trunk\",\"rest\"],\"tagged\":[]},"
                            + "{\"first\":10,\"last\":10,\"untagged\":[\"office\"],"
                            + "\"tagged\":[\"trunk\"]},"
                            + "{\"first\":20,\"last\":20,\"untagged\":[\"lab\"],"
                            + "\"tagged\":[\"trunk\"]},"
                            + "{\"first\":21,\"last\":28,\"untagged\":[],\"tagged\":[\"trunk\"]},"
                            + "{\"first\":29,\"last\":29,\"untagged\":[\"customer\"],"
                            + "\"tagged\":[\"trunk\"]}]",
                    lanyard.call("vlan.list").toString());
        }
    }

    private static String show(RunningSwitch lanyard, String port) throws Exception {
        ObjectNode name = JsonNodeFactory.instance.objectNode().put("name", port);
        return lanyard.call("port.show", name).path("vlan").toString();
    }

    @Test
    void shouldListNoVlansWhereNoPortSaysAnything() throws Exception {
        try (RunningSwitch lanyard = RunningSwitch.in(dir)) {
            assertEquals("[]", lanyard.call("vlan.list").toString());
        }
    }
}

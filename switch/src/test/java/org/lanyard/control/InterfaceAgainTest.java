package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.tapio.NetNamespace;

/** Ports that have an interface which a port had that was removed a moment before. */
class InterfaceAgainTest {
    @TempDir private Path dir;

    private final ObjectMapper json = new ObjectMapper();
    private NetNamespace namespace;
    private RunningSwitch lanyard;

    @BeforeEach
    void start() throws Exception {
        namespace = NetNamespace.create();
        namespace.exec("ip", "link", "add", "out0", "type", "veth", "peer", "name", "in0");
        namespace.exec("ip", "link", "set", "out0", "up");
        namespace.exec("ip", "link", "set", "in0", "up");
    }

    @AfterEach
    void stop() throws Exception {
        if (lanyard != null) {
            lanyard.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    private String request(String method, String name, String set) {
        ObjectNode params = json.createObjectNode().put("name", name);
        if (set != null) {
            params.put("set", set);
        }
        ObjectNode request = json.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        return request.put("method", method).set("params", params) + "\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap = { name = \"tap7\" }", "packet = { interface = \"out0\" }"})
    void shouldComeUpUnderAnotherNameAtOnce(String kind) throws Exception {
        String toml = "[ports.one]\n" + kind + "\n";
        lanyard = namespace.call(() -> RunningSwitch.of(toml, dir));
        lanyard.await("one", "up");
        try (LineClient client = new LineClient(lanyard.controlSocket())) {
            // In one piece: the worker cannot have let go before the second is read.
            client.send(request("port.remove", "one", null) + request("port.add", "two", kind));
            String removed = client.line();
            assertTrue(removed.contains("\"result\""), removed);
            String added = client.line();
            assertTrue(added.contains("is let go by a port that is removed"), added);
        }
        lanyard.await("two", "up");
        assertFalse(lanyard.port("two").path("reason").isTextual());
    }
}

package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.capture.Tshark;
import org.lanyard.control.Eventually;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.TunnelEnds;

/** Two hosts with a tunnel between them, on two packet ports of a switch. */
@Timeout(300)
class TunnelIT {
    private static final int FRAMES = 4000;
    private static final Set<String> BAD = Set.of("0");
    private static final String TOML =
            """
            [ports.left]
            packet = { interface = "left0" }
            [ports.right]
            packet = { interface = "right0" }
            """;

    @TempDir private Path temp;
    private NetNamespace host;
    private TunnelEnds ends;
    private Program lanyard;

    @BeforeEach
    void enter() throws Exception {
        host = NetNamespace.create();
        ends = new TunnelEnds(NetNamespace.create(), NetNamespace.create());
        for (String name : List.of("left", "right")) {
            String pair = name + "0 type veth peer name " + name + "1";
            TunnelEnds.ip(host, "link add " + pair);
            TunnelEnds.ip(host, "link set " + name + "0 up");
        }
        ends.join(host, "left1", ends.left());
        ends.join(host, "right1", ends.right());
        String file = Files.writeString(temp.resolve("lab.toml"), TOML).toString();
        lanyard = Program.in(temp.resolve("lan0")).behind("ip", "netns", "exec", host.name());
        lanyard.succeed("start", "--config", file);
    }

    @AfterEach
    void leave() throws Exception {
        if (lanyard != null) {
            lanyard.cleanUp();
        }
        for (NetNamespace place : Arrays.asList(host, ends.left(), ends.right())) {
            place.close();
        }
    }

    private JsonNode port(String name) throws Exception {
        return new ObjectMapper().readTree(lanyard.succeed("port", "show", name, "--json").out());
    }

    private boolean reaches(String address) {
        try {
            ends.left().exec("ping", "-n", "-c", "1", "-W", "1", address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"VXLAN", "VXLAN with checksums", "VXLAN over IPv6", "GRE", "IPIP", "SIT"})
    void shouldCarryTcpInTunnelsInFramesThatAreRight(String tunnel) throws Exception {
        String address = ends.lay(tunnel, temp);
        Eventually.see("an answer", () -> reaches(address), is -> is);
        Path frames = temp.resolve("right.pcapng");
        Process server = ends.right().process("iperf3", "-s", "-1", "--forceflush").start();
        server.getInputStream().read(); // it listens
        Process capture =
                lanyard.spawn("capture", "right", "-w", frames.toString(), "--count", "" + FRAMES);
        Eventually.see("a capture", () -> Files.exists(frames), is -> is);
        String said = ends.left().exec("iperf3", "-c", address, "-n", "20M");
        assertTrue(said.contains("receiver"), said);
        server.destroyForcibly().waitFor();
        assertEquals(0, Program.end(capture).exitCode());
        assertNothingIsWrong(frames);
        for (String name : List.of("left", "right")) {
            assertEquals(0, port(name).path("drops").size(), () -> name + ": " + said);
        }
    }

    private static void assertNothingIsWrong(Path file) throws Exception {
        List<List<String>> frames =
                Tshark.checked(
                        file,
                        "frame.len",
                        "_ws.malformed",
                        "ip.checksum.status",
                        "udp.checksum.status",
                        "tcp.checksum.status");
        assertEquals(FRAMES, frames.size());
        int longest = 0;
        for (List<String> frame : frames) {
            longest = Math.max(longest, Integer.parseInt(frame.get(0)));
            assertEquals("", frame.get(1), "malformed");
            for (String status : frame.subList(2, 5)) {
                for (String one : status.split(",")) {
                    assertFalse(BAD.contains(one), () -> "a bad checksum: " + frame);
                }
            }
        }
        assertTrue(longest > 1300 && longest <= 1514, "frames of at most " + longest + " bytes");
    }
}

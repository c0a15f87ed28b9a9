package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.control.RunningSwitch;

/** What {@code lanyard attach} prints for a port and a QEMU, to be pasted into a shell. */
@Timeout(120)
class AttachTest {
    @TempDir private Path temp;
    private Path dir;
    private RunningSwitch lanyard;
    private int tcpPort;

    @BeforeEach
    void start() throws Exception {
        dir = temp.resolve("a,b");
        lanyard =
                RunningSwitch.of(
                        "[ports.guests]\nstream = { listen = \"unix:guests.sock\" }\n"
                                + "[ports.lab]\nstream = { listen = \"tcp:127.0.0.1:0\" }\n",
                        dir);
        String shown = Cli.run("port", "show", "lab", "--runtime-dir", dir.toString()).out();
        tcpPort = Integer.parseInt(shown.replaceAll("(?s).*tcp:127\\.0\\.0\\.1:(\\d+).*", "$1"));
    }

    @AfterEach
    void stop() {
        lanyard.close();
    }

    private Cli attach(String port, String version) throws IOException {
        Path qemu = temp.resolve("qemu-" + version);
        Files.writeString(qemu, "#!/bin/sh\necho QEMU emulator version " + version + ".1\n");
        Files.setPosixFilePermissions(qemu, PosixFilePermissions.fromString("rwx------"));
        return Cli.run("attach", port, "--qemu", qemu.toString(), "--runtime-dir", dir.toString());
    }

    private static void assertPrinted(String netdev, Cli cli) {
        assertEquals(0, cli.exitCode(), cli::err);
        String device = " \\\n-device virtio-net-pci,netdev=n0,mac=";
        assertTrue(cli.out().startsWith(netdev + device), cli::out);
    }

    @ParameterizedTest
    @CsvSource({
        "7.2, ''",
        "8.0, ',reconnect=1'",
        "9.1, ',reconnect=1'",
        "9.2, ',reconnect-ms=1000'",
        "10.2, ',reconnect-ms=1000'"
    })
    void shouldFitTheQemu(String version, String reconnect) throws IOException {
        String path = (dir + "/guests.sock").replace(",", ",,");
        assertPrinted(
                "-netdev stream,id=n0,server=off,addr.type=unix,addr.path=" + path + reconnect,
                attach("guests", version));
        assertPrinted(
                "-netdev stream,id=n0,server=off,addr.type=inet,addr.host=127.0.0.1,addr.port="
                        + tcpPort
                        + reconnect,
                attach("lab", version));
    }

    @ParameterizedTest
    @CsvSource({"6.2", "7.1"})
    void shouldFitAnOldQemuToATcpPortOnly(String version) throws IOException {
        assertPrinted("-netdev socket,id=n0,connect=127.0.0.1:" + tcpPort, attach("lab", version));
        Cli refused = attach("guests", version);
        assertEquals(1, refused.exitCode());
        assertEquals(
                "lanyard: QEMU "
                        + version
                        + " has no -netdev stream (7.2 has); let the port listen at"
                        + " tcp:127.0.0.1:PORT for it",
                refused.err().strip());
    }

    @Test
    void shouldSpeakToEachProgramThatStartsGuests() throws IOException {
        String dirWords = " --runtime-dir " + dir;
        for (String format : List.of("nic", "libvirt", "vagrant")) {
            Cli cli = Cli.run(("attach lab --format " + format + dirWords).split(" "));
            assertEquals(0, cli.exitCode(), cli::err);
            assertTrue(cli.out().contains(Integer.toString(tcpPort)), cli::out);
        }
        Cli lima = Cli.run(("attach guests --format lima" + dirWords).split(" "));
        assertTrue(lima.out().startsWith("networks:\n- socket: \"" + dir), lima::out);
    }

    @Test
    void shouldTakeTheCardThatTheUserWants() {
        String words = "attach --model e1000 --mac 02-00-00-00-00-0A --id lan --runtime-dir " + dir;
        String out = Cli.run(words.split(" ")).out();
        assertTrue(out.endsWith("-device e1000,netdev=lan,mac=02:00:00:00:00:0a\n"), out);
        assertTrue(out.startsWith("-netdev stream,id=lan,"), out);
    }

    @ParameterizedTest
    @CsvSource({"'01:00:5e:00:00:01', is a group's", "'52:54:00', is no MAC address"})
    void shouldRefuseAnAddressThatNoCardHas(String mac, String why) {
        Cli cli = Cli.run("attach", "--mac", mac, "--runtime-dir", dir.toString());
        assertEquals(2, cli.exitCode());
        assertTrue(cli.err().contains(why), cli::err);
    }

    @Test
    void shouldGiveAProgramTheArgumentsUnquoted() throws IOException {
        Cli cli = Cli.run("attach", "--json", "--runtime-dir", dir.toString());
        JsonNode answer = new ObjectMapper().readTree(cli.out());
        assertEquals("-netdev", answer.path("arguments").path(0).asText());
        assertTrue(answer.path("arguments").path(1).asText().startsWith("stream,id=n0"));
        assertEquals("-device", answer.path("arguments").path(2).asText());
        assertEquals("unix:" + dir + "/guests.sock", answer.path("endpoint").asText());
        assertTrue(answer.path("text").asText().startsWith("-netdev stream,"));
    }
}

package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Version;

/** Commands about a switch of another version, which is played: there is none yet. */
@Timeout(60)
class ProtocolTest {
    private static final String STATUS = "{\"name\":\"lab\",\"pid\":1,\"version\":\"9.0\"}";

    @TempDir private Path dir;

    /** What a command is told by a switch that answers {@code version} so. */
    private Cli told(String version, String... words) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Path socket = dir.resolve("control.sock");
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread other = new Thread(() -> answerOne(server, version), "another version");
            other.start();
            String[] all = new String[words.length + 2];
            System.arraycopy(words, 0, all, 0, words.length);
            all[words.length] = "--runtime-dir";
            all[words.length + 1] = dir.toString();
            Cli cli = Cli.run(all);
            other.join();
            return cli;
        } finally {
            java.nio.file.Files.deleteIfExists(dir.resolve("control.sock"));
        }
    }

    private static void answerOne(ServerSocketChannel server, String version) {
        try (SocketChannel client = server.accept();
                BufferedReader lines =
                        new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String said = line.contains("\"version\"") ? version : "\"result\":" + STATUS;
                String answer = "{\"jsonrpc\":\"2.0\",\"id\":1," + said + "}\n";
                client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldNotGuessWhatASwitchOfAnotherProtocolMeans() throws Exception {
        Cli cli = told("\"result\":{\"protocol\":2,\"version\":\"9.0\"}", "port", "list");
        assertEquals(1, cli.exitCode());
        assertTrue(
                cli.err()
                        .startsWith(
                                "lanyard: the switch in "
                                        + dir
                                        + " is lanyard 9.0, whose control socket speaks protocol 2;"
                                        + " this is lanyard "
                                        + Version.CURRENT
                                        + ", which speaks 1: "),
                cli::err);
        assertEquals("", cli.out());
    }

    @Test
    void shouldKnowASwitchThatIsOlderThanProtocols() throws Exception {
        Cli cli =
                told(
                        "\"error\":{\"code\":-32601,\"message\":\"no method 'version'\"}",
                        "fdb",
                        "list");
        assertEquals(1, cli.exitCode());
        assertTrue(cli.err().contains(" is lanyard of an older version, "), cli::err);
    }

    @Test
    void shouldPassOnWhatElseTheSwitchSays() throws Exception {
        Cli cli = told("\"error\":{\"code\":-32001,\"message\":\"not for you\"}", "fdb", "list");
        assertEquals("lanyard: not for you" + System.lineSeparator(), cli.err());
    }

    @Test
    void shouldAskAnyForItsStatus() throws Exception {
        Cli cli = told("\"result\":{\"protocol\":2}", "status");
        assertEquals(0, cli.exitCode(), cli::err);
        assertTrue(cli.out().startsWith("switch     lab 9.0, pid 1"), cli::out);
    }
}

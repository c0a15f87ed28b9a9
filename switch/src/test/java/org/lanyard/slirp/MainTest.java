package org.lanyard.slirp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The child process as the switch sees it, its program in a directory that is its owner's alone.
 */
@Timeout(120)
class MainTest {
    private static final int TIME_LIMIT_SECONDS = 60;
    private static final long MAC = 0x5254_0000_0001L;
    private static final int ADDRESS = 0x0a00020f;

    @TempDir private Path dir;
    private ServerSocketChannel listener;
    private Process child;
    private BufferedReader answers;

    @BeforeEach
    void listen() throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(dir.resolve("s")));
    }

    @AfterEach
    void endAll() throws IOException {
        listener.close();
        if (child != null) {
            child.destroyForcibly();
        }
    }

    /** Copies directories of classes: jars are open already when root becomes nobody. */
    private String ownClassPath() throws IOException {
        Path own = Files.createDirectory(dir.resolve("classes"));
        List<String> path = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path from = Path.of(element);
            if (!Files.isDirectory(from)) {
                path.add(element);
                continue;
            }
            Path to = own.resolve("" + path.size());
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(from.relativize(file)));
                }
            }
            path.add(to.toString());
        }
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        return String.join(File.pathSeparator, path);
    }

    /** Starts it for the default network with something more. */
    private void start(String... more) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", ownClassPath(), Main.class.getName()));
        command.add(Main.SOCKET + dir.resolve("s"));
        command.add(Main.PARENT + ProcessHandle.current().pid());
        command.addAll(UserNetwork.of(Ip4.parse("10.0.2.0"), 24).words());
        command.addAll(List.of(more));
        child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = child.inputReader(StandardCharsets.UTF_8);
    }

    private String ask(String command) throws IOException {
        child.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
        child.getOutputStream().flush();
        return answers.readLine();
    }

    private void assertEnds(int status) throws InterruptedException {
        assertTrue(child.waitFor(TIME_LIMIT_SECONDS, TimeUnit.SECONDS), "it goes on");
        assertEquals(status, child.exitValue());
    }

    @Test
    void shouldServeAndForwardUntilItsInputEnds() throws Exception {
        start();
        assertTrue(answers.readLine().startsWith(Main.READY));
        try (SocketChannel connection = listener.accept()) {
            DataOutputStream out = new DataOutputStream(Channels.newOutputStream(connection));
            DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
            byte[] question = Packets.arp(MAC, ADDRESS, Packets.GATEWAY);
            out.writeInt(question.length);
            out.write(question);
            byte[] answer;
            do {
                answer = in.readNBytes(in.readInt()); // IPv6 announces itself meanwhile
            } while (!Packets.isArpFrom(answer, Packets.GATEWAY));
        }
        assertEnds(0);
    }

    @Test
    void shouldSayWhatCanNotBe() throws Exception {
        start();
        assertTrue(answers.readLine().startsWith(Main.READY));
        try (SocketChannel connection = listener.accept();
                ServerSocket taken = new ServerSocket(0)) {
            assertTrue(connection.isConnected());
            String forward = "tcp::" + taken.getLocalPort() + "-:22";
            assertEquals(
                    "refused hostfwd " + forward + ": Address already in use",
                    ask("forward " + forward));
            assertEquals("refused 'hello' is no command", ask("hello"));
            assertTrue(ask("forward nonsense").startsWith("refused 'nonsense' is no forward"));
            assertEquals(Main.DONE, ask("forward"));
            child.getOutputStream().close();
            assertEnds(0);
        }
    }

    @Test
    void shouldRefuseADirectoryThatItCanNotRead() throws Exception {
        start("tftp=" + dir.resolve("absent"));
        String answer = answers.readLine();
        assertTrue(answer.startsWith("refused tftp: " + dir.resolve("absent") + " is no "), answer);
        assertEnds(1);
    }

    @Test
    void shouldNotServeForAnotherThanItsParent() throws Exception {
        start("parent=1");
        assertEquals("refused the parent process: No such process", answers.readLine());
        assertEnds(1);
        assertFalse(child.isAlive());
    }
}

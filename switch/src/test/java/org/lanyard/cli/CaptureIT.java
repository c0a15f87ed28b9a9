package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.capture.PcapngStatistics;
import org.lanyard.capture.Tshark;
import org.lanyard.control.FrameClient;

/** {@code lanyard capture} as its users run it. */
@Timeout(300)
class CaptureIT {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    @TempDir private Path temp;
    private Program lanyard;
    private FrameClient ann;
    private FrameClient ben;

    @BeforeEach
    void start() throws Exception {
        lanyard = Program.in(temp.resolve("lan0"));
        lanyard.succeed("start");
        ann = FrameClient.at(lanyard.path("guests.sock"));
        ben = FrameClient.at(lanyard.path("guests.sock"));
        FrameClient.meet(ann, ben);
        ben.send(FrameClient.frame(ANN, BEN, "learn me"));
        ann.receive();
    }

    @AfterEach
    void stop() throws Exception {
        ann.close();
        ben.close();
        lanyard.run("stop");
        lanyard.cleanUp();
    }

    private void cross(String payload) throws Exception {
        ann.send(FrameClient.frame(BEN, ANN, payload));
        ben.receive();
    }

    /** A capture has begun when a frame of the stream of them shows: until then, more. */
    private String awaitLine(BufferedReader out) throws Exception {
        for (int i = 0; i < 1_000 && !out.ready(); i++) {
            cross("beginning");
            Thread.sleep(20);
        }
        return out.readLine();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void interrupt(Process process) throws Exception {
        Process kill = new ProcessBuilder("sh", "-c", "kill -INT " + process.pid()).start();
        assertEquals(0, kill.waitFor());
    }

    /** Each frame shows in tshark while the next has not been sent. */
    @Test
    void shouldFeedTsharkLive() throws Exception {
        Process capture = lanyard.spawn("capture", "guests/2", "-w", "-");
        List<String> words =
                List.of("tshark", "-n", "-l", "-r", "-", "-T", "fields", "-e", "data.data");
        Process tshark =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Thread pipe =
                new Thread(
                        () -> {
                            try (var to = tshark.getOutputStream()) {
                                byte[] piece = new byte[4096];
                                int count;
                                while ((count = capture.getInputStream().read(piece)) >= 0) {
                                    to.write(piece, 0, count);
                                    to.flush();
                                }
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        });
        pipe.start();
        try (BufferedReader out = reader(tshark)) {
            awaitLine(out);
            for (int i = 0; i < 5; i++) {
                String payload = "live frame " + i;
                cross(payload);
                String expected =
                        HexFormat.of().formatHex(payload.getBytes(StandardCharsets.US_ASCII));
                String line;
                do {
                    line = out.readLine();
                } while (!line.startsWith(expected));
            }
            interrupt(capture);
            assertTrue(capture.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, capture.exitValue());
            assertTrue(tshark.waitFor(60, TimeUnit.SECONDS), "tshark sees the end too");
            assertEquals(0, tshark.exitValue());
        } finally {
            capture.destroyForcibly();
            tshark.destroyForcibly();
            pipe.join();
        }
    }

    @Test
    void shouldEndItsFileInOrderOnCtrlC() throws Exception {
        Path file = temp.resolve("lab.pcapng");
        Process capture = lanyard.spawn("capture", "-w", file.toString());
        try {
            for (int i = 0; i < 1_000 && (!Files.exists(file) || Files.size(file) < 500); i++) {
                cross("frame " + i);
                Thread.sleep(20);
            }
            interrupt(capture);
            Program.Ended ended = Program.end(capture);
            assertEquals(0, ended.exitCode());
            assertEquals("", ended.out());
            List<PcapngStatistics> statistics = PcapngStatistics.in(Files.readAllBytes(file));
            assertEquals(2, statistics.size());
            int frames = Tshark.fields(file, "frame.number").size();
            assertEquals(frames, statistics.stream().mapToLong(s -> s.received()).sum());
            assertEquals(frames + " frames captured, 0 missed\n", ended.err());
        } finally {
            capture.destroyForcibly();
        }
    }

    @Test
    void shouldShowALineForEachFrameToPeople() throws Exception {
        Process capture = lanyard.spawn("capture", "guests", "--count", "2");
        try (BufferedReader out = reader(capture)) {
            String in = awaitLine(out);
            String leaving = out.readLine();
            String pattern =
                    "\\d\\d:\\d\\d:\\d\\d\\.\\d{6} guests/%d %s +52:54:00:00:00:0a"
                            + " > 52:54:00:00:00:0b, ethertype 0x88b5, length 60";
            assertTrue(Pattern.matches(String.format(pattern, 1, "in"), in), in);
            assertTrue(Pattern.matches(String.format(pattern, 2, "out"), leaving), leaving);
            Program.Ended ended = Program.end(capture);
            assertEquals(0, ended.exitCode());
            assertEquals("2 frames captured, 0 missed\n", ended.err());
        } finally {
            capture.destroyForcibly();
        }
    }

    @Test
    void shouldEndQuietlyWhenNobodyReadsIt() throws Exception {
        Process capture = lanyard.spawn("capture", "-w", "-");
        try {
            awaitLine(reader(capture));
            capture.getInputStream().close();
            for (int i = 0; i < 1_000 && capture.isAlive(); i++) {
                cross("nobody reads this");
                Thread.sleep(20);
            }
            assertTrue(capture.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, capture.exitValue());
        } finally {
            capture.destroyForcibly();
        }
    }

    @Test
    void shouldEndInOrderWithTheSwitch() throws Exception {
        Path file = temp.resolve("lab.pcapng");
        Process capture = lanyard.spawn("capture", "-w", file.toString());
        try {
            for (int i = 0; i < 1_000 && (!Files.exists(file) || Files.size(file) < 500); i++) {
                cross("frame " + i);
                Thread.sleep(20);
            }
            lanyard.succeed("stop");
            Program.Ended ended = Program.end(capture);
            assertEquals(0, ended.exitCode(), ended::err);
            assertEquals(2, PcapngStatistics.in(Files.readAllBytes(file)).size());
        } finally {
            capture.destroyForcibly();
        }
    }

    @Test
    void shouldNotTouchAFileForAPortThatIsNotThere() throws Exception {
        Path file = Files.writeString(temp.resolve("old.pcapng"), "old");
        Program.Ended ended = lanyard.run("capture", "nobody", "-w", file.toString());
        assertEquals(1, ended.exitCode());
        assertEquals(
                "lanyard: no port 'nobody'; there are guests, guests/1, guests/2\n", ended.err());
        assertEquals("old", Files.readString(file));
    }
}

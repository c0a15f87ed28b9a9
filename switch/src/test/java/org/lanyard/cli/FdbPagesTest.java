package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.control.Eventually;
import org.lanyard.control.FrameClient;
import org.lanyard.control.RunningSwitch;

/** More addresses than one answer holds. */
@Timeout(240)
class FdbPagesTest {
    private static final int KNOWN = 70_000;
    private static final int AT_ONCE = 500;
    private static final long ALL = 0xffff_ffff_ffffL;
    private static final long FIRST = 0x0200_0000_0000L;

    @TempDir private Path dir;
    private RunningSwitch lanyard;
    private FrameClient guest;

    @BeforeEach
    void start() throws Exception {
        lanyard = RunningSwitch.of("[switch]\nmac-table-size = 131072\n", dir);
        guest = FrameClient.at(lanyard.path("guests.sock"));
        for (int sent = 0; sent < KNOWN; sent += AT_ONCE) {
            ByteBuffer frames = ByteBuffer.allocate(64 * AT_ONCE);
            for (int i = 0; i < AT_ONCE; i++) {
                byte[] frame = FrameClient.frame(ALL, FIRST + sent + i, "x");
                frames.putInt(frame.length).put(frame);
            }
            guest.sendRaw(Arrays.copyOf(frames.array(), frames.position()));
            int known = sent + AT_ONCE;
            Eventually.see(
                    "all are known",
                    () -> lanyard.call("status").path("fdb").path("size").asInt(),
                    size -> size == known);
        }
    }

    @AfterEach
    void stop() throws Exception {
        guest.close();
        lanyard.close();
    }

    private Cli list(String... more) {
        List<String> words = new ArrayList<>(List.of("fdb", "list"));
        words.addAll(List.of("--runtime-dir", dir.toString()));
        words.addAll(List.of(more));
        return Cli.run(words.toArray(String[]::new));
    }

    @Test
    void shouldBeListedWhollyAndNeverInOneAnswer() throws Exception {
        IOException refused = assertThrows(IOException.class, () -> lanyard.call("fdb.list"));
        assertTrue(refused.getMessage().contains("there are 70000 addresses"), refused::getMessage);
        TreeSet<String> told = new TreeSet<>();
        Cli table = list();
        assertEquals("", table.err());
        table.out().lines().filter(line -> line.startsWith("02:")).forEach(told::add);
        assertEquals(KNOWN, told.size());
        JsonNode all = new ObjectMapper().readTree(list("--json").out());
        assertEquals(KNOWN, all.size());
        assertEquals("02:00:00:00:00:00", all.get(0).path("mac").asText());
        assertEquals("02:00:00:01:11:6f", all.get(KNOWN - 1).path("mac").asText());
    }
}

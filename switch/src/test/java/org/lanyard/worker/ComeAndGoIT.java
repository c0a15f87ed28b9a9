package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.frame.Frames;

/** Ten thousand guests that come, say something or half of it, and go. */
final class ComeAndGoIT {
    private static final int WARM_UP = 1_000;
    private static final int GUESTS = 10_000;

    // What the JVM itself may take meanwhile. A chunk left behind by each fourth guest would be
    // 10 MiB resident and 180 MiB mapped, one small object by each guest some hundred KiB of heap.
    private static final long RESIDENT_SLACK = 8 << 10;
    private static final long MAPPED_SLACK = 32 << 10;
    private static final long HEAP_SLACK = 256 << 10;

    @TempDir private Path directory;
    private int witnessed;

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        try (SwitchProcess lan = new SwitchProcess(directory, 1024);
                WireGuest witness = lan.guest()) {
            comeAndGo(lan, witness, WARM_UP);
            int descriptors = lan.descriptors();
            int threads = lan.threads();
            long heap = lan.heap();
            long mapped = lan.memory("VmSize");
            long resident = lan.memory("VmRSS");
            comeAndGo(lan, witness, GUESTS);
            lan.await("as many descriptors as before", () -> lan.descriptors() <= descriptors);
            assertTrue(lan.threads() <= threads, lan.threads() + " threads, before " + threads);
            assertAtMost(HEAP_SLACK, lan.heap() - heap, "bytes of heap");
            assertAtMost(MAPPED_SLACK, lan.memory("VmSize") - mapped, "KiB mapped");
            assertAtMost(RESIDENT_SLACK, lan.memory("VmRSS") - resident, "KiB in memory");
            assertTrue(lan.log().size() < 200, lan.log().size() + " lines in the log");
        }
    }

    private static void assertAtMost(long limit, long growth, String unit) {
        assertTrue(growth <= limit, growth + " " + unit + " more, " + limit + " were allowed");
    }

    private void comeAndGo(SwitchProcess lan, WireGuest witness, int times) throws IOException {
        byte[] half = Arrays.copyOf(Frames.stream(hello()), 100);
        byte[] other = "GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < times; i++) {
            WireGuest guest = lan.guest();
            switch (i % 4) {
                case 0 -> guest.send(hello());
                case 1 -> guest.sendRaw(half);
                case 2 -> guest.sendRaw(other);
                default -> {}
            }
            guest.close();
            if (i % 4 == 0) {
                hear(witness); // so that the switch is never far behind
            }
        }
        lan.await("all gone", () -> lan.descriptors() < 200);
    }

    private byte[] hello() {
        return Frames.frame(Frames.BROADCAST, 0x5254_0000_000aL, 300, witnessed);
    }

    private void hear(WireGuest witness) throws IOException {
        assertEquals(witnessed, Frames.mark(witness.receive()));
        witnessed++;
    }
}

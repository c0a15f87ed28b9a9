package org.lanyard.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.Burst;
import org.lanyard.frame.Frames;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.policy.PortPolicy;
import org.lanyard.policy.Vlans;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.MemoryPort;
import org.lanyard.port.Recorder;

/** Files that captures make, as Wireshark's programs read them. */
@Tag("slow")
@Timeout(120)
class CaptureFileTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    @TempDir private Path dir;

    private final Fabric fabric = new Fabric(new Fdb(16), 8);
    private final ChunkPool pool = new ChunkPool(1 << 20);
    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final List<Capture> captures = new ArrayList<>();
    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    @AfterEach
    void close() {
        captures.forEach(Capture::close);
        slab.close();
        pool.close();
    }

    private Capture capture(Filter filter, long count, int workers) {
        Capture capture = new Capture(filter, count, "lanyard test", Clock.SYSTEM, workers);
        captures.add(capture);
        return capture;
    }

    private Capture everything() {
        return capture(new Filter(Set.of(), Filter.ANY_VLAN, Filter.WHOLE), Long.MAX_VALUE, 1);
    }

    private MemoryPort port(String name) {
        MemoryPort port = new MemoryPort(name, pool, 1 << 20);
        fabric.plug(port);
        return port;
    }

    private MemoryPort port(String name, Vlans vlans) {
        MemoryPort port = new MemoryPort(name, pool, 1 << 20);
        port.obey(PortPolicy.NONE.with(vlans));
        fabric.plug(port);
        return port;
    }

    private Recorder recorder(MemoryPort port, int worker, Capture... by) {
        return PortRecorder.of(port, worker, fabric, Clock.SYSTEM, List.of(by));
    }

    private void received(Recorder recorder, byte[]... frames) {
        int end = lay(frames);
        burst.clear();
        new StreamFormat().parse(slab, 0, end, burst);
        recorder.received(slab.bytes(), burst);
    }

    private void sent(Recorder recorder, byte[]... frames) {
        recorder.beforeSending();
        recorder.sent(slab.bytes(), 0, lay(frames));
    }

    private int lay(byte[]... frames) {
        byte[] stream = Frames.stream(frames);
        slab.clear();
        slab.bytes().put(0, stream);
        return stream.length;
    }

    private boolean write(Capture capture, int size) {
        ByteBuffer out = Capture.buffer(size);
        boolean all = capture.write(out, false);
        file.write(out.array(), 0, out.position());
        return all;
    }

    private Path end(Capture capture) throws Exception {
        ByteBuffer out = Capture.buffer(1 << 20);
        assertTrue(capture.write(out, true) && capture.summarise(out));
        file.write(out.array(), 0, out.position());
        return Files.write(dir.resolve("file.pcapng"), file.toByteArray());
    }

    private static byte[] frame(int length, int mark) {
        return Frames.frame(BEN, ANN, length, mark);
    }

    @Test
    void shouldBeReadAsItWasWritten() throws Exception {
        Capture capture = everything();
        MemoryPort web = port("web/1");
        Instant before = Instant.now();
        Recorder ofWeb = recorder(web, 0, capture);
        Recorder ofHost = recorder(port("host"), 0, capture);
        received(ofWeb, frame(60, 1), frame(61, 2), frame(1514, 3));
        sent(ofHost, frame(60, 1), frame(9014, 4));
        Path read = end(capture);

        List<List<String>> frames =
                Tshark.fields(
                        read,
                        "frame.interface_name",
                        "frame.packet_flags_direction",
                        "frame.len",
                        "frame.cap_len",
                        "eth.src",
                        "eth.dst",
                        "data.data");
        assertEquals(5, frames.size());
        int[] lengths = {60, 61, 1514, 60, 9014};
        int[] marks = {1, 2, 3, 1, 4};
        for (int i = 0; i < 5; i++) {
            byte[] payload = frame(lengths[i], marks[i]);
            String data = HexFormat.of().formatHex(payload, 14, payload.length);
            String length = "" + lengths[i];
            assertEquals(
                    List.of(
                            i < 3 ? "web/1" : "host",
                            i < 3 ? "0x00000001" : "0x00000002",
                            length,
                            length,
                            "52:54:00:00:00:0a",
                            "52:54:00:00:00:0b",
                            data),
                    frames.get(i));
        }
        List<List<String>> times = Tshark.fields(read, "frame.time_epoch");
        double first = Double.parseDouble(times.get(0).get(0));
        double last = Double.parseDouble(times.get(4).get(0));
        assertTrue(first >= before.toEpochMilli() / 1e3 && last >= first, times::toString);
        assertTrue(last <= Instant.now().toEpochMilli() / 1e3 + 0.001, times::toString);
        String infos = Tshark.capinfos(read);
        assertTrue(infos.contains("nanoseconds (9)"), infos);
        assertTrue(infos.contains("Strict time order:   True"), infos);
        assertTrue(infos.contains("Number of interfaces in file: 2"), infos);
        assertTrue(infos.contains("Number of stat entries = 1"), infos);
        assertTrue(infos.contains("lanyard test"), infos);
        assertEquals(3, PcapngStatistics.in(file.toByteArray()).get(0).received());
        assertEquals(2, PcapngStatistics.in(file.toByteArray()).get(1).received());
    }

    @Test
    void shouldKeepOnlyTheHeadsOfFramesIfTold() throws Exception {
        Capture capture = capture(new Filter(Set.of(), Filter.ANY_VLAN, 17), Long.MAX_VALUE, 1);
        received(recorder(port("web"), 0, capture), frame(60, 1), frame(1514, 2));
        assertEquals(
                List.of(List.of("60", "17"), List.of("1514", "17")),
                Tshark.fields(end(capture), "frame.len", "frame.cap_len"));
    }

    @Test
    void shouldBeWholeBlocksHoweverSmallThePieces() throws Exception {
        Capture capture = everything();
        for (int i = 0; i < 20; i++) {
            received(recorder(port("web" + i), 0, capture), frame(60 + i, i), frame(300, i));
            fabric.unplug(fabric.topology().port(0));
        }
        int pieces = 1;
        while (!write(capture, 400)) {
            pieces++;
        }
        assertTrue(pieces > 20, pieces + " pieces");
        List<List<String>> lengths = Tshark.fields(end(capture), "frame.interface_name");
        assertEquals(40, lengths.size());
        assertEquals(List.of("web19"), lengths.get(39));
    }

    @Test
    void shouldPutTheFramesOfSeveralWorkersInOrder() throws Exception {
        Capture capture =
                capture(new Filter(Set.of(), Filter.ANY_VLAN, Filter.WHOLE), Long.MAX_VALUE, 3);
        List<Recorder> recorders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            recorders.add(recorder(port("web/" + i), i, capture));
        }
        for (int i = 0; i < 300; i++) {
            received(recorders.get(i * 7 % 3), frame(60 + i, i));
            if (i % 50 == 0) {
                write(capture, 1 << 20);
            }
        }
        List<List<String>> lengths = Tshark.fields(end(capture), "frame.len");
        for (int i = 0; i < 300; i++) {
            assertEquals(List.of("" + (60 + i)), lengths.get(i));
        }
    }

    @Test
    void shouldEndAfterSoManyFrames() throws Exception {
        Capture capture = capture(new Filter(Set.of(), Filter.ANY_VLAN, Filter.WHOLE), 3, 1);
        Recorder recorder = recorder(port("web"), 0, capture);
        received(recorder, frame(60, 1), frame(61, 2));
        assertTrue(write(capture, 4096));
        assertFalse(capture.isComplete());
        received(recorder, frame(62, 3), frame(63, 4));
        Path read = end(capture);
        assertTrue(capture.isComplete());
        assertEquals(3, capture.written());
        assertEquals(3, Tshark.fields(read, "frame.len").size());
    }

    @Test
    void shouldSayHowManyFramesThereWasNoRoomFor() throws Exception {
        Capture capture = everything();
        MemoryPort web = port("web/1");
        Recorder recorder = recorder(web, 0, capture);
        for (int i = 0; i < 100; i++) {
            received(recorder, frame(60_000, i), frame(60_000, i), frame(60_000, i));
        }
        assertTrue(capture.missed() > 100, capture.missed() + " missed");
        long missed = capture.missed();
        capture.forget(web); // what it was counted is not forgotten
        Recorder again = recorder(port("web/1"), 0, capture);
        file.reset();
        while (!write(capture, 1 << 20)) {
            // as often as it takes
        }
        received(again, frame(60, 1));
        assertEquals(missed, capture.missed());
        Path read = end(capture);
        PcapngStatistics statistics = PcapngStatistics.in(file.toByteArray()).get(0);
        assertEquals(301, statistics.received());
        assertEquals(missed, statistics.missed());
        assertEquals(301 - missed, Tshark.fields(read, "frame.len").size());
    }

    @Test
    void shouldCoverPortsByTheirNamesAndGuestsByTheirListeners() {
        Capture capture = capture(new Filter(Set.of("web", "lab/2"), Filter.ANY_VLAN, 0), 9, 1);
        for (String name : List.of("web", "web/1", "web/22", "lab/2")) {
            assertTrue(recorder(port(name), 0, capture) != null, name);
        }
        for (String name : List.of("lab", "lab/1", "webs/1")) {
            assertNull(recorder(port(name), 0, capture), name);
        }
    }

    private List<List<String>> inVlan10(MemoryPort port, byte[]... frames) throws Exception {
        Capture capture = capture(new Filter(Set.of(), 10, Filter.WHOLE), Long.MAX_VALUE, 1);
        Recorder recorder = recorder(port, 0, capture);
        received(recorder, frames);
        sent(recorder, frames);
        file.reset();
        return Tshark.fields(end(capture), "frame.len");
    }

    /** Each frame has a length of its own. */
    private static byte[][] taggedAndNot() {
        return new byte[][] {
            frame(60, 0),
            Frames.tagged(frame(61, 0), 0x8100, 10),
            Frames.tagged(frame(62, 0), 0x8100, 0xe000 | 10),
            Frames.tagged(frame(63, 0), 0x8100, 20),
            Frames.tagged(frame(64, 0), 0x88a8, 10),
            Frames.tagged(frame(65, 0), 0x8100, 0)
        };
    }

    private static List<List<String>> twice(String... lengths) {
        List<List<String>> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            for (String length : lengths) {
                all.add(List.of(length));
            }
        }
        return all;
    }

    @Test
    void shouldGoByTagsWhereNoPortSaysAnythingOfVlans() throws Exception {
        assertEquals(twice("65", "66", "68"), inVlan10(port("web"), taggedAndNot()));
    }

    @Test
    void shouldGoByThePortsVlans() throws Exception {
        BitSet trunk = new BitSet();
        trunk.set(10);
        MemoryPort uplink = port("uplink", Vlans.trunk(1, trunk, Vlans.CUSTOMER_TAG));
        assertEquals(twice("65", "66"), inVlan10(uplink, taggedAndNot()));
        MemoryPort access = port("access", Vlans.access(10));
        assertEquals(twice("60", "65", "66", "68", "69"), inVlan10(access, taggedAndNot()));
        MemoryPort tunnel = port("tunnel", Vlans.tunnel(10));
        assertEquals(twice("60", "65", "66", "67", "68", "69"), inVlan10(tunnel, taggedAndNot()));
        assertEquals(twice("65", "66"), inVlan10(port("silent"), taggedAndNot()));
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Capture all = everything();
        Capture some = capture(new Filter(Set.of("web"), 10, 64), Long.MAX_VALUE, 1);
        Recorder recorder = recorder(port("web/1"), 0, all, some);
        ByteBuffer out = Capture.buffer(1 << 20);
        int end = lay(taggedAndNot());
        burst.clear();
        new StreamFormat().parse(slab, 0, end, burst);
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 20_000; i++) {
                recorder.received(slab.bytes(), burst);
                recorder.beforeSending();
                recorder.sent(slab.bytes(), 0, end);
                all.write(out.clear(), false);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(all.written() > 100_000);
        assertTrue(allocated < 8_192, allocated + " bytes");
    }
}

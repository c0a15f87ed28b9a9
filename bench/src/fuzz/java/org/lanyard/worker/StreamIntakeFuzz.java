package org.lanyard.worker;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;
import org.lanyard.fuzz.Sink;
import org.lanyard.fuzz.Sockets;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.StreamPair;

/**
 * What a guest writes to its socket, in whatever pieces: each frame leaves by the ports that it is
 * for, or is counted, once; and the stream ends where it has lost its step.
 */
public final class StreamIntakeFuzz {
    private static final int MOST_WRITTEN = 100_000;

    private static final StreamPair PAIR = Sockets.pair();
    private static final Region OUT = Region.allocate(MOST_WRITTEN);
    private static final ChunkPool POOL = new ChunkPool(16 << 20);
    private static final IoVec PIECES = new IoVec(IoVec.MAX_PIECES);
    private static final Fabric FABRIC = new Fabric(new Fdb(256), 16);
    private static final Intake INTAKE =
            new Intake(
                    FABRIC,
                    (port, cause) -> {
                        throw cause;
                    });

    private final StreamPort port =
            new StreamPort(
                    "eve",
                    new PortCounters(),
                    PAIR.server().fd(),
                    POOL,
                    PIECES,
                    ChunkPool.CHUNK_SIZE);
    private final List<Sink> others = List.of(new Sink("a"), new Sink("b"));
    private final List<byte[]> written = new ArrayList<>();
    private boolean ended;

    private StreamIntakeFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        new StreamIntakeFuzz().run(new Input(bytes));
    }

    private void run(Input input) {
        FABRIC.plug(port);
        others.forEach(FABRIC::plug);
        try {
            while (!input.isEmpty() && !ended) {
                write(input.streamPiece(0x40, StreamFormat.MAX_FRAME));
                read();
            }
            long stumbled = port.counters().drops(DropReason.STUMBLED);
            Check.same(0L, stumbled, "bursts that the switch stumbled over");
            port.release();
            compare();
            Check.same(0L, POOL.taken(), "bytes of memory that were not given back");
        } finally {
            read(); // what a finding has left in the socket
            port.release();
            FABRIC.unplug(port);
            others.forEach(FABRIC::unplug);
        }
    }

    private void write(byte[] bytes) {
        OUT.bytes().put(0, bytes);
        long count = LibC.write(PAIR.client().fd(), OUT.address(), bytes.length);
        Check.same((long) bytes.length, count, "bytes that the socket took");
        written.add(bytes);
    }

    private void read() {
        while (true) {
            int end = port.fill(INTAKE.slab(Slab.READ_SIZE));
            if (end == KernelPort.NOTHING) {
                return;
            }
            Check.that(end != KernelPort.GONE && end != KernelPort.NO_ANSWER, "the socket is gone");
            ended |= end == KernelPort.NOT_FRAMES || !ended && !INTAKE.take(port, end, 0, true);
        }
    }

    private void compare() {
        ByteBuffer stream = ByteBuffer.allocate(written.stream().mapToInt(b -> b.length).sum());
        written.forEach(stream::put);
        Model model = new Model(others);
        model.take(stream.flip());
        Check.same(model.broken, ended, "the connection's end");
        PortCounters counters = port.counters();
        Check.same(model.frames, counters.rxPackets(), "frames received");
        Check.same(model.bytes, counters.rxBytes(), "bytes received");
        Check.same(model.drops, counters.drops(), "frames dropped");
        for (Sink other : others) {
            List<byte[]> meant = model.meant.get(other);
            List<byte[]> sent = other.takeSent();
            Check.same(meant.size(), sent.size(), "frames that left by " + other);
            for (int i = 0; i < meant.size(); i++) {
                Check.same(meant.get(i), sent.get(i), "frame " + i + " at " + other);
            }
        }
    }

    /** The rules, written plainly: all comes in by one port, so nobody is known elsewhere. */
    private static final class Model {
        final Map<Sink, List<byte[]>> meant = new HashMap<>();
        final List<Long> sources = new ArrayList<>();
        long frames;
        long bytes;
        long drops;
        boolean broken;

        Model(List<Sink> sinks) {
            sinks.forEach(sink -> meant.put(sink, new ArrayList<>()));
        }

        void take(ByteBuffer stream) {
            boolean first = true;
            while (stream.remaining() >= 4 && !broken) {
                int length = stream.getInt();
                if (length < 0 || length > 69_632 || first && length < 14) {
                    drops++;
                    broken = true;
                } else if (length > stream.remaining()) {
                    drops++; // truncated
                    return;
                } else {
                    byte[] frame = new byte[length];
                    stream.get(frame);
                    take(frame);
                }
                first = false;
            }
            drops += stream.hasRemaining() && !broken ? 1 : 0;
        }

        private void take(byte[] frame) {
            if (frame.length < 14) {
                drops++;
                return;
            }
            byte[] padded = Arrays.copyOf(frame, Math.max(60, frame.length));
            frames++;
            bytes += padded.length;
            long destination = ByteBuffer.wrap(padded).getLong(0) >>> 16;
            long source = ByteBuffer.wrap(padded).getLong(6) >>> 16;
            int type = ByteBuffer.wrap(padded).getShort(12) & 0xffff;
            if (source == 0 || (source >>> 40 & 1) != 0 || type == 0x8808) {
                drops++;
                return;
            }
            sources.add(source);
            boolean forBridges = destination >>> 4 == 0x0180_c200_000L;
            if (forBridges || sources.contains(destination)) {
                drops++;
                return;
            }
            meant.values().forEach(list -> list.add(padded));
        }
    }
}

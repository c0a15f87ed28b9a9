package org.lanyard.forward;

import java.util.concurrent.TimeUnit;
import org.lanyard.frame.Burst;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs, per frame, to learn, look up and build runs, without system calls: with one pair
 * of stations, where the one-entry caches serve, and with many, where each frame has another pair.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ForwardBenchmark {
    private static final int FRAMES = 1024;
    private static final int SIZE = 64;

    /** Learned addresses; frames go through them in a fixed, scattered order. */
    @Param({"2", "1000", "100000"})
    private int stations;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private Forwarder forwarder;
    private Outbox outbox;
    private Port ingress;

    private static final class Sink extends Port {
        Sink(String name) {
            super(name, new PortCounters());
        }

        @Override
        public void transmit(Outbox outbox) {
            long frames = 0;
            for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
                frames += outbox.frames(run);
            }
            counters().sent(frames, 0);
        }
    }

    @Setup
    public void fill() {
        Fabric fabric = new Fabric(new Fdb(Math.max(8192, 2 * stations)), 16);
        ingress = new Sink("in");
        Port egress = new Sink("out");
        fabric.plug(ingress);
        fabric.plug(egress);
        for (int i = 0; i < stations; i++) {
            Port side = i % 2 == 0 ? ingress : egress;
            fabric.fdb().learn(Fdb.key(station(i), Forwarder.VLAN), side.slot(), 0);
        }
        outbox = new Outbox(slab, 16);
        forwarder = new Forwarder(fabric, outbox);
        for (int i = 0; i < FRAMES; i++) {
            int pair = (int) (i * 7919L % (stations / 2)) * 2;
            int at = i * (StreamFormat.PREFIX + SIZE);
            int frame = at + StreamFormat.PREFIX;
            slab.bytes().putInt(at, SIZE);
            slab.bytes().putLong(frame, station(pair + 1) << 16);
            slab.bytes().putLong(frame + 6, station(pair) << 16 | 0x0800);
            burst.add(frame, SIZE);
        }
    }

    private static long station(int i) {
        return 0x5254_0000_0000L + i;
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public void forward() {
        forwarder.forward(ingress, burst, 1);
        outbox.flush();
    }
}

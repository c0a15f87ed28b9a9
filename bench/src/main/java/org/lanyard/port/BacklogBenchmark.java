package org.lanyard.port;

import java.util.concurrent.TimeUnit;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
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

/** What back-pressure costs, per frame: into the backlog as one run of 64, and out again. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BacklogBenchmark {
    private static final int FRAMES = 64;

    @Param({"64", "1514"})
    private int size;

    private final Slab slab = new Slab();
    private final Backlog backlog =
            new Backlog(new ChunkPool(64 << 20), new PortCounters(), 4 << 20);
    private int end;

    @Setup
    public void fill() {
        for (int i = 0; i < FRAMES; i++) {
            slab.bytes().putInt(end, size);
            end += StreamFormat.PREFIX + size;
        }
    }

    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public int addAndSend() {
        backlog.add(slab.bytes(), 0, end);
        backlog.sent(end);
        return backlog.bytes();
    }
}

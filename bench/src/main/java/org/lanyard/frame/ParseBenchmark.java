package org.lanyard.frame;

import java.util.concurrent.TimeUnit;
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

/** What it costs, per frame, to find 64 frames in a slab; 42-byte ones are padded. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParseBenchmark {
    private static final int FRAMES = 64;

    @Param({"42", "64", "1514"})
    private int size;

    private final Slab slab = new Slab();
    private final Burst burst = new Burst();
    private final StreamFormat format = new StreamFormat();
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
    public int parse() {
        burst.clear();
        slab.clear();
        format.parse(slab, 0, end, burst);
        return burst.count();
    }
}

package org.lanyard.worker;

import java.util.concurrent.TimeUnit;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Control;

/** What a parcel's way to another worker and home costs: two SPSC hops between two threads. */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HandOverBenchmark {
    private final SpscAtomicArrayQueue<Object> there = new SpscAtomicArrayQueue<>(Crossing.PARCELS);
    private final SpscAtomicArrayQueue<Object> home = new SpscAtomicArrayQueue<>(Crossing.PARCELS);
    private final Object parcel = new Object();

    @Benchmark
    @Group("pingPong")
    @GroupThreads(1)
    public void send(Control control) {
        there.offer(parcel);
        while (!control.stopMeasurement && home.poll() == null) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    @Group("pingPong")
    @GroupThreads(1)
    public void receive(Control control) {
        Object got = there.poll();
        while (!control.stopMeasurement && got == null) {
            Thread.onSpinWait();
            got = there.poll();
        }
        if (got != null) {
            home.offer(got);
        }
    }
}

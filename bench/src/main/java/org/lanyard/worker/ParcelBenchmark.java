package org.lanyard.worker;

import java.util.concurrent.TimeUnit;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;
import org.lanyard.tapio.Sleeper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The instructions of a parcel's way there and home, both workers' by one thread: the looks whether
 * the other sleeps included, of which each has a full fence. Nobody sleeps.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ParcelBenchmark {
    private final Slab slab = new Slab();
    private final Homecoming home = new Homecoming(new Sleeper(() -> {}), Crossing.PARCELS);
    private final Crossing crossing = new Crossing(home, new Sleeper(() -> {}), 1);
    private final Port port = new Sink();

    private static final class Sink extends Port {
        Sink() {
            super("sink", new PortCounters());
            plugAt(0);
        }

        @Override
        public void transmit(Outbox outbox) {}
    }

    @Benchmark
    public void thereAndHome() {
        crossing.add(slab, port, 0, 64);
        crossing.handOver();
        crossing.sendHome(crossing.receive());
        crossing.reuse(home.next());
    }
}

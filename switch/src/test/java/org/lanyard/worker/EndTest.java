package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.port.KernelPort;
import org.lanyard.tapio.FdCount;

/** Workers that are joined live until all have drained; none may sleep through the others' end. */
@Tag("slow")
final class EndTest {
    private static final int ROUNDS = 1_000;
    private static final int WORKERS = 3;

    private static final PortEvents NO_PORTS =
            new PortEvents() {
                @Override
                public void plugged(KernelPort port) {
                    throw new AssertionError(port);
                }

                @Override
                public void departed(KernelPort port, Departure why) {
                    throw new AssertionError(port);
                }
            };

    private final AtomicReference<Throwable> death = new AtomicReference<>();

    @Test
    void shouldEndTogetherEachTimeAndLeaveNoDescriptor() throws Exception {
        liveAndEnd("before the count: loading classes opens files");
        int descriptors = FdCount.now();
        for (int round = 0; round < ROUNDS; round++) {
            liveAndEnd("in round " + round);
        }
        assertEquals(null, death.get());
        assertTrue(FdCount.settlesAt(descriptors), "descriptors left open");
    }

    private void liveAndEnd(String when) throws Exception {
        Fabric fabric = new Fabric(new Fdb(1), 2);
        List<Worker> workers = new ArrayList<>();
        for (int number = 0; number < WORKERS; number++) {
            workers.add(new Worker(number, fabric, Clock.SYSTEM, 0, NO_PORTS));
        }
        Worker.join(workers);
        for (Worker worker : workers) {
            worker.onDeath(death::set);
            worker.start();
        }
        workers.forEach(Worker::stop);
        Bench.await(
                "the end of all workers " + when,
                () -> workers.stream().allMatch(Worker::hasEnded));
        workers.forEach(Worker::close);
    }
}

package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.Frames;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

/** A port that throws is a bug; it must cost that port alone. */
final class FaultTest {
    private static final long ANN = 0x5254_0000_000aL;
    private static final long BEN = 0x5254_0000_000bL;

    /** Where it throws. */
    private enum Where {
        FILL,
        KEEP_REST,
        TRANSMIT,
        RELEASE
    }

    private static final class FaultyPort extends KernelPort {
        private final Where where;

        FaultyPort(int fd, Where where) {
            super("faulty", new PortCounters(), fd);
            this.where = where;
        }

        private void stumble(Where here) {
            if (where == here) {
                throw new IllegalStateException("on purpose, in " + here);
            }
        }

        @Override
        public int fill(Slab slab) {
            stumble(Where.FILL);
            if (where == Where.RELEASE) {
                return GONE;
            }
            byte[] frame = Frames.stream(Frames.frame(Frames.BROADCAST, 0x5254_0000_00ffL, 60, 9));
            slab.bytes().put(0, frame);
            return frame.length;
        }

        @Override
        public void keepRest(Slab slab, int from, int end) {
            stumble(Where.KEEP_REST);
        }

        @Override
        public void transmit(Outbox outbox) {
            stumble(Where.TRANSMIT);
        }

        @Override
        public void drain() {}

        @Override
        public void limitBacklog(int bytes) {}

        @Override
        public void release() {
            stumble(Where.RELEASE);
        }
    }

    @TempDir private Path directory;
    private Bench bench;
    private LogCapture log;

    @BeforeEach
    void start() throws Exception {
        log = LogCapture.of(Worker.class.getName());
        bench = new Bench(directory, 8);
    }

    @AfterEach
    void close() throws Exception {
        bench.close();
        log.close();
    }

    /**
     * Where forwarding itself stumbles, who sent the frame is not to blame, nor who was to have it.
     */
    @Test
    void shouldCostTheBurstAndNoPortWhereItIsTheSwitchesOwn() throws Exception {
        LogCapture told = LogCapture.of(Intake.class.getName());
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest ben = bench.plug("ben");
        Bench.Guest odd = bench.plug("odd");
        int slot = odd.port().slot();
        odd.port().plugAt(99); // where there is nothing
        for (int i = 1; i <= 3; i++) {
            ann.wire().send(Frames.frame(Frames.BROADCAST, ANN, 60, i));
            long lost = i;
            Bench.await("lost", () -> ann.port().counters().drops(DropReason.STUMBLED) == lost);
        }
        odd.port().plugAt(slot);
        assertEquals(3, ann.port().counters().rxPackets());
        assertEquals(2, told.count("port ann: the switch stumbled over frames.*"), "1st and 2nd");
        told.close();
        byte[] ping = Frames.frame(0x5254_0000_00ffL, ANN, 60, 4);
        ann.wire().send(ping);
        byte[] received = ben.wire().receive();
        while (Frames.mark(received) < 4) {
            received = ben.wire().receive();
        }
        assertArrayEquals(ping, received);
        assertEquals(3, bench.fabric().topology().count(), "all are up");
    }

    @ParameterizedTest
    @EnumSource
    void shouldCostThePortThatHasItAndNoOther(Where where) throws Exception {
        Bench.Guest ann = bench.plug("ann");
        Bench.Guest other = bench.connect("other end of the faulty one");
        FaultyPort faulty = new FaultyPort(other.connection().fd(), where);
        bench.adopt(faulty);
        Bench.Guest ben = bench.plug("ben");
        if (where == Where.TRANSMIT) {
            ann.wire().send(Frames.frame(Frames.BROADCAST, ANN, 60, 1));
        } else {
            other.wire().sendRaw(new byte[] {1});
        }
        bench.expect(faulty, where == Where.RELEASE ? Departure.PEER_CLOSED : Departure.FAULT);
        assertEquals(Port.UNPLUGGED, faulty.slot());
        if (where == Where.TRANSMIT) {
            assertEquals(1, Frames.mark(ben.wire().receive()), "the same flood reached the others");
        } else if (where == Where.KEEP_REST) {
            assertEquals(9, Frames.mark(ben.wire().receive()), "what was forwarded is sent");
            assertEquals(9, Frames.mark(ann.wire().receive()));
        }
        assertEquals(1, log.count("port faulty: .*please report it"), "told once");
        byte[] ping = Frames.frame(Frames.BROADCAST, ANN, 60, 2);
        ann.wire().send(ping);
        assertArrayEquals(ping, ben.wire().receive());
        byte[] pong = Frames.frame(ANN, BEN, 60, 3);
        ben.wire().send(pong);
        assertArrayEquals(pong, ann.wire().receive());
    }
}

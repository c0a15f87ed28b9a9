package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

final class AddressWatchTest {
    private static final long QEMU = 0x5254_0012_3456L;

    private final ManualClock clock = new ManualClock();
    private final AddressWatch watch = new AddressWatch(clock);
    private final LogLines log = LogLines.of(AddressWatch.class);
    private final Fdb fdb = new Fdb(1_000, 10);
    private final Fabric fabric = new Fabric(fdb, 100);

    @AfterEach
    void close() {
        log.close();
    }

    private int plug(String name) {
        Port port =
                new Port(name, new PortCounters()) {
                    @Override
                    public void transmit(Outbox outbox) {}
                };
        fabric.plug(port);
        return port.slot();
    }

    private void seen(long mac, int slot) {
        fdb.learn(Fdb.key(mac, 1), slot, clock.seconds());
    }

    private void look() {
        watch.look(fdb, fabric.topology());
    }

    private void pass(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    @Test
    void shouldNameADuplicateAddressWithBothPortsAndTheMend() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        for (int slot : new int[] {one, other, one}) {
            seen(QEMU, slot);
            look();
            pass(60);
        }
        assertEquals(
                List.of(
                        "WARNING duplicate address 52:54:00:12:34:56: guests/1 and guests/2 both"
                                + " send with it, and each loses frames that are meant for it;"
                                + " give each guest its own: -device …,mac=$(lanyard mac)"
                                + " (or is there a loop between them?)"),
                log.lines());
    }

    @Test
    void shouldSayNothingOfAGuestThatMigrated() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        seen(QEMU, one);
        seen(QEMU, other);
        seen(QEMU, other);
        look();
        assertEquals(List.of(), log.lines());
    }

    @Test
    void shouldSayItAgainAfterTenMinutesAndNotBefore() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        for (int i = 0; i < 630; i++) {
            seen(QEMU, i % 2 == 0 ? one : other);
            look();
            pass(1);
        }
        List<String> lines = log.lines().stream().filter(s -> s.contains("duplicate a")).toList();
        assertTrue(lines.size() >= 2 && lines.size() <= 4, () -> String.join("\n", log.lines()));
    }

    @Test
    void shouldNameThePortsOfALoop() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        int uplink = plug("uplink");
        for (int i = 0; i < 40; i++) {
            seen(QEMU, i % 2 == 0 ? one : uplink);
            seen(QEMU + 1, i % 2 == 0 ? other : uplink);
        }
        look();
        assertEquals(
                List.of(
                        "WARNING a loop: the addresses of other ports come in by uplink too, such"
                                + " as 52:54:00:12:34:56, seen behind guests/1 and uplink; they"
                                + " stay where they were. Take one of the ways between these ports"
                                + " away"),
                log.lines());
    }

    @Test
    void shouldSayWhoSendsWithAnAddressThatStaysWhereItIs() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        fdb.addStatic(Fdb.key(QEMU, 1), one, clock.seconds());
        seen(QEMU, other);
        look();
        assertEquals(1, log.lines().size());
        String line = log.lines().get(0);
        assertTrue(line.contains("52:54:00:12:34:56 stays behind guests/1"), line);
        assertTrue(line.contains("guests/2 sends with it too"), line);
    }

    /** Each of a thousand addresses, by turns behind two ports. */
    @Test
    void shouldNotLetAGuestFillTheLog() {
        int one = plug("guests/1");
        int other = plug("guests/2");
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < 900; i++) {
                seen(QEMU + i, second % 2 == 0 ? one : other);
            }
            look();
            pass(1);
        }
        assertTrue(log.lines().size() < 30, log.lines().size() + " lines");
    }
}

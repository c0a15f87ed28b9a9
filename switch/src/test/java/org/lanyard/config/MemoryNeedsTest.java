package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.port.KernelPort;
import org.lanyard.worker.Departure;
import org.lanyard.worker.PortEvents;
import org.lanyard.worker.Worker;

/** A configuration's memory is known before it is applied. */
final class MemoryNeedsTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long MEGABYTE = 1 << 20;
    private static final long GIGABYTE = 1 << 30;

    /** What the launcher gives, of which one survivor space can't be used. */
    private static final long USUAL = 123 * MEGABYTE;

    private static final PortEvents NOBODY =
            new PortEvents() {
                @Override
                public void plugged(KernelPort port) {}

                @Override
                public void departed(KernelPort port, Departure why) {}
            };

    private static MemoryNeeds needs(String settings) throws ConfigException {
        return MemoryNeeds.of(ConfigParser.parse("x", "[switch]\n" + settings));
    }

    private static MemoryNeeds.Room heap(long bytes) {
        return new MemoryNeeds.Room(false, bytes, () -> 64 * GIGABYTE);
    }

    private static MemoryNeeds.Room machine(long bytes) {
        return new MemoryNeeds.Room(true, USUAL, () -> bytes);
    }

    private static String refusal(String settings, MemoryNeeds.Room room) {
        return assertThrows(
                        ConfigException.class,
                        () -> ConfigParser.parse("lab.toml", "[switch]\n" + settings, room))
                .getMessage();
    }

    private static void assertFits(String settings, MemoryNeeds.Room room) {
        assertDoesNotThrow(() -> ConfigParser.parse("lab.toml", "[switch]\n" + settings, room));
    }

    @Test
    void shouldHaveRoomForTheUsualInTheUsualHeapAndOnASmallMachine() {
        assertFits("", heap(USUAL));
        assertFits("", machine(256 * MEGABYTE));
        assertFits("port-backlog = \"1GiB\"", heap(USUAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mac-table-size = 2000000", "max-ports = 16384"})
    void shouldRefuseWhatTheHeapDoesNotHoldAndSayWhatItCosts(String setting) {
        String told = refusal("workers = 2\n" + setting, heap(USUAL));
        String key = setting.substring(0, setting.indexOf(' '));
        int column = 1;
        assertTrue(told.startsWith("lab.toml:3:" + column + ": "), told);
        String what = setting.replaceAll(".* = ", "");
        assertTrue(
                told.contains(": " + what + (key.equals("max-ports") ? " ports (" : " addre")),
                told);
        assertTrue(told.contains(" MiB, and this one has 123 MiB: choose less, or give it"), told);
        assertFits("workers = 2\n" + setting, heap(2 * GIGABYTE));
        assertFits("workers = 2\n" + setting, machine(2 * GIGABYTE));
    }

    @Test
    void shouldRefuseWhatTheMachineDoesNotHold() {
        String told = refusal("backlog-memory = \"8GiB\"", machine(4 * GIGABYTE));
        assertTrue(told.startsWith("lab.toml:2:1: "), told);
        assertTrue(told.contains("8GiB of waiting frames (8192 MiB)"), told);
        assertTrue(told.endsWith(", or its container, has 4096 MiB: choose less"), told);
        assertFits("backlog-memory = \"8GiB\"", machine(16 * GIGABYTE));
        refusal("mac-table-size = 16777216", machine(GIGABYTE));
    }

    @Test
    void shouldTellItOfAFileOnThisMachine(@TempDir Path temp) throws Exception {
        Path file = temp.resolve("lab.toml");
        Files.writeString(file, "[switch]\nbacklog-memory = \"1TiB\"\n");
        ConfigException told = assertThrows(ConfigException.class, () -> ConfigParser.parse(file));
        assertTrue(told.getMessage().startsWith(file + ":2:1: "), told::getMessage);
        assertEquals(1, told.errors().size());
    }

    /** No less than the real thing, and not twice as much. */
    private static void assertBounds(long computed, long real) {
        assertTrue(computed >= real, () -> computed + " computed, " + real + " taken");
        assertTrue(computed < 2 * real, () -> computed + " computed, only " + real + " taken");
    }

    private static long taken(Runnable maker) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        maker.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** Of the heap as such, without what the collector wants. */
    private static long more(String settings, String than) throws ConfigException {
        return (needs(settings).heap() - needs(than).heap()) * 2 / 3;
    }

    @ParameterizedTest
    @ValueSource(ints = {100_000, 131_072, 1_000_000})
    void shouldKnowWhatAnAddressCosts(int capacity) throws Exception {
        List<Fdb> kept = new ArrayList<>();
        new Fdb(8);
        long real = taken(() -> kept.add(new Fdb(capacity)));
        assertBounds(more("mac-table-size = " + capacity, "mac-table-size = 1"), real);
        assertFalse(kept.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldKnowWhatWorkersCost(int count) throws Exception {
        workers(count, 64);
        long few = taken(() -> workers(count, 64));
        long many = taken(() -> workers(count, 16_384));
        String workers = "workers = " + count + "\n";
        long ports = (16_384 - 64) * MemoryNeeds.PORT;
        long slots = more(workers + "max-ports = 16384", workers + "max-ports = 64") - ports;
        assertTrue(slots >= many - few, slots + " computed for slots, " + (many - few) + " taken");
        long whole = count * MemoryNeeds.WORKER + count * (count - 1) * MemoryNeeds.CROSSING;
        assertTrue(whole >= few, whole + " computed for workers, " + few + " taken");
        assertTrue(whole < 3 * few, whole + " computed for workers, only " + few + " taken");
    }

    private static void workers(int count, int maxPorts) {
        Fabric fabric = new Fabric(new Fdb(8), maxPorts);
        List<Worker> workers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                workers.add(new Worker(i, fabric, Clock.SYSTEM, 0, NOBODY));
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Worker.join(workers);
        workers.forEach(Worker::close);
    }
}

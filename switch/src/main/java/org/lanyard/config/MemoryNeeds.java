package org.lanyard.config;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * What a configuration costs at most, before it is applied: of the Java heap, and of memory outside
 * it. What one costs stands here as a number, for this room knows no other; a test measures the
 * real things beside it.
 */
public final class MemoryNeeds {
    /** A property of the JVM: {@link #GROWS} where a switch may give itself a larger heap. */
    public static final String HEAP = "lanyard.heap";

    public static final String GROWS = "grows";

    /** The program, its classes' objects, and answers of the control socket. */
    static final long PROGRAM = 24L << 20;

    /** A place of the FDB's table: key, value, notes, and links (AddressTable). */
    static final long PLACE = 40;

    /** A guest: its port, two impaired wires, its connection, and its part of a list of all. */
    static final long PORT = 6 << 10;

    /** A slot, for each worker: commands' ring, outbox. */
    static final long SLOT_OF_WORKER = 64;

    /** A slot, for each worker and each other one: what of an open parcel is for it (Crossing). */
    static final long SLOT_OF_CROSSING = 4;

    /** Lists of bursts and runs (Intake, Outbox, Segmenter). */
    static final long WORKER = 512L << 10;

    /** Parcels from a worker to another (Crossing). */
    static final long CROSSING = 16 * 1024 * 20L + 65_536;

    /** A chunk's object; the chunk itself is outside the heap (ChunkPool). */
    private static final long CHUNK = 512;

    private static final long CHUNK_SIZE = 72 << 10;
    private static final long SLAB = 5L << 20;
    private static final int SLABS_AMONG_WORKERS = 8;

    /** Four captures may run, each with a ring for each worker (Captures, Capture). */
    private static final long CAPTURES = 4 * (8L << 20);

    /** Of what is always in use a collector leaves a third free: the young generation. */
    private static final double WITH_THE_YOUNG = 1.5;

    /** Below this no machine that runs a switch at all is too small. */
    private static final long NEVER_ASKED = 1L << 30;

    private record Cost(String key, long bytes, String what) {}

    private final List<Cost> onHeap = new ArrayList<>();
    private final List<Cost> outside = new ArrayList<>();

    private MemoryNeeds(SwitchConfig config) {
        long workers = config.workers();
        long slots = config.maxPorts();
        long crossings = workers * (workers - 1);
        onHeap.add(new Cost("", PROGRAM, "the program"));
        onHeap.add(
                new Cost(
                        "mac-table-size",
                        places(config.macTableSize()) * PLACE,
                        config.macTableSize() + " addresses"));
        onHeap.add(
                new Cost(
                        "max-ports",
                        slots * (PORT + workers * SLOT_OF_WORKER + crossings * SLOT_OF_CROSSING),
                        slots + " ports"));
        onHeap.add(
                new Cost(
                        "workers",
                        workers * WORKER + crossings * CROSSING,
                        workers + (workers == 1 ? " worker" : " workers")));
        onHeap.add(
                new Cost(
                        "backlog-memory",
                        config.backlogMemory() / CHUNK_SIZE * CHUNK,
                        "lists of what waits"));
        outside.add(
                new Cost(
                        "backlog-memory",
                        config.backlogMemory(),
                        Quantities.formatBytes(config.backlogMemory()) + " of waiting frames"));
        outside.add(
                new Cost(
                        "workers",
                        workers * ((workers == 1 ? 1 : SLABS_AMONG_WORKERS) * SLAB + CAPTURES),
                        "buffers of " + workers + (workers == 1 ? " worker" : " workers")));
    }

    public static MemoryNeeds of(SwitchConfig config) {
        return new MemoryNeeds(config);
    }

    /** As AddressTable makes them: a power of two, at most half of it in use. */
    private static long places(long capacity) {
        return Long.highestOneBit(Math.max(2 * capacity - 1, 8)) << 1;
    }

    private static long sum(List<Cost> costs) {
        return costs.stream().mapToLong(Cost::bytes).sum();
    }

    /** Bytes that the JVM's heap has to have, as {@link Runtime#maxMemory} tells them. */
    public long heap() {
        return (long) (WITH_THE_YOUNG * sum(onHeap));
    }

    /** The JVM's option for it: a thirtieth, one survivor space, is not told by the JVM. */
    public String option() {
        return "-Xmx" + (heap() + heap() / 20 >> 20) + "m";
    }

    /** Bytes outside the heap that may be in use at once, of those that a setting bounds. */
    public long outside() {
        return sum(outside);
    }

    /**
     * What there is.
     *
     * @param grows whether a switch may have a larger heap than this process
     * @param heap bytes that this process's may have
     * @param memory bytes of this machine, or of the container or service that this process is in
     */
    record Room(boolean grows, long heap, LongSupplier memory) {
        static Room here() {
            return new Room(
                    GROWS.equals(System.getProperty(HEAP)),
                    Runtime.getRuntime().maxMemory(),
                    Room::ofThisMachine);
        }

        private static long ofThisMachine() {
            return ManagementFactory.getOperatingSystemMXBean()
                            instanceof com.sun.management.OperatingSystemMXBean system
                    ? system.getTotalMemorySize()
                    : Long.MAX_VALUE;
        }
    }

    /**
     * Why it can't be had.
     *
     * @param key the setting that costs most, of those that are said
     */
    record Refusal(String key, String why) {}

    /** Of a heap that is as it is, or of this machine. */
    Optional<Refusal> refusal(Room room, Predicate<String> isSaid) {
        long heap = room.heap();
        if (!room.grows() && heap() > heap) {
            String why =
                    tell(onHeap)
                            + " need a heap of "
                            + mebibytes(heap())
                            + ", and this one has "
                            + mebibytes(heap)
                            + ": choose less, or give it more by LANYARD_JAVA_OPTS="
                            + option()
                            + " and a restart";
            return Optional.of(new Refusal(dearest(onHeap, isSaid), why));
        }
        long all = heap() + outside();
        if (all <= NEVER_ASKED) {
            return Optional.empty();
        }
        long memory = room.memory().getAsLong();
        if (all <= memory) {
            return Optional.empty();
        }
        List<Cost> costs = new ArrayList<>(onHeap);
        costs.addAll(outside);
        String why =
                tell(costs)
                        + " need "
                        + mebibytes(all)
                        + " of memory, and this machine, or its container, has "
                        + mebibytes(memory)
                        + ": choose less";
        return Optional.of(new Refusal(dearest(costs, isSaid), why));
    }

    /** The dearest first, and nothing that hardly counts. */
    private static String tell(List<Cost> costs) {
        long least = sum(costs) / 50;
        List<String> told = new ArrayList<>();
        costs.stream()
                .sorted(Comparator.comparingLong(Cost::bytes).reversed())
                .filter(cost -> cost.bytes() > least)
                .forEach(cost -> told.add(cost.what() + " (" + mebibytes(cost.bytes()) + ")"));
        return String.join(", ", told);
    }

    private static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }

    private static String dearest(List<Cost> costs, Predicate<String> isSaid) {
        return costs.stream()
                .filter(cost -> isSaid.test(cost.key()))
                .max(Comparator.comparingLong(Cost::bytes))
                .map(Cost::key)
                .orElse("max-ports");
    }
}

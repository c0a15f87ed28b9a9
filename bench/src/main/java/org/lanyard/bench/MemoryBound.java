package org.lanyard.bench;

/** What the README of the switch says that it takes at most. */
final class MemoryBound {
    /** The heap's limit, and what a JVM has beside it: code, classes, threads, one slab. */
    private static final int HEAP_MIB = 128;

    private static final int JVM_MIB = 122;

    /** {@code backlog-memory} as it is when nobody says another one. */
    private static final int BACKLOG_MIB = 256;

    private static final int PORT_KIB = 72 + 144;
    private static final int WIRES_KIB = 2 * 144;
    private static final int ADDRESS_BYTES = 64;

    private MemoryBound() {}

    /**
     * @param ports that are up at once, of the attack's
     * @param impaired how many of these have an impaired wire, each way
     * @param addresses room in the forwarding database
     */
    static int mib(int ports, int impaired, int addresses) {
        long kib = (long) ports * PORT_KIB + (long) impaired * WIRES_KIB;
        long table = (long) addresses * ADDRESS_BYTES / 1024;
        return HEAP_MIB + JVM_MIB + BACKLOG_MIB + (int) ((kib + table) / 1024);
    }
}

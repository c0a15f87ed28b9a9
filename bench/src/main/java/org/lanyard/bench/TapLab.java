package org.lanyard.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two hosts and what lies between them, each in a network namespace of its own: an address of the
 * host's own would be answered inside the kernel, and no frame would reach the switch.
 *
 * <pre>
 *   one: end0 10.77.0.1 ══ middle: the switch ══ two: end1 10.77.0.2
 * </pre>
 */
record TapLab(Namespace middle, Namespace one, Namespace two) implements AutoCloseable {
    static final List<String> ENDS = List.of("end0", "end1");
    private static final String NETWORK = "10.77.0.";
    private static final String KIND = "namespaces:";
    private static final String GUESTS = ";";
    private static final int READY_SECONDS = 20;

    /**
     * @param purpose of which no other lab of this process is
     */
    static TapLab create(String purpose) throws IOException, InterruptedException {
        return new TapLab(
                Namespace.create(purpose),
                Namespace.create(purpose + "-1"),
                Namespace.create(purpose + "-2"));
    }

    /** The namespaces of the two hosts, by a candidate's target. */
    static List<Namespace> hosts(String target) {
        String[] names = target.substring(KIND.length(), target.indexOf(GUESTS)).split(",");
        return List.of(new Namespace(names[0]), new Namespace(names[1]));
    }

    /** Where guests attach to the switch in the middle, by a candidate's target. */
    static String guests(String target) {
        return target.substring(target.indexOf(GUESTS) + GUESTS.length());
    }

    /** The address of the first or second host. */
    static String address(int end) {
        return NETWORK + (end + 1);
    }

    /** The address of a guest beside them. */
    static String guestAddress() {
        return NETWORK + 100;
    }

    /**
     * @param guests the target of the switch in the middle
     */
    String target(String guests) {
        return KIND + one.name() + "," + two.name() + GUESTS + guests;
    }

    /** Gives the interfaces that the switch made in the middle to the hosts. */
    void handOut() throws IOException, InterruptedException {
        List<Namespace> hosts = List.of(one, two);
        for (int i = 0; i < hosts.size(); i++) {
            String end = ENDS.get(i);
            await(end);
            Namespace host = hosts.get(i);
            middle.ip("link set " + end + " netns " + host.name());
            host.ip("address add " + address(i) + "/24 dev " + end);
            host.ip("link set " + end + " mtu 1500 up");
        }
    }

    private void await(String link) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
        while (!middle.has(link)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the switch in " + middle.name() + " made no " + link);
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() throws IOException {
        try (middle;
                one;
                two) {
            // Their order does not matter.
        }
    }
}

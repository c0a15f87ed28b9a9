package org.lanyard.control;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fdb;
import org.lanyard.forward.Topology;
import org.lanyard.frame.Mac;
import org.lanyard.port.Port;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once a second at the addresses that are behind two ports, and says which, where, and the
 * mend: two guests with one address, or a loop. Each is told at once and then every ten minutes, so
 * a guest can't fill the log. Control thread.
 */
final class AddressWatch {
    private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int REMEMBERED = 256;

    /** Two guests with one address are two ports and one address; a loop has everybody's. */
    private static final int LOOP_ADDRESSES = 2;

    private static final String MEND = "give each guest its own: -device …,mac=$(lanyard mac)";

    private final Clock clock;
    private final LogBudget budget;

    /** What was said, and when; the eldest goes first. */
    private final Map<String, Long> said =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > REMEMBERED;
                }
            };

    AddressWatch(Clock clock) {
        this.clock = clock;
        this.budget = new LogBudget(clock);
    }

    void look(Fdb fdb, Topology topology) {
        List<Fdb.Suspect> duplicates = List.of(fdb.takeDuplicates());
        List<Fdb.Suspect> held = List.of(fdb.takeHeld());
        if (duplicates.isEmpty() && held.isEmpty()) {
            return;
        }
        List<Fdb.Suspect> all = new ArrayList<>(duplicates);
        all.addAll(held);
        int loop = portOfALoop(all);
        for (Fdb.Suspect suspect : all) {
            String ports = ports(suspect, topology);
            if (loop == suspect.other()) {
                tell(
                        "loop " + loop,
                        "a loop: the addresses of other ports come in by "
                                + name(topology, loop)
                                + " too, such as "
                                + Mac.format(suspect.mac())
                                + ", seen behind "
                                + ports
                                + "; they stay where they were. Take one of the ways between these"
                                + " ports away");
            } else if (duplicates.contains(suspect)) {
                tell(
                        "duplicate " + suspect.mac() + ports,
                        "duplicate address "
                                + Mac.format(suspect.mac())
                                + ": "
                                + ports
                                + " both send with it, and each loses frames that are meant for"
                                + " it; "
                                + MEND
                                + " (or is there a loop between them?)");
            } else {
                tell(
                        "held " + suspect.mac() + ports,
                        "address "
                                + Mac.format(suspect.mac())
                                + " stays behind "
                                + name(topology, suspect.slot())
                                + ", though "
                                + name(topology, suspect.other())
                                + " sends with it too: a duplicate address ("
                                + MEND
                                + "), a loop, or a forged one");
            }
        }
    }

    /** The slot by which several addresses of others came in, or {@link Port#UNPLUGGED}. */
    private static int portOfALoop(List<Fdb.Suspect> suspects) {
        Map<Integer, Set<Long>> addresses = new HashMap<>();
        for (Fdb.Suspect suspect : suspects) {
            addresses.computeIfAbsent(suspect.other(), s -> new HashSet<>()).add(suspect.mac());
        }
        return addresses.entrySet().stream()
                .filter(entry -> entry.getValue().size() >= LOOP_ADDRESSES)
                .max(Comparator.comparingInt(entry -> entry.getValue().size()))
                .map(Map.Entry::getKey)
                .orElse(Port.UNPLUGGED);
    }

    private static String ports(Fdb.Suspect suspect, Topology topology) {
        String one = name(topology, Math.min(suspect.slot(), suspect.other()));
        return one + " and " + name(topology, Math.max(suspect.slot(), suspect.other()));
    }

    private static String name(Topology topology, int slot) {
        Port port = topology.at(slot);
        return port == null ? "a port that has left" : port.name();
    }

    private void tell(String what, String line) {
        Long last = said.get(what);
        long now = clock.nanoTime();
        if ((last == null || now - last >= PAUSE_NANOS) && budget.allows()) {
            said.remove(what);
            said.put(what, now);
            LOG.warn("{}{}", line, budget.leftOut());
        }
    }
}

package org.lanyard.control;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Clients of the control socket that share places and memory: root's and the owner's have theirs,
 * all others theirs, so that these never take them from those. Whoever is beyond a bound loses a
 * connection: the user who has most. The control thread's.
 */
final class ClientPool {
    private final int most;
    private final int mostOfUser;
    private final long mostBytes;

    /** The one that was quiet longest comes first. */
    private final Set<RpcConnection> clients = new LinkedHashSet<>();

    /**
     * @param most clients there may be
     * @param mostOfUser how many of them one user's
     * @param mostBytes that all of them together may leave unfinished or unread
     */
    ClientPool(int most, int mostOfUser, long mostBytes) {
        this.most = most;
        this.mostOfUser = mostOfUser;
        this.mostBytes = mostBytes;
    }

    void add(RpcConnection client) {
        clients.add(client);
    }

    void remove(RpcConnection client) {
        clients.remove(client);
    }

    /** It said something. */
    void heard(RpcConnection client) {
        if (clients.remove(client)) {
            clients.add(client);
        }
    }

    Collection<RpcConnection> all() {
        return List.copyOf(clients);
    }

    /** What it keeps for them. */
    long bytes() {
        return clients.stream().mapToLong(RpcConnection::held).sum();
    }

    /**
     * Ends connections until all that there are have places.
     *
     * @param latest has just come, and stays
     * @param listens who has no need to speak
     */
    void boundPlaces(RpcConnection latest, Predicate<RpcConnection> listens) {
        long own = clients.stream().filter(c -> c.uid() == latest.uid()).count();
        if (own > mostOfUser && mostOfUser < most) {
            String why = "uid " + latest.uid() + " has more than " + mostOfUser;
            quietest(latest.uid(), latest, listens)
                    .end("too-many", why + ", and it was quiet longest");
        } else if (clients.size() > most) {
            int uid = mostOf(clients, client -> 1);
            String why = "there are more than " + most + ", and it was quiet longest";
            quietest(uid, latest, listens).end("too-many", why);
        }
    }

    private RpcConnection quietest(
            int uid, RpcConnection latest, Predicate<RpcConnection> listens) {
        List<RpcConnection> own =
                clients.stream().filter(c -> c.uid() == uid && c != latest).toList();
        return own.stream()
                .filter(listens.negate())
                .findFirst()
                .orElseGet(() -> own.isEmpty() ? latest : own.get(0));
    }

    /** Ends connections until what is kept for all together is no more than it may be. */
    void boundBytes() {
        while (bytes() > mostBytes) {
            int uid = mostOf(clients, RpcConnection::held);
            clients.stream()
                    .filter(client -> client.uid() == uid)
                    .max(Comparator.comparingLong(RpcConnection::held))
                    .ifPresent(
                            client ->
                                    client.end(
                                            "unread",
                                            "it left "
                                                    + client.held()
                                                    + " bytes unread or unfinished, the most of all"
                                                    + " clients, who have "
                                                    + (mostBytes >> 20)
                                                    + " MiB together"));
        }
    }

    private static int mostOf(Collection<RpcConnection> clients, ToLongFunction<RpcConnection> of) {
        Map<Integer, Long> sums = new HashMap<>();
        clients.forEach(client -> sums.merge(client.uid(), of.applyAsLong(client), Long::sum));
        return sums.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
    }
}

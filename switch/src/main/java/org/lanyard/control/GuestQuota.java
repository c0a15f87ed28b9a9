package org.lanyard.control;

import java.util.HashMap;
import java.util.Map;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Connection;

/**
 * How many guests a listening port has, and whether one more may come: together, of its user, and
 * of all that the switch may have. A user is a uid at a unix socket and an address at a TCP one.
 * Root and the switch's own user have a share without a limit: a lab of hundreds of guests is one
 * user's, who can end the switch as well. The control thread's.
 */
final class GuestQuota {
    static final String ALL = "max-guests";
    static final String PER_USER = "max-guests-per-user";
    static final String PORTS = "max-ports";

    /** The limit that is met, and a sentence of it. */
    record Refusal(String limit, String sentence) {}

    private static final int ROOT = 0;

    private final Room room;
    private final int ownUid;
    private final Map<String, Integer> byUser = new HashMap<>();
    private PortKind.GuestLimits limits;
    private int count;

    /**
     * @param ownUid the switch's own user
     */
    GuestQuota(Room room, int ownUid, PortKind.GuestLimits limits) {
        this.room = room;
        this.ownUid = ownUid;
        this.limits = limits;
    }

    /** From now on others hold; guests that are there stay. */
    void limit(PortKind.GuestLimits next) {
        limits = next;
    }

    int count() {
        return count;
    }

    /** Null where the guest may come. */
    Refusal refuse(Connection guest) {
        int all = limits.all().orElse(Integer.MAX_VALUE);
        if (count >= all) {
            return new Refusal(ALL, "there are " + count + " guests, and " + ALL + " is " + all);
        }
        int most = mostOf(guest);
        int own = byUser.getOrDefault(user(guest), 0);
        if (own >= most) {
            String why = limits.perUser().isPresent() ? " is " : ", a quarter of max-ports, is ";
            return new Refusal(
                    PER_USER, user(guest) + " has " + own + ", and " + PER_USER + why + most);
        }
        if (room.isFull()) {
            return new Refusal(
                    PORTS,
                    "no port is left: "
                            + PORTS
                            + " is "
                            + room.maxPorts()
                            + ", of which ports of the configuration keep theirs");
        }
        return null;
    }

    private int mostOf(Connection guest) {
        int uid = guest.peer().uid();
        if (uid == ROOT || uid == ownUid) {
            return Integer.MAX_VALUE;
        }
        boolean said = limits.perUser().isPresent();
        if (!said && uid < 0 && isLoopback(address(guest))) {
            return Integer.MAX_VALUE;
        }
        return limits.perUser().orElse(room.share());
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("[::1]") || isMapped(address);
    }

    /** 0:0:0:0:0:0:0:1 as Java writes it. */
    private static boolean isMapped(String address) {
        return address.equals("[0:0:0:0:0:0:0:1]");
    }

    /** For people, and the key of what it has. */
    static String user(Connection guest) {
        int uid = guest.peer().uid();
        return uid >= 0 ? "uid " + uid : address(guest);
    }

    /** Of {@code tcp:ADDRESS:PORT}. */
    private static String address(Connection guest) {
        String remote = guest.remote();
        return remote.substring(remote.indexOf(':') + 1, remote.lastIndexOf(':'));
    }

    void came(Connection guest) {
        count++;
        byUser.merge(user(guest), 1, Integer::sum);
        room.came();
    }

    void left(Connection guest) {
        count--;
        byUser.computeIfPresent(user(guest), (user, own) -> own == 1 ? null : own - 1);
        room.left();
    }
}

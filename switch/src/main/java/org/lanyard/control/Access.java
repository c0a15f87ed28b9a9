package org.lanyard.control;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.lanyard.config.ControlConfig;
import org.lanyard.config.HostClaim;
import org.lanyard.tapio.Groups;

/**
 * Who may do what at the control socket.
 *
 * @param owner the switch's own uid
 * @param config as it was written
 * @param group the number of the group that may change what is the switch's own
 * @param readers the number of the group that may look
 * @param guests who has no business there, but with sockets beside it
 */
record Access(
        int owner,
        ControlConfig config,
        OptionalInt group,
        OptionalInt readers,
        SocketAccess guests) {
    /** In rising order. */
    enum Right {
        /** Nothing: strangers. */
        NONE("nobody"),

        /** To look and change nothing. */
        READ("readers"),

        /** To change the switch, but to ask nothing of the host ({@link HostClaim}). */
        CHANGE("group"),

        /** Root's and the owner's. */
        ALL("owner");

        private final String key;

        Right(String key) {
            this.key = key;
        }

        /** Who has it at least, in a word. */
        String key() {
            return key;
        }
    }

    /** Root and the owner, nobody else. */
    static Access ofOwner(int uid) {
        return new Access(
                uid,
                ControlConfig.OWNER_ONLY,
                OptionalInt.empty(),
                OptionalInt.empty(),
                SocketAccess.NONE);
    }

    /**
     * @param owner the switch's own uid
     * @param guests who reaches guests' sockets in the runtime directory
     * @throws IOException when this host has no such group
     */
    static Access of(int owner, ControlConfig config, SocketAccess guests) throws IOException {
        return new Access(
                owner,
                config,
                number("[control] group", config.group()),
                number("[control] readers", config.readers()),
                guests);
    }

    /**
     * @param key that names the group
     * @throws IOException when this host has none of that name
     */
    static OptionalInt number(String key, Optional<String> name) throws IOException {
        if (name.isEmpty()) {
            return OptionalInt.empty();
        }
        OptionalInt found = Groups.number(name.get());
        if (found.isEmpty()) {
            throw new IOException(
                    String.format(
                            "%s: this host has no group '%s' (see: getent group); make"
                                    + " one with groupadd, or name another",
                            key, name.get()));
        }
        return found;
    }

    /**
     * @param gids all groups of the client's
     */
    Right of(int uid, Set<Integer> gids) {
        if (uid == 0 || uid == owner) {
            return Right.ALL;
        }
        if (group.isPresent() && gids.contains(group.getAsInt())) {
            return Right.CHANGE;
        }
        return readers.isPresent() && gids.contains(readers.getAsInt()) ? Right.READ : Right.NONE;
    }

    /** The groups that must be able to reach the socket. */
    List<Integer> groups() {
        List<Integer> groups = new ArrayList<>();
        group.ifPresent(groups::add);
        readers.ifPresent(groups::add);
        return groups;
    }

    Right of(Client client) {
        return of(client.uid(), client.groups());
    }

    /** Who may ask for something of the host's. */
    String owners() {
        return owner == 0 ? "root" : "root or uid " + owner;
    }

    /** For example {@code root, uid 1000 and members of kvm}. */
    String whoMayChange() {
        List<String> who = new ArrayList<>(List.of("root"));
        if (owner != 0) {
            who.add("uid " + owner);
        }
        config.group().ifPresent(name -> who.add("members of " + name));
        int last = who.size() - 1;
        return last == 0
                ? who.get(0)
                : String.join(", ", who.subList(0, last)) + " and " + who.get(last);
    }

    @Override
    public String toString() {
        return "for "
                + whoMayChange()
                + config.readers().map(name -> "; to look, for members of " + name).orElse("");
    }
}

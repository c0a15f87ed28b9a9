package org.lanyard.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads what a {@code stream} port says. */
final class StreamReader {
    static final String EXAMPLE = "{ listen = \"unix:web.sock\" }";
    static final int MOST_GUESTS = 16_384;

    private static final int OWNER_MODE = 0600;
    private static final int GROUP_MODE = 0660;
    private static final Duration LONGEST_KEEPALIVE = Duration.ofHours(1);
    private static final List<String> FOR_UNIX = List.of("group", "mode");
    private static final List<String> FOR_GUESTS = List.of("max-guests", "max-guests-per-user");

    private final String port;
    private final TableReader owner;
    private final TableReader table;
    private final Conflicts conflicts;

    /**
     * @param owner the port's table
     * @param table what it says of itself as a stream
     */
    StreamReader(String port, TableReader owner, TableReader table, Conflicts conflicts) {
        this.port = port;
        this.owner = owner;
        this.table = table;
        this.conflicts = conflicts;
    }

    Optional<PortKind> read() {
        String example = "unix:" + port + ".sock";
        Optional<String> listen = table.parsed("listen", example, ConfigParser::checkEndpoint);
        Optional<String> connect = table.parsed("connect", example, ConfigParser::checkPeer);
        Optional<String> group = table.parsed("group", "kvm", ControlReader::group);
        Optional<Integer> mode = table.parsed("mode", "0660", StreamReader::socketMode);
        PortKind.GuestLimits limits =
                new PortKind.GuestLimits(guests("max-guests"), guests("max-guests-per-user"));
        Optional<Duration> keepalive = table.parsed("keepalive", "30s", StreamReader::keepalive);
        boolean misspelt = table.rejectUnknown();
        boolean listensAtUnix = listen.map(text -> text.startsWith("unix:")).orElse(true);
        if (!listensAtUnix || table.has("connect")) {
            refuse(FOR_UNIX, " is for a unix socket to listen at");
        } else if (group.isPresent() && mode.orElse(GROUP_MODE) == OWNER_MODE) {
            table.error("mode", "mode: \"0600\" lets no group in");
        }
        if (table.has("connect")) {
            refuse(FOR_GUESTS, " is for a port that listens");
        }
        if (listen.or(() -> connect).map(text -> text.startsWith("unix:")).orElse(false)) {
            refuse(List.of("keepalive"), " is for TCP: a unix socket tells when its peer is gone");
        }
        if (table.has("listen") && table.has("connect")) {
            owner.error("stream", "stream has both listen and connect, and can do only one");
            return Optional.empty();
        }
        if (!table.has("listen") && !table.has("connect") && !misspelt) {
            owner.error("stream", "stream needs listen or connect, such as " + EXAMPLE);
        }
        listen.ifPresent(endpoint -> conflicts.listen(port, endpoint, table));
        OptionalInt access =
                mode.or(() -> group.map(name -> GROUP_MODE)).stream()
                        .mapToInt(Integer::intValue)
                        .findFirst();
        Duration silence = keepalive.orElse(PortKind.KEEPALIVE);
        Optional<PortKind> listening =
                listen.map(at -> new PortKind.StreamListen(at, group, access, limits, silence));
        return listening.or(() -> connect.map(to -> new PortKind.StreamConnect(to, silence)));
    }

    private void refuse(List<String> keys, String why) {
        for (String key : keys) {
            if (table.has(key)) {
                table.error(key, key + why);
            }
        }
    }

    private OptionalInt guests(String key) {
        int most = (int) table.integer(key, 1, MOST_GUESTS, 0);
        return most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
    }

    /** Others of its bits mean nothing to connect(2). */
    private static int socketMode(String text) {
        if (!text.matches("06[06][06]")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is none of \"0600\", \"0660\", \"0606\", \"0666\"");
        }
        return Integer.parseInt(text, 8);
    }

    /** TCP counts it in whole seconds. */
    private static Duration keepalive(String text) {
        Duration silence = Quantities.duration(text);
        boolean none = silence.isZero();
        if (!none && silence.toSeconds() < 1 || silence.compareTo(LONGEST_KEEPALIVE) > 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither from 1s to 3600s nor 0s, which is for ever");
        }
        return silence;
    }
}

package org.lanyard.config;

import static org.lanyard.config.KeyType.duration;
import static org.lanyard.config.KeyType.oneOf;
import static org.lanyard.config.KeyType.whole;
import static org.lanyard.config.Keys.key;

import java.util.List;

/** The keys of {@code stream = { … }}, for {@link Keys}. */
final class StreamKeys {
    private StreamKeys() {}

    static Keys.Table table() {
        return new Keys.Table(
                "stream",
                "QEMU's `-netdev stream` and `-netdev socket`: one of these.",
                Keys.PORT,
                List.of(
                        key(
                                "listen",
                                Keys.ENDPOINT,
                                null,
                                "any number of guests connect; each is a port of its own"),
                        key(
                                        "group",
                                        Keys.GROUP,
                                        null,
                                        "whose members may connect to a unix socket; as with"
                                                + " `[control]`, the switch's user must be in it or"
                                                + " be root, and the runtime directory lets it pass")
                                .beside(Keys.LISTEN),
                        key(
                                        "mode",
                                        oneOf("0600", "0660", "0606", "0666"),
                                        null,
                                        "of a unix socket: who may connect. `\"0660\"` with a group,"
                                                + " else what the umask leaves: the switch's user."
                                                + " What systemd passes keeps what its unit says")
                                .beside(Keys.LISTEN),
                        key(
                                        "max-guests",
                                        whole(1, StreamReader.MOST_GUESTS),
                                        null,
                                        "how many guests there may be at once; further ones are"
                                                + " refused. The rest of the file's ports have their"
                                                + " places among `max-ports` in any case")
                                .beside(Keys.LISTEN),
                        key(
                                        "max-guests-per-user",
                                        whole(1, StreamReader.MOST_GUESTS),
                                        null,
                                        "how many of them one user may have, or one address where"
                                                + " it is TCP. If left out, a quarter of `max-ports`"
                                                + " and no limit from a loopback address. Root and"
                                                + " the switch's own user have no such limit")
                                .beside(Keys.LISTEN),
                        key(
                                "connect",
                                Keys.ENDPOINT,
                                null,
                                "to another switch; dialled again whenever it is not connected"),
                        key(
                                        "keepalive",
                                        duration("0s", "3600s", "500ms", "3601s"),
                                        "\"30s\"",
                                        "TCP: a peer that answers nothing for so long takes its port"
                                                + " down; `\"0s\"`: it never does. A guest that is"
                                                + " paused answers, for its host does")
                                .beside("listen = \"tcp:127.0.0.1:5555\"")));
    }
}

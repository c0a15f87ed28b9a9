package org.lanyard.control;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.UnixSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where listening ports get their sockets: from the service manager, if it passed one of the port's
 * name, or by binding one.
 */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final Supervisor supervisor;
    private final Room room;
    private final Map<String, StreamListener> inherited = new TreeMap<>();

    /**
     * @param room what all guests may have
     */
    Listeners(Supervisor supervisor, Room room) {
        this.supervisor = supervisor;
        this.room = room;
    }

    Room room() {
        return room;
    }

    /**
     * Looks at what was passed and closes what no port can use.
     *
     * @param ports the names of the listening ports
     * @throws IOException when what was passed for one of them is no listening stream socket
     */
    void inherit(Collection<String> ports) throws IOException {
        for (Supervisor.Passed passed : supervisor.passed()) {
            if (!ports.contains(passed.name()) || inherited.containsKey(passed.name())) {
                LOG.warn(
                        "fd {}, passed as '{}', is closed: {}",
                        passed.fd(),
                        passed.name(),
                        inherited.containsKey(passed.name())
                                ? "the port has one already"
                                : "no listening port has that name (FileDescriptorName= of a socket"
                                        + " unit)");
                passed.close();
                continue;
            }
            try {
                inherited.put(passed.name(), StreamListener.inherited(passed.fd()));
            } catch (IOException e) {
                throw new IOException(
                        "port "
                                + passed.name()
                                + ": fd "
                                + passed.fd()
                                + ", passed by the service manager, can't be used: "
                                + e.getMessage()
                                + "; a socket unit needs ListenStream= and Accept=no",
                        e);
            }
        }
    }

    /**
     * @param endpoint where to listen when none was passed
     * @param kind says who may connect to one that was not passed
     * @throws IOException with what is in the way there
     */
    StreamListener open(String port, Endpoint endpoint, PortKind.StreamListen kind)
            throws IOException {
        StreamListener passed = inherited.get(port);
        if (passed != null) {
            return passed;
        }
        if (endpoint instanceof Endpoint.Unix unix && !UnixSockets.removeStale(unix.path())) {
            throw new IOException(
                    "another process listens at "
                            + unix.path()
                            + "; end it or choose another path");
        }
        StreamListener listener = StreamListener.listen(endpoint);
        try {
            if (kind.saysWho()) {
                admit(port, endpoint, kind);
            }
            return listener;
        } catch (IOException e) {
            Closing.quietly(listener);
            throw e;
        }
    }

    /**
     * Lets those connect who may, or the owner alone, to a unix socket that was not passed.
     *
     * @throws IOException when it can't be given to them
     */
    void admit(String port, Endpoint endpoint, PortKind.StreamListen kind) throws IOException {
        if (endpoint instanceof Endpoint.Unix unix && !inherited.containsKey(port)) {
            SocketAccess.give(unix.path(), port, kind);
        }
    }
}

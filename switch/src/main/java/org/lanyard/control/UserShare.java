package org.lanyard.control;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.lanyard.forward.Clock;
import org.lanyard.gateway.FileTree;
import org.lanyard.gateway.Smbd;
import org.lanyard.slirp.SmbShare;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.FdMessage;
import org.lanyard.tapio.InetdProgram;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.StreamListener;
import org.lanyard.tapio.TcpSockets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory that a {@code user} port shares. Its child process, which may start nothing, sends
 * guests' connections here, and each gets an smbd; at most {@value #MOST} at a time, for any guest
 * can connect. All of it is in one directory, which goes with it.
 */
final class UserShare {
    static final int MOST = 16;

    private static final Logger LOG = LoggerFactory.getLogger(UserShare.class);
    private static final String SUFFIX = "-smb";

    /** Of what a killed switch leaves of user ports. */
    private static final String LEFT = ".user*-{smb,etc}";

    private final String port;
    private final SmbShare share;
    private final Path directory;
    private final ControlLoop loop;
    private final LogBudget budget;
    private final Set<Connection> coming = new HashSet<>();
    private final Set<InetdProgram> serving = new HashSet<>();

    /** What is to be ended still. */
    private List<InetdProgram> ending = List.of();

    private Smbd smbd;
    private StreamListener listener;
    private UserChild sender;

    /**
     * @param port for the log
     * @param prefix of the directory's name, in the runtime directory
     */
    UserShare(String port, SmbShare share, Path prefix, ControlLoop loop, Clock clock) {
        this.port = port;
        this.share = share;
        this.directory = prefix.resolveSibling(prefix.getFileName() + SUFFIX);
        this.loop = loop;
        this.budget = new LogBudget(clock);
    }

    /** Removes what a killed switch left of its own. */
    static void removeLeft(Path runtimeDir) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(runtimeDir, LEFT)) {
            for (Path directory : left) {
                removeLeftDirectory(directory);
            }
        } catch (DirectoryIteratorException | IOException e) {
            LOG.warn("what a killed switch left in {} stays: {}", runtimeDir, e.getMessage());
        }
    }

    private static void removeLeftDirectory(Path directory) {
        try {
            FileTree.remove(directory);
        } catch (IOException e) {
            LOG.warn("what a killed switch left stays: {}", e.getMessage());
        }
    }

    /** Where the child process connects. */
    Path socket() {
        return directory.resolve("s");
    }

    /**
     * Before the child is started, which wants to see the socket; on the port's {@link Lane}. Where
     * it fails, {@link #remove} is to follow.
     *
     * @throws IOException with a sentence for the user
     */
    void open() throws IOException {
        FileTree.remove(directory);
        Files.createDirectory(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        smbd = Smbd.prepare(share, directory.resolve("state"));
        listener = StreamListener.listen(new Endpoint.Unix(socket()));
        // For root's child is nobody. Nobody else passes the directory above.
        Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    /** From now on it takes connections of this process only. */
    void takeFrom(UserChild child) throws IOException {
        sender = child;
        loop.watch(listener.fd(), Epoll.IN, events -> accept());
    }

    /**
     * All at once: who waits for a place in the queue of a socket keeps its whole network waiting.
     */
    private void accept() {
        Connection connection;
        try {
            connection = listener.accept();
        } catch (IOException e) {
            tell(e.getMessage());
            return;
        }
        int pid = connection.peer().pid();
        boolean known = sender != null && pid == sender.pid() && sender.isAlive();
        if (!known || coming.size() + serving.size() >= MOST) {
            Closing.quietly(connection);
            tell(
                    "a connection is refused: "
                            + (known
                                    ? "there are " + MOST + " already"
                                    : "pid " + pid + " has no business here"));
            return;
        }
        try {
            loop.watch(connection.fd(), Epoll.IN, events -> receive(connection));
            coming.add(connection);
        } catch (IOException e) {
            Closing.quietly(connection);
            tell(e.getMessage());
        }
    }

    private void receive(Connection connection) {
        try {
            int guest = FdMessage.receive(connection.fd());
            try {
                if (!TcpSockets.isConnected(guest)) { // smbd would listen, then
                    throw new IOException("its process sent something that is no connection");
                }
                InetdProgram program = smbd.serve(guest);
                serving.add(program);
                program.onEnd().thenRun(() -> loop.execute(() -> end(program)));
            } finally {
                LibC.close(guest);
            }
        } catch (IOException e) {
            tell(e.getMessage());
        }
        forget(connection);
    }

    private void forget(Connection connection) {
        coming.remove(connection);
        loop.unwatch(connection.fd());
        Closing.quietly(connection);
    }

    private void end(InetdProgram program) {
        if (serving.remove(program)) {
            try {
                int status = program.end();
                // It ends its own process group, and so itself, when its guest has gone.
                if (status != 0 && status != 128 + LibC.SIGTERM) {
                    tell("smbd ended with status " + status);
                }
            } catch (IOException e) {
                tell(e.getMessage());
            }
        }
    }

    /** Whether that is an smbd of its own. */
    boolean isServer(int pid) {
        return serving.stream().anyMatch(program -> program.pid() == pid);
    }

    private void tell(String what) {
        if (budget.allows()) {
            LOG.warn("port {}: smb: {}{}", port, what, budget.leftOut());
        }
    }

    /** Takes no more; {@link #remove} is to follow. */
    void close() {
        loop.unwatch(listener.fd());
        List.copyOf(coming).forEach(this::forget);
        ending = List.copyOf(serving);
        serving.clear();
    }

    /** Ends all, and leaves nothing; on the port's {@link Lane}. */
    void remove() {
        if (listener != null) {
            Closing.quietly(listener);
        }
        for (InetdProgram program : ending) {
            try {
                program.end();
            } catch (IOException e) {
                loop.execute(() -> tell(e.getMessage()));
            }
        }
        try {
            FileTree.remove(directory);
        } catch (IOException e) {
            loop.execute(() -> tell(e.getMessage()));
        }
    }
}

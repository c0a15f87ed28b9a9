package org.lanyard.slirp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lanyard.tapio.Confinement;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.LibC;

/**
 * What the child process keeps. In namespaces of its own its root is empty but for these, which are
 * read-only:
 *
 * <pre>
 *   /etc/resolv.conf   a copy that the switch keeps up to date, for libslirp's name server
 *   /tftp              the directory that it serves
 *   /smb               the switch's socket for guests' connections to a shared directory
 * </pre>
 *
 * <p>Elsewhere it sees all by its usual name, and Landlock lets it open little of that.
 *
 * @param namespaces whether it was started in them
 * @param parent its parent process
 * @param etc what it sees as /etc
 */
record Cell(
        boolean namespaces,
        int parent,
        Optional<Path> etc,
        Optional<Path> tftp,
        Optional<Path> smbSocket) {
    private static final long MOST_MEMORY = 640L << 20;
    private static final Path RESOLVER = Path.of("/etc/resolv.conf");
    private static final Path TFTP = Path.of("/tftp");
    private static final Path SMB = Path.of("/smb");

    /** The switch's words. */
    static Cell of(Map<String, String> values, UserNetwork network) {
        boolean namespaces = Boolean.parseBoolean(values.get("namespaces"));
        return new Cell(
                namespaces,
                namespaces ? LibC.getppid() : Integer.parseInt(UserNetwork.value(values, "parent")),
                Optional.ofNullable(values.get("etc")).map(Path::of),
                network.tftp(),
                Optional.ofNullable(values.get("smb-socket")).map(Path::of));
    }

    /** What libslirp is to serve, with names that it will understand. */
    UserNetwork seen(UserNetwork network) {
        return namespaces ? network.withTftp(tftp.map(path -> TFTP)) : network;
    }

    /** Where libslirp is to connect for a share, unless by a descriptor. */
    Optional<String> smbSeenAt() {
        return namespaces ? Optional.of(SMB.toString()) : Optional.empty();
    }

    /**
     * Gives up all but this, for good.
     *
     * @throws IOException with a sentence for the user, when what it is to serve can't be kept
     */
    void lock() throws IOException {
        Confinement.limit(Main.MOST_DESCRIPTORS, MOST_MEMORY);
        if (namespaces) {
            leaveFiles();
        }
        if (!Confinement.dropRoot()) {
            System.err.println("no user 'nobody' can be had here: it stays root");
        }
        Confinement.dieWithParent(parent);
        check();
        try {
            boolean kept = Confinement.keepFiles(readable());
            if (!kept && !namespaces) {
                System.err.println("goes on and sees all files: neither namespaces nor Landlock");
            }
            Confinement.lock(smbSocket.isPresent());
        } catch (ErrnoException e) {
            System.err.println("goes on and is not shut in wholly: " + e.getMessage());
        }
    }

    private void leaveFiles() throws IOException {
        Map<String, Path> kept = new LinkedHashMap<>();
        etc.ifPresent(path -> kept.put("etc", path));
        tftp.filter(Files::isDirectory).ifPresent(path -> kept.put(name(TFTP), path));
        smbSocket.ifPresent(path -> kept.put(name(SMB), path));
        Confinement.leaveFiles(kept);
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private List<Path> readable() {
        List<Path> readable = new ArrayList<>();
        if (namespaces) {
            readable.add(RESOLVER.getParent());
            readable.add(TFTP);
        } else {
            readable.add(RESOLVER);
            tftp.ifPresent(readable::add);
        }
        return readable;
    }

    /** A directory that can't be read would show only when a guest asks for a file. */
    private void check() throws IOException {
        if (tftp.isEmpty()) {
            return;
        }
        Path seen = namespaces ? TFTP : tftp.get();
        if (!Files.isDirectory(seen) || !Files.isExecutable(seen)) {
            throw new IOException(
                    "tftp: "
                            + tftp.get()
                            + " is no directory that user id "
                            + LibC.geteuid()
                            + " may read");
        }
    }
}

package org.lanyard.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Open vSwitch with its userspace datapath and a database of its own; the host's service, if there
 * is one, is not asked.
 */
final class OpenVSwitch implements TapSwitch.Kind {
    static final String NAME = "Open vSwitch";
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");
    private static final int LIMIT_SECONDS = 30;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean isAvailable() {
        return Commands.find("ovs-vswitchd") != null
                && Commands.find("ovsdb-server") != null
                && Files.exists(SCHEMA);
    }

    @Override
    public String version() {
        try {
            return Commands.firstLine("ovs-vswitchd", "--version") + ", datapath_type=netdev";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "?";
        }
    }

    @Override
    public Candidate.Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        Path file = directory.resolve("conf.db");
        String socket = directory.resolve("db.sock").toString();
        run(List.of("ovsdb-tool", "create", file.toString(), SCHEMA.toString()));
        Process database =
                start(
                        directory,
                        middle,
                        List.of("ovsdb-server", file.toString(), "--remote=punix:" + socket));
        Process daemon = null;
        try {
            Commands.awaitFile(Path.of(socket), database);
            run(List.of("ovs-vsctl", "--db=unix:" + socket, "--no-wait", "init"));
            daemon = start(directory, middle, List.of("ovs-vswitchd", "unix:" + socket));
            run(bridge(socket));
            return new Daemons(database, daemon);
        } catch (IOException | InterruptedException | RuntimeException e) {
            if (daemon != null) {
                Commands.end(daemon);
            }
            Commands.end(database);
            throw e;
        }
    }

    private static List<String> bridge(String socket) {
        List<String> command = new ArrayList<>(List.of("ovs-vsctl", "--db=unix:" + socket));
        command.addAll(List.of("--timeout=" + LIMIT_SECONDS, "add-br", "br0"));
        command.addAll(List.of("--", "set", "bridge", "br0", "datapath_type=netdev"));
        for (String end : TapLab.ENDS) {
            command.addAll(List.of("--", "add-port", "br0", end));
            command.addAll(List.of("--", "set", "interface", end, "type=tap"));
        }
        return command;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Commands.output(LIMIT_SECONDS + 5, command);
    }

    private static Process start(Path directory, Namespace middle, List<String> command)
            throws IOException {
        List<String> whole = new ArrayList<>(command);
        String name = command.get(0);
        whole.add("--unixctl=" + directory.resolve(name + ".ctl"));
        ProcessBuilder builder =
                new ProcessBuilder(middle.inside(whole))
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve(name + ".log").toFile());
        for (String variable : List.of("OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR")) {
            builder.environment().put(variable, directory.toString());
        }
        return builder.start();
    }

    private record Daemons(Process database, Process daemon) implements Candidate.Running {
        @Override
        public String target() {
            return NAME;
        }

        @Override
        public long pid() {
            return daemon.pid();
        }

        @Override
        public void close() {
            Commands.end(daemon);
            Commands.end(database);
        }
    }
}

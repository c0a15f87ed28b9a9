package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/**
 * A network namespace with an interface and an address. Ends what it started, not the namespace.
 */
final class NamespaceHost implements Host {
    private final Namespace namespace;
    private Process server;

    NamespaceHost(Namespace namespace) {
        this.namespace = namespace;
    }

    @Override
    public String run(String command, int seconds) throws IOException, InterruptedException {
        List<String> shell = List.of("sh", "-c", "{ " + command + "; } 2>&1");
        return Commands.output(seconds, namespace.inside(shell));
    }

    @Override
    public void serve() throws IOException {
        server =
                new ProcessBuilder(namespace.inside(List.of("iperf3", "-s")))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
    }

    @Override
    public long pid() {
        return server == null ? 0 : server.pid();
    }

    @Override
    public void close() {
        if (server != null) {
            Commands.end(server);
        }
    }
}

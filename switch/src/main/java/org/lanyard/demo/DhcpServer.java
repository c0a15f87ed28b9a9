package org.lanyard.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** dnsmasq on the host's side of the switch, in the switch's network namespace. */
public final class DhcpServer implements AutoCloseable {
    private static final long START_MILLIS = 5_000;

    private final Process process;
    private final Path said;
    private final Path leases;

    private DhcpServer(Process process, Path said, Path leases) {
        this.process = process;
        this.said = said;
        this.leases = leases;
    }

    /**
     * @throws IOException with what dnsmasq said when it does not start
     */
    public static DhcpServer start(DemoSwitch lanyard) throws IOException, InterruptedException {
        Path said = Files.createTempFile("lanyard-dnsmasq", ".log");
        Path leases = Files.createTempFile("lanyard-dnsmasq", ".leases");
        List<String> command =
                lanyard.inNamespace(
                        List.of(
                                "dnsmasq",
                                "--keep-in-foreground",
                                "--conf-file=/dev/null",
                                "--log-facility=-",
                                "--user=root",
                                "--group=root",
                                "--port=0",
                                "--interface=lan0",
                                "--bind-interfaces",
                                "--dhcp-authoritative",
                                "--dhcp-range=10.77.0.100,10.77.0.199,10m",
                                "--dhcp-leasefile=" + leases));
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        DhcpServer server = new DhcpServer(process, said, leases);
        server.awaitStart();
        return server;
    }

    private void awaitStart() throws IOException, InterruptedException {
        for (long waited = 0; waited < START_MILLIS; waited += 20) {
            if (Files.readString(said).contains("IP range")) {
                return;
            }
            if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        String output = Files.readString(said).strip();
        close();
        throw new IOException("dnsmasq did not start: " + output);
    }

    /** Whether dnsmasq still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(said);
        Files.deleteIfExists(leases);
    }
}

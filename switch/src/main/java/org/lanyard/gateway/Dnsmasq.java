package org.lanyard.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.lanyard.config.Gateway;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Wait;

/**
 * A dnsmasq(8) that serves those behind one TAP: DHCP, TFTP and, if asked, names. It answers on
 * that interface only, reads no configuration of the host's, and has of root's rights only those
 * that its sockets need. It dies with the thread that started it (PR_SET_PDEATHSIG, prctl(2)).
 */
public final class Dnsmasq {
    private static final int PATIENCE_SECONDS = 5;
    private static final String STARTED = "started, version";

    /** Said after the reason. */
    private static final String FAILED = "FAILED to start up";

    /** Of no use to anybody who did not build it. */
    private static final String BUILT = "compile time options";

    private static final String OWN_USER = "dnsmasq";

    /** Nobody's, on every distribution; as a group too. */
    private static final String NOBODY = "65534";

    /**
     * To bind to ports 53, 67 and 69, to see whether an address is free, to answer who has none.
     */
    private static final String RIGHTS = "-all,+net_bind_service,+net_raw,+net_admin";

    private final Process process;
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile boolean started;
    private volatile String last = "it ended without a word";

    private Dnsmasq(Process process) {
        this.process = process;
    }

    /**
     * Starts it; {@link #awaitStart} tells how that went.
     *
     * @param directory where it keeps its leases
     * @param log gets each line that it writes, on a thread of its own; guests can cause them
     * @throws IOException when it or setpriv is missing
     */
    public static Dnsmasq start(String tap, Gateway gateway, Path directory, Consumer<String> log)
            throws IOException {
        Path dnsmasq = Programs.need("dnsmasq", "dhcp or tftp", "dnsmasq-base");
        Path setpriv = Programs.need("setpriv", "dhcp or tftp", "util-linux");
        List<String> command = new ArrayList<>(List.of(setpriv.toString(), "--pdeathsig", "KILL"));
        Files.createDirectories(directory);
        if (LibC.geteuid() == 0) {
            command.addAll(asAnother(directory));
        }
        command.add(dnsmasq.toString());
        command.addAll(arguments(tap, gateway));
        // Its working directory, for the one above it is closed to its user.
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        Dnsmasq running = new Dnsmasq(builder.start());
        Thread reader = new Thread(() -> running.read(log), "lanyard-dnsmasq-" + tap);
        reader.setDaemon(true);
        reader.start();
        return running;
    }

    /** Root's part: the words for setpriv, and the directory given away. */
    private static List<String> asAnother(Path directory) throws IOException {
        if (UserNamespace.hasOnlyRoot()) {
            return List.of();
        }
        UserPrincipal user = user(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        try {
            Files.setOwner(directory, user);
        } catch (IOException e) {
            throw UserNamespace.mayNotGive("dnsmasq", user.getName(), e);
        }
        List<String> words = Programs.asAnother(user.getName(), NOBODY, RIGHTS);
        words.add("--no-new-privs");
        return words;
    }

    private static UserPrincipal user(Path directory) throws IOException {
        UserPrincipalLookupService users =
                directory.getFileSystem().getUserPrincipalLookupService();
        try {
            return users.lookupPrincipalByName(OWN_USER);
        } catch (UserPrincipalNotFoundException e) {
            return users.lookupPrincipalByName(NOBODY);
        }
    }

    static List<String> arguments(String tap, Gateway gateway) {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("--keep-in-foreground", "--conf-file=/dev/null", "--pid-file"));
        words.addAll(List.of("--user=", "--group=", "--log-facility=-", "--no-hosts"));
        // Not --bind-interfaces, which looks at the address alone, and answers whoever has a route
        // to
        // it; see CVE-2012-3411.
        words.addAll(List.of("--interface=" + tap, "--except-interface=lo", "--bind-dynamic"));
        boolean servesDns = gateway.dhcp().map(Gateway.Dhcp::servesDns).orElse(false);
        words.addAll(
                servesDns
                        ? List.of("--domain-needed", "--bogus-priv")
                        : List.of("--port=0", "--no-resolv"));
        gateway.dhcp().ifPresent(dhcp -> addDhcp(dhcp, words));
        gateway.tftp()
                .ifPresent(root -> words.addAll(List.of("--enable-tftp", "--tftp-root=" + root)));
        gateway.bootfile().ifPresent(file -> words.add("--dhcp-boot=" + file));
        return words;
    }

    private static void addDhcp(Gateway.Dhcp dhcp, List<String> words) {
        words.addAll(List.of("--dhcp-authoritative", "--dhcp-leasefile=leases"));
        words.add(
                "--dhcp-range="
                        + dhcp.first().getHostAddress()
                        + ","
                        + dhcp.last().getHostAddress()
                        + ","
                        + dhcp.lease().toSeconds());
        // Without a value it tells none, and dnsmasq would tell of itself.
        words.add(
                "--dhcp-option=option:router"
                        + dhcp.router().map(router -> "," + router.getHostAddress()).orElse(""));
        if (!dhcp.servesDns()) {
            words.add(
                    "--dhcp-option=option:dns-server"
                            + dhcp.dns().stream()
                                    .map(server -> "," + server.getHostAddress())
                                    .collect(Collectors.joining()));
        }
        dhcp.domain()
                .ifPresent(
                        domain ->
                                words.addAll(
                                        List.of("--domain=" + domain, "--local=/" + domain + "/")));
    }

    private void read(Consumer<String> log) {
        try (BufferedReader lines =
                new BufferedReader(process.inputReader(StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String said = line.replaceFirst("^dnsmasq(-\\w+)?(\\[\\d+\\])?: ", "");
                if (said.startsWith(STARTED)) {
                    started = true;
                    decided.countDown();
                } else if (!said.isBlank() && !said.equals(FAILED) && !said.startsWith(BUILT)) {
                    last = said;
                    log.accept(said);
                }
            }
        } catch (IOException e) {
            // It ended.
        } finally {
            decided.countDown();
        }
    }

    /**
     * Waits until it serves.
     *
     * @throws IOException with what it said when it ended instead, or took longer than 5 s
     */
    public void awaitStart() throws IOException {
        Wait wait = Wait.on("dnsmasq");
        try {
            if (!decided.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                last = "it does not start";
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wait.end();
        }
        if (!started) {
            stop();
            throw new IOException("dnsmasq: " + last + mend(last));
        }
    }

    private static String mend(String said) {
        if (said.contains("Permission denied") || said.contains("missing required capability")) {
            return "; it needs root, or CAP_NET_BIND_SERVICE, CAP_NET_RAW and CAP_NET_ADMIN as"
                    + " ambient capabilities";
        }
        return said.contains("Address already in use")
                ? "; another server has the port: see ss -lunp, or leave dns = true out"
                : "";
    }

    /** What it said last. Any thread. */
    public String lastWords() {
        return last;
    }

    /** Completes when it has ended, on a thread of the JDK's. */
    public CompletableFuture<Process> onEnd() {
        return process.onExit();
    }

    /** Ends it, and waits for that; one that does not end within 5 s is killed. */
    public void stop() {
        process.destroy();
        Wait wait = Wait.on("dnsmasq");
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            wait.end();
        }
    }
}

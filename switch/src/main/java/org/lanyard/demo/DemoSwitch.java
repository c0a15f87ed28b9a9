package org.lanyard.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A background switch of the demonstration's own, driven as a user would: by {@code lanyard start},
 * {@code attach}, {@code port list}, {@code stop}. Where the kernel lets us, it lives in a network
 * namespace of its own and has a TAP there, so that the machine's network is not touched.
 */
public final class DemoSwitch implements AutoCloseable {
    public static final String HOST_ADDRESS = "10.77.0.1";

    private static final long PATIENCE_SECONDS = 60;
    private static final Pattern NETDEV = Pattern.compile("-netdev (\\S+)");
    private static final Pattern PID = Pattern.compile("\"pid\" : (\\d+)");

    private final List<String> lanyard;
    private final List<String> enter;
    private final Path dir;
    private final String whyNoTap;

    private DemoSwitch(List<String> lanyard, List<String> enter, Path dir, String whyNoTap) {
        this.lanyard = lanyard;
        this.enter = enter;
        this.dir = dir;
        this.whyNoTap = whyNoTap;
    }

    /**
     * Starts it with a TAP if that is possible here, without one otherwise.
     *
     * @param lanyard how to run the program
     * @throws IOException with what the program said when it does not start at all
     */
    public static DemoSwitch start(List<String> lanyard) throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("lanyard-demo");
        boolean root = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        List<String> unshare =
                root ? List.of("unshare", "--net") : List.of("unshare", "--map-root-user", "--net");
        Commands.Result tried =
                launch(
                        lanyard,
                        unshare,
                        dir,
                        "[ports.host]\ntap = { name = \"lan0\", address = [\""
                                + HOST_ADDRESS
                                + "/24\"] }\n");
        if (tried.succeeded()) {
            List<String> enter = new ArrayList<>(List.of("nsenter", "--net"));
            if (!root) {
                enter.addAll(List.of("--user", "--preserve-credentials"));
            }
            return new DemoSwitch(lanyard, enter, dir, null);
        }
        Commands.Result without = launch(lanyard, List.of(), dir, "");
        if (!without.succeeded()) {
            throw new IOException("the switch did not start: " + without.output());
        }
        return new DemoSwitch(lanyard, List.of(), dir, tried.output());
    }

    private static Commands.Result launch(
            List<String> lanyard, List<String> prefix, Path dir, String morePorts)
            throws IOException, InterruptedException {
        Path config = dir.resolve("demo.toml");
        Files.writeString(
                config,
                "[switch]\nname = \"demo\"\n\n[ports.guests]\n"
                        + "stream = { listen = \"unix:guests.sock\" }\n\n"
                        + morePorts);
        List<String> command = new ArrayList<>(prefix);
        command.addAll(lanyard);
        command.addAll(List.of("start", "--config", config.toString()));
        command.addAll(List.of("--runtime-dir", dir.toString()));
        return Commands.run(PATIENCE_SECONDS, command);
    }

    /** Null when there is a TAP, else what stood in its way. */
    public String whyNoTap() {
        return whyNoTap;
    }

    public Path dir() {
        return dir;
    }

    /** The {@code -netdev} argument that {@code lanyard attach} prints. */
    public String netdev() throws IOException, InterruptedException {
        String said = ask("attach", "guests");
        Matcher matcher = NETDEV.matcher(said);
        if (!matcher.find()) {
            throw new IOException("lanyard attach printed no -netdev: " + said);
        }
        return matcher.group(1);
    }

    /** Runs a command of the program's against this switch. */
    public String ask(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(lanyard);
        command.addAll(List.of(words));
        command.addAll(List.of("--runtime-dir", dir.toString()));
        Commands.Result result = Commands.run(PATIENCE_SECONDS, command);
        if (!result.succeeded()) {
            throw new IOException("lanyard " + String.join(" ", words) + ": " + result.output());
        }
        return result.output();
    }

    /** A command line that runs in the switch's network namespace. */
    public List<String> inNamespace(List<String> command) throws IOException, InterruptedException {
        Matcher matcher = PID.matcher(ask("status", "--json"));
        if (enter.isEmpty() || !matcher.find()) {
            throw new IOException("the switch has no namespace of its own");
        }
        List<String> line = new ArrayList<>(enter);
        line.addAll(List.of("--target", matcher.group(1), "--"));
        line.addAll(command);
        return line;
    }

    /** Stops the switch; its namespace and its TAP go with it. */
    @Override
    public void close() throws IOException {
        try {
            ask("stop");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the switch stopped", e);
        }
        for (String left : List.of("demo.toml", "lanyard.log")) {
            Files.deleteIfExists(dir.resolve(left));
        }
        Files.deleteIfExists(dir);
    }
}

package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.SwitchConfig;
import org.lanyard.forward.Clock;

/** A whole switch on a thread of this process. */
public final class RunningSwitch implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 20_000;

    static {
        // The log of hundreds of switches would hide what a failing test says.
        for (Handler console : Logger.getLogger("").getHandlers()) {
            console.setLevel(Level.SEVERE);
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final RuntimeDir dir;
    private final Switch lanyard;
    private final Thread thread;

    private RunningSwitch(SwitchConfig config, Path path, Clock clock) throws Exception {
        this.dir = new RuntimeDir(path);
        this.lanyard = new Switch(config, null, dir, clock);
        CountDownLatch ready = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        thread =
                new Thread(
                        () -> {
                            try {
                                lanyard.run(ready::countDown);
                            } catch (IOException | RuntimeException | Error e) {
                                failure.set(e);
                                ready.countDown();
                            }
                        },
                        "lanyard-control");
        thread.start();
        if (!ready.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            close();
            throw new AssertionError("the switch was not ready within 20 s");
        }
        if (failure.get() != null) {
            awaitEnd();
            throw new IOException(failure.get().getMessage(), failure.get());
        }
    }

    /** One port {@code guests}. */
    public static RunningSwitch in(Path dir) throws Exception {
        return new RunningSwitch(SwitchConfig.withoutFile(), dir, Clock.SYSTEM);
    }

    /**
     * @throws IOException when it does not start, with the switch's own message
     */
    public static RunningSwitch of(String toml, Path dir) throws Exception {
        return of(toml, dir, Clock.SYSTEM);
    }

    static RunningSwitch of(String toml, Path dir, Clock clock) throws Exception {
        return new RunningSwitch(parse(toml), dir, clock);
    }

    private static SwitchConfig parse(String toml) throws ConfigException {
        return ConfigParser.parse("test.toml", toml);
    }

    public Path path(String name) {
        return dir.path().resolve(name);
    }

    Path controlSocket() {
        return dir.controlSocket();
    }

    public JsonNode call(String method) throws IOException {
        return call(method, json.createObjectNode());
    }

    public JsonNode call(String method, ObjectNode params) throws IOException {
        ObjectNode request = json.createObjectNode();
        request.put("jsonrpc", "2.0").put("id", 1).put("method", method).set("params", params);
        JsonNode answer = json.readTree(LineClient.ask(controlSocket(), request.toString()));
        if (!answer.has("result")) {
            throw new IOException("no result: " + answer);
        }
        return answer.get("result");
    }

    /** The port's row, or a missing node. */
    public JsonNode port(String name) throws IOException {
        for (JsonNode port : call("port.list")) {
            if (port.path("name").asText().equals(name)) {
                return port;
            }
        }
        return json.missingNode();
    }

    String state(String port) throws IOException {
        return port(port).path("state").asText("absent");
    }

    /** Waits until the port is {@code up}, {@code down}, {@code listening} or {@code absent}. */
    void await(String port, String state) throws Exception {
        Eventually.see("port " + port + " " + state, () -> state(port), state::equals);
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    void awaitEnd() {
        try {
            thread.join(PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new AssertionError("the switch did not end within 20 s");
        }
    }

    @Override
    public void close() {
        lanyard.requestStop();
        awaitEnd();
    }
}

package org.lanyard.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lanyard.config.MemoryNeeds;
import org.lanyard.config.SwitchConfig;
import org.lanyard.tapio.Exec;
import org.slf4j.LoggerFactory;

/**
 * The heap of a switch: the usual one holds the usual configuration. One that needs more, and may
 * have it, is run by the same process as a new JVM.
 */
final class HeapSize {
    private static final String MOST = "-Xmx";

    /** What the launcher script says too. */
    static final String USUAL = MOST + "128m";

    /** Tells the launcher script a larger one than the usual: so much, as after the option. */
    private static final String VARIABLE = "LANYARD_HEAP";

    /** Said by whoever starts the JVM where the user has not said how large the heap is to be. */
    static final String MAY_GROW = "-D" + MemoryNeeds.HEAP + "=" + MemoryNeeds.GROWS;

    /** Of 128 MiB a thirtieth, one survivor space, can't be used. */
    private static final long USUAL_BYTES = 123L << 20;

    private HeapSize() {}

    /**
     * Before a switch is started, by who has read its configuration: it need not start itself again
     * for a larger heap.
     */
    static void announce(SwitchConfig config, Map<String, String> environment) {
        MemoryNeeds needs = MemoryNeeds.of(config);
        if (needs.heap() > USUAL_BYTES) {
            environment.put(VARIABLE, needs.option().substring(MOST.length()));
        } else {
            environment.remove(VARIABLE);
        }
    }

    /** Returns when the heap is as large as it has to be. */
    static void fit(SwitchConfig config) {
        MemoryNeeds needs = MemoryNeeds.of(config);
        boolean isLarge = needs.heap() <= Runtime.getRuntime().maxMemory();
        if (!isLarge && MemoryNeeds.GROWS.equals(System.getProperty(MemoryNeeds.HEAP))) {
            startAgain(needs.option());
        }
        System.clearProperty(MemoryNeeds.HEAP); // from now on it is as it is
    }

    /** Its pid stays, and what it was started with, be it sockets or a lock on its files. */
    private static void startAgain(String heap) {
        try {
            Path self = Path.of("/proc/self");
            List<String> words =
                    List.of(
                            Files.readString(self.resolve("cmdline"), StandardCharsets.UTF_8)
                                    .split("\0"));
            Optional<String> most = words.stream().filter(w -> w.startsWith(MOST)).findFirst();
            if (most.isPresent()) {
                List<String> changed = new ArrayList<>(words);
                changed.set(words.indexOf(most.get()), heap);
                changed.remove(MAY_GROW);
                Exec.become(self.resolve("exe").toRealPath(), changed);
            }
        } catch (IOException e) {
            LoggerFactory.getLogger(HeapSize.class)
                    .warn("the heap stays as it is, though {} is needed: {}", heap, e.getMessage());
        }
    }
}

package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The floor between TAPs: {@code src/main/c/taprelay.c}. Carries super-frames, and looks at none.
 */
record TapRelay(Path program) implements TapSwitch.Kind {
    static final String NAME = "TAP relay";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String version() {
        return "bench/src/main/c/taprelay.c, gcc -O2";
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public Candidate.Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(TapLab.ENDS);
        Process process =
                new ProcessBuilder(RunningProcess.inTheBackground(middle.inside(command)))
                        .inheritIO()
                        .start();
        return new RunningProcess(directory.toString(), process);
    }
}

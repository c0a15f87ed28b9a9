package org.lanyard.bench;

import java.util.ArrayList;
import java.util.List;

/** A candidate that is one process of ours. */
record RunningProcess(String target, Process process) implements Candidate.Running {
    /**
     * In a session of its own, as a switch in the background is: the kernel's scheduler groups
     * threads by session (sched_autogroup), and one candidate in the load's would be favoured.
     */
    static List<String> inTheBackground(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("setsid"));
        whole.addAll(command);
        return whole;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        Commands.end(process);
    }
}

package org.lanyard.bench;

/** A candidate that is one process of ours. */
record RunningProcess(String target, Process process) implements Candidate.Running {
    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        Commands.end(process);
    }
}

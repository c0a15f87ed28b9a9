package org.lanyard.bench;

import java.io.IOException;

/** Where iperf3 runs: a guest, or a network namespace. */
interface Host extends AutoCloseable {
    /**
     * What a shell command writes.
     *
     * @throws IOException when its status is not 0 or it takes longer than that many seconds
     */
    String run(String command, int seconds) throws IOException, InterruptedException;

    /** Lets {@code iperf3 -s} run from now on. */
    void serve() throws IOException, InterruptedException;

    /** The process that uses this host's CPU time and is no child that has ended; or 0. */
    long pid();

    @Override
    void close() throws IOException;
}

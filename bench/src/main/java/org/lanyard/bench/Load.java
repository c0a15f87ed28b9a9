package org.lanyard.bench;

import java.io.IOException;

/** Puts load on candidates and measures what comes of it. */
interface Load {
    /** What it does, in one line, for the record. */
    String words();

    /** A shorter one for what is not counted: a JVM compiles what it runs often. */
    Load brief();

    /** Attaches whatever makes the load; closing takes it away again. */
    Attached attach(Candidate.Running candidate) throws IOException, InterruptedException;

    /** The load at one candidate, silent until it is to be measured. */
    interface Attached extends AutoCloseable {
        Measurement measure(Trial trial) throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }
}

package org.lanyard.cli;

/** What a command's exit status means. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_RUNNING = 3;
    static final int INVALID_CONFIG = 4;

    private ExitCode() {}
}

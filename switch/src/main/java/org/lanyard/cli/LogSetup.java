package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Where the switch's log goes: standard error, or a file of bounded size. One line an event. */
final class LogSetup {
    /** The JDK's manager closes all handlers as soon as a SIGTERM comes; the last lines matter. */
    public static final class Manager extends LogManager {
        @Override
        public void reset() {
            // The handler is ours and lives as long as the process.
        }
    }

    private LogSetup() {}

    /** To be called before anything logs. */
    static void toStandardError(LogFormat format) {
        install(System.err, format);
    }

    static void toFile(Path file, LogFormat format) throws IOException {
        install(new PrintStream(new RotatingFile(file), true, StandardCharsets.UTF_8), format);
    }

    private static void install(PrintStream out, LogFormat format) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.setLevel(Level.INFO);
        root.addHandler(new LineHandler(out, format));
    }

    private static final class LineHandler extends Handler {
        private final PrintStream out;

        LineHandler(PrintStream out, LogFormat format) {
            this.out = out;
            setFormatter(format.formatter());
        }

        @Override
        public void publish(LogRecord event) {
            out.print(getFormatter().format(event));
            out.flush();
        }

        @Override
        public void flush() {
            out.flush();
        }

        @Override
        public void close() {
            out.flush();
        }
    }
}

package org.lanyard.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
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
    static void toStandardError() {
        install(System.err);
    }

    static void toFile(Path file) throws IOException {
        install(new PrintStream(new RotatingFile(file), true, StandardCharsets.UTF_8));
    }

    private static void install(PrintStream out) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.setLevel(Level.INFO);
        root.addHandler(new LineHandler(out));
    }

    private static final class LineHandler extends Handler {
        private final PrintStream out;

        LineHandler(PrintStream out) {
            this.out = out;
            setFormatter(new LineFormatter());
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

    private static final class LineFormatter extends Formatter {
        @Override
        public String format(LogRecord event) {
            String time = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
            StringBuilder line = new StringBuilder(time);
            line.append(' ')
                    .append(word(event.getLevel()))
                    .append(' ')
                    .append(formatMessage(event));
            Throwable cause = event.getThrown();
            if (cause != null) {
                line.append(": ").append(cause);
                for (StackTraceElement at : cause.getStackTrace()) {
                    line.append("\n    at ").append(at);
                }
            }
            return line.append('\n').toString();
        }

        private static String word(Level level) {
            if (level == Level.SEVERE) {
                return "ERROR";
            }
            return level == Level.WARNING ? "WARN " : "INFO ";
        }
    }
}

package org.lanyard.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Where the switch's log goes: standard error, or a file of bounded size. One line an event. */
final class LogSetup {
    private static final long LAST_MILLIS = 1_000;

    /** The JDK's manager closes all handlers as soon as a SIGTERM comes; the last lines matter. */
    public static final class Manager extends LogManager {
        @Override
        public void reset() {
            // The handler is ours and lives as long as the process.
        }
    }

    private static volatile LogWriter writer;

    private LogSetup() {}

    /** The last lines; waits for who reads them, a moment at most. */
    static void drain() {
        LogWriter last = writer;
        if (last != null) {
            last.drain(LAST_MILLIS);
        }
    }

    /** To be called before anything logs. */
    static void toStandardError(LogFormat format) {
        // Libraries flush System.err, on any thread, and would wait for its lock while we write.
        FileOutputStream own = new FileOutputStream(FileDescriptor.err);
        install(new PrintStream(own, false, Charset.defaultCharset()), format);
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
        writer = new LogWriter(out, lost -> format.formatter().format(lost(lost)));
        root.addHandler(new LineHandler(writer, format));
    }

    private static LogRecord lost(long lines) {
        String what = lines + " lines of this log are lost: who reads it did not for a while";
        LogRecord event = new LogRecord(Level.WARNING, what);
        event.setLoggerName(LogSetup.class.getName());
        return event;
    }

    private static final class LineHandler extends Handler {
        private final LogWriter out;

        LineHandler(LogWriter out, LogFormat format) {
            this.out = out;
            setFormatter(format.formatter());
        }

        @Override
        public void publish(LogRecord event) {
            out.write(getFormatter().format(event));
        }

        @Override
        public void flush() {
            LogSetup.drain();
        }

        @Override
        public void close() {
            LogSetup.drain();
        }
    }
}

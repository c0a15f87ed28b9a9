package org.lanyard.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import picocli.CommandLine.Option;

/** How the log is written: for people, or as one JSON object a line. */
enum LogFormat {
    TEXT(new Text()),
    JSON(new Json());

    private final Formatter formatter;

    LogFormat(Formatter formatter) {
        this.formatter = formatter;
    }

    Formatter formatter() {
        return formatter;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The user's choice. */
    static final class Choice {
        private static final String NAME = "--log-format";

        @Option(
                names = NAME,
                paramLabel = "FORMAT",
                description =
                        "the log's lines: ${COMPLETION-CANDIDATES} (default: text;"
                                + " restart: as before)")
        private LogFormat format;

        LogFormat format() {
            return format == null ? TEXT : format;
        }

        /** How to choose the same in another command. */
        List<String> words() {
            return format == null ? List.of() : List.of(NAME, format.toString());
        }

        /** How to choose the same, or else what a running switch was started with. */
        List<String> wordsLike(long pid) {
            return format == null ? told(commandLine(pid)) : words();
        }

        static List<String> commandLine(long pid) {
            try {
                return List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
            } catch (IOException e) {
                return List.of(); // it is ending
            }
        }

        /** Both ways of writing it; the last one counts. */
        static List<String> told(List<String> words) {
            List<String> told = List.of();
            for (int i = 0; i < words.size(); i++) {
                if (words.get(i).startsWith(NAME + "=")) {
                    told = List.of(words.get(i));
                } else if (words.get(i).equals(NAME) && i + 1 < words.size()) {
                    told = words.subList(i, i + 2);
                }
            }
            return told;
        }
    }

    private static String time(LogRecord event) {
        return event.getInstant().truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String word(Level level) {
        if (level == Level.SEVERE) {
            return "ERROR";
        }
        return level == Level.WARNING ? "WARN" : "INFO";
    }

    private static final class Text extends Formatter {
        @Override
        public String format(LogRecord event) {
            StringBuilder line = new StringBuilder(time(event));
            line.append(' ')
                    .append(String.format("%-5s", word(event.getLevel())))
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
    }

    /** {@code {"time": ISO 8601 in UTC, "level", "message", "error": a stack trace, if any}}. */
    private static final class Json extends Formatter {
        @Override
        public String format(LogRecord event) {
            ObjectNode line = JsonNodeFactory.instance.objectNode();
            line.put("time", time(event))
                    .put("level", word(event.getLevel()))
                    .put("message", formatMessage(event));
            if (event.getThrown() != null) {
                StringWriter trace = new StringWriter();
                event.getThrown().printStackTrace(new PrintWriter(trace, true));
                line.put("error", trace.toString());
            }
            return line + "\n";
        }
    }
}

package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogFormatTest {
    private static final Instant TIME = Instant.parse("2026-11-23T10:15:30.123456Z");

    private static LogRecord event(Level level, String message, Throwable cause) {
        LogRecord event = new LogRecord(level, message);
        event.setInstant(TIME);
        event.setThrown(cause);
        return event;
    }

    /** Every line is an object of a time, a level and a message; the last one's ends so. */
    static void assertJsonLines(String log, String lastMessage) throws Exception {
        List<String> lines = log.lines().toList();
        JsonNode last = null;
        for (String line : lines) {
            last = new ObjectMapper().readTree(line);
            Instant.parse(last.path("time").asText());
            assertTrue(List.of("INFO", "WARN", "ERROR").contains(last.path("level").asText()));
            assertTrue(last.path("message").isTextual(), line);
        }
        assertTrue(last != null && last.path("message").asText().endsWith(lastMessage), log);
    }

    @Test
    void shouldWriteOneLineForPeople() {
        assertEquals(
                "2026-11-23T10:15:30.123Z WARN  port web is slow\n",
                LogFormat.TEXT.formatter().format(event(Level.WARNING, "port web is slow", null)));
    }

    @Test
    void shouldWriteOneObjectALineWhateverTheMessageHolds() throws Exception {
        String line =
                LogFormat.JSON
                        .formatter()
                        .format(event(Level.INFO, "a \"guest\"\nwith\u0000 odd\twords", null));
        assertEquals(1, line.lines().count());
        assertTrue(line.endsWith("}\n"));
        JsonNode object = new ObjectMapper().readTree(line);
        assertEquals("2026-11-23T10:15:30.123Z", object.path("time").asText());
        assertEquals("INFO", object.path("level").asText());
        assertEquals("a \"guest\"\nwith\u0000 odd\twords", object.path("message").asText());
        assertEquals(3, object.size());
    }

    @Test
    void shouldPutAStackTraceIntoTheSameLine() throws Exception {
        Exception cause = new IllegalStateException("broken", new RuntimeException("deeper"));
        String line = LogFormat.JSON.formatter().format(event(Level.SEVERE, "oh", cause));
        assertEquals(1, line.lines().count());
        String error = new ObjectMapper().readTree(line).path("error").asText();
        assertTrue(error.startsWith("java.lang.IllegalStateException: broken\n\tat "), error);
        assertTrue(error.contains("Caused by: java.lang.RuntimeException: deeper"), error);
    }

    @Test
    void shouldNameTheFormatsThatThereAre() {
        Cli cli = Cli.run("run", "--log-format", "xml");
        assertEquals(2, cli.exitCode());
        assertTrue(cli.err().contains("text, json"), cli::err);
    }

    @Test
    void shouldFindWhatASwitchWasTold() {
        List<String> none = List.of("java", "-jar", "lanyard.jar", "run", "--name", "a");
        assertEquals(List.of(), LogFormat.Choice.told(none));
        assertEquals(
                List.of("--log-format=json"),
                LogFormat.Choice.told(List.of("run", "--log-format=json", "--detached")));
        assertEquals(
                List.of("--log-format", "text"),
                LogFormat.Choice.told(
                        List.of(
                                "run",
                                "--log-format=json",
                                "--log-format",
                                "text",
                                "--name",
                                "a")));
        assertEquals(List.of(), LogFormat.Choice.told(List.of("run", "--log-format")));
    }
}

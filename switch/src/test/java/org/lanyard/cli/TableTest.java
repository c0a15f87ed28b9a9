package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Help.Ansi;

class TableTest {
    private static String printed(int columns, Ansi ansi) {
        Table table = new Table("PORT", "STATE", "ENDPOINT");
        table.row("web/1", "up", "unix:/run/lanyard/lan0/web.sock");
        table.row("up", "down", "tcp:127.0.0.1:5555");
        StringWriter out = new StringWriter();
        table.print(new PrintWriter(out), columns, ansi);
        return out.toString();
    }

    @Test
    void shouldBeAsWideAsItsCells() {
        assertEquals(
                """
                PORT   STATE  ENDPOINT
                web/1  up     unix:/run/lanyard/lan0/web.sock
                up     down   tcp:127.0.0.1:5555
                """,
                printed(Integer.MAX_VALUE, Ansi.OFF));
        assertEquals(printed(45, Ansi.OFF), printed(Integer.MAX_VALUE, Ansi.OFF));
    }

    @ParameterizedTest
    @CsvSource({"44, 44", "30, 30", "22, 22", "10, 22", "1, 22"})
    void shouldCutItsLastColumnToFitATerminal(int columns, int longest) {
        String printed = printed(columns, Ansi.OFF);
        assertEquals(longest, printed.lines().mapToInt(String::length).max().getAsInt(), printed);
        assertEquals(3, printed.lines().count());
        assertEquals("…", printed.lines().toList().get(1).substring(longest - 1));
    }

    @Test
    void shouldColourAStateAndKeepTheColumnsInLine() {
        String coloured = printed(60, Ansi.ON);
        assertEquals(printed(60, Ansi.OFF), coloured.replaceAll("\u001b\\[[0-9;]*m", ""));
        assertEquals(true, coloured.contains("\u001b[32mup\u001b["), coloured);
        assertEquals(true, coloured.contains("\u001b[31mdown\u001b["), coloured);
        assertEquals(true, coloured.contains("\nup     "), "a port of that name has none");
    }
}

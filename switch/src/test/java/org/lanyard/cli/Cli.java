package org.lanyard.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import picocli.CommandLine;

/** The command line in this process: what it returned and what it wrote. */
public record Cli(int exitCode, String out, String err) {
    /** As in a terminal of 80 columns without colours, in English. */
    public static Cli run(String... words) {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.ROOT);
        try {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            CommandLine commandLine = Lanyard.commandLine();
            commandLine.setColorScheme(
                    CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
            commandLine.setOut(new PrintWriter(out, true));
            commandLine.setErr(new PrintWriter(err, true));
            int exitCode = commandLine.execute(words);
            return new Cli(exitCode, out.toString(), err.toString());
        } finally {
            Locale.setDefault(before);
        }
    }
}

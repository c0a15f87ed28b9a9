package org.lanyard.config;

import java.util.List;

/** conf/REFERENCE.md, from {@link Keys}. */
final class ReferencePage {
    private static final String HEAD =
            """
            # Every key of a configuration

            TOML 1.0. `lanyard config check FILE` tells all that is wrong with a file, with line and column; `lanyard config show` prints
            what a running switch runs with, defaults included. Editors that know JSON Schema (Even Better TOML, taplo) complete and
            check keys by `lanyard config schema`, which is [lanyard.schema.json](lanyard.schema.json): begin a file with
            `#:schema ./lanyard.schema.json`.

            A quantity is text with its unit and no space: times in `us`, `ms`, `s`, `m`, `h`; sizes in `B`, `KiB`, `MiB`, `GiB`, or a number of
            bytes; rates in `bit`, `kbit`, `Mbit`, `Gbit` per second; shares in `%`.

            `lanyard config apply FILE`, `lanyard reload` and SIGHUP change a running switch, as a whole or not at all. Only keys marked
            "restart" need one.

            This page is written by a test from the same table that checks the parser.
            """;

    private ReferencePage() {}

    static String write() {
        StringBuilder page = new StringBuilder(HEAD);
        for (Keys.Table table : Keys.all()) {
            page.append("\n## ").append(table.name()).append("\n\n");
            page.append(table.says()).append("\n\n");
            page.append("| key | value | if left out | says |\n|---|---|---|---|\n");
            for (Keys.Key key : table.keys()) {
                page.append(row(table, key));
            }
            page.append('\n');
            table.example().lines().forEach(line -> page.append(indented(line)).append('\n'));
        }
        return page.toString();
    }

    private static String indented(String line) {
        return line.isEmpty() ? "" : "    " + line;
    }

    private static String row(Keys.Table table, Keys.Key key) {
        boolean restart = table.name().equals("switch") && ConfigDiff.FIXED.contains(key.name());
        return "| "
                + String.join(
                        " | ",
                        List.of(
                                "`" + key.name() + "`",
                                key.type().words(),
                                key.otherwise() == null ? "–" : "`" + key.otherwise() + "`",
                                key.says() + (restart ? " (restart)" : "")))
                + " |\n";
    }
}

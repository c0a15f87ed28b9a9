package org.lanyard.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * Rows for people: columns as wide as their widest cell, two spaces between, nothing else. In a
 * terminal that is narrower the last column is cut; a state has its colour there.
 */
final class Table {
    /** The head of the column that has colours. */
    private static final String STATE = "STATE";

    private static final int GAP = 2;
    private static final int NARROWEST = 8;
    private static final String CUT = "…";

    private final List<String[]> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(heads);
    }

    void row(Object... cells) {
        String[] texts = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            texts[i] = String.valueOf(cells[i]);
        }
        rows.add(texts);
    }

    void print(PrintWriter out) {
        print(out, Terminal.columns(), Terminal.ansi());
    }

    void print(PrintWriter out, int columns, Ansi ansi) {
        int[] widths = widths(columns);
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                String cell = cut(row[i], widths[i]);
                boolean isLast = i == row.length - 1;
                String pad = isLast ? "" : " ".repeat(widths[i] - cell.length() + GAP);
                boolean isState = rows.get(0)[i].equals(STATE);
                line.append(isState ? coloured(cell, ansi) : cell).append(pad);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }

    private int[] widths(int columns) {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        int last = widths.length - 1;
        long before = (long) GAP * last;
        for (int i = 0; i < last; i++) {
            before += widths[i];
        }
        if (before + widths[last] > columns) {
            int left = (int) Math.max(NARROWEST, columns - before);
            widths[last] = Math.min(widths[last], left);
        }
        return widths;
    }

    private static String cut(String cell, int width) {
        return cell.length() <= width ? cell : cell.substring(0, width - 1) + CUT;
    }

    private static String coloured(String cell, Ansi ansi) {
        return switch (cell) {
            case "up" -> ansi.string("@|green up|@");
            case "down" -> ansi.string("@|red down|@");
            default -> cell;
        };
    }
}

package org.lanyard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What {@code top} shows at one time, as lines of text. */
final class TopTable {
    private static final String[] UNITS = {"", "k", "M", "G", "T"};
    private static final double THOUSAND = 1000;
    private static final int LEAST_NAME = 12;

    private static final String REVERSE = "\033[7m";
    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[0m";

    private final JsonNode status;
    private final List<Rates> ports;
    private final int nameWidth;

    /**
     * @param status as the method of this name has it
     */
    TopTable(JsonNode status, List<Rates> ports) {
        this.status = status;
        this.ports = ports;
        this.nameWidth =
                ports.stream().mapToInt(port -> port.name().length()).reduce(LEAST_NAME, Math::max);
    }

    /** All of it. */
    List<String> lines() {
        return lines(new Screen.Size(Integer.MAX_VALUE, Integer.MAX_VALUE), false);
    }

    /** What a screen has room for: the busiest ports, and how many more there are. */
    List<String> lines(Screen.Size size, boolean colour) {
        List<String> lines = new ArrayList<>();
        JsonNode states = status.path("ports");
        JsonNode fdb = status.path("fdb");
        lines.add(
                String.format(
                        Locale.ROOT,
                        "switch %s %s, up %s; %d ports up, %d down, %d listening; addresses %d of"
                                + " %d",
                        status.path("name").asText(),
                        status.path("version").asText(),
                        StatusCommand.uptime(status.path("uptime").asLong()),
                        states.path("up").asLong(),
                        states.path("down").asLong(),
                        states.path("listening").asLong(),
                        fdb.path("size").asLong(),
                        fdb.path("capacity").asLong()));
        lines.add(
                String.format(
                        "received %s frames/s, %sbit/s; sent %s frames/s, %sbit/s; dropped %s/s",
                        human(sum(Rates::rxPackets)),
                        human(sum(Rates::rxBits)),
                        human(sum(Rates::txPackets)),
                        human(sum(Rates::txBits)),
                        human(sum(Rates::dropped))));
        lines.add("");
        lines.add(row("PORT", "STATE", "RX/s", "RX bit/s", "TX/s", "TX bit/s", "DROP/s", "WHY"));
        int heads = lines.size();
        int room = size.lines() - heads;
        int shown = ports.size() <= room ? ports.size() : Math.max(0, room - 1);
        ports.subList(0, shown).forEach(port -> lines.add(row(port)));
        if (shown < ports.size()) {
            lines.add("and " + (ports.size() - shown) + " more");
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String cut = line.substring(0, Math.min(line.length(), size.columns()));
            boolean drops = i >= heads && i < heads + shown && ports.get(i - heads).dropped() > 0;
            lines.set(
                    i,
                    !colour ? cut : i == heads - 1 ? in(REVERSE, cut) : drops ? in(RED, cut) : cut);
        }
        return lines.subList(0, Math.min(lines.size(), size.lines()));
    }

    private static String in(String colour, String text) {
        return colour + text + PLAIN;
    }

    private double sum(ToDoubleFunction<Rates> rate) {
        return ports.stream().mapToDouble(rate).sum();
    }

    private String row(Rates port) {
        if (port.listens() || !port.isKnown()) {
            return row(port.name(), port.state(), "-", "-", "-", "-", "-", "");
        }
        return row(
                port.name(),
                port.state(),
                human(port.rxPackets()),
                human(port.rxBits()),
                human(port.txPackets()),
                human(port.txBits()),
                human(port.dropped()),
                port.leadingReason());
    }

    private String row(String name, String state, String... cells) {
        StringBuilder row = new StringBuilder();
        row.append(String.format("%-" + nameWidth + "s  %-9s", name, state));
        for (int i = 0; i < cells.length - 1; i++) {
            row.append(String.format(" %8s", cells[i]));
        }
        return row.append("  ").append(cells[cells.length - 1]).toString().stripTrailing();
    }

    /** Three digits or so, and the unit: 0, 0.4, 37, 1.25k, 12.5k, 125k. */
    static String human(double rate) {
        double scaled = rate;
        int unit = 0;
        while (scaled >= THOUSAND - 0.5 && unit < UNITS.length - 1) {
            scaled /= THOUSAND;
            unit++;
        }
        String format;
        if (unit == 0) {
            format = scaled == 0 || scaled >= 9.95 ? "%.0f" : "%.1f";
        } else {
            format = scaled < 9.995 ? "%.2f" : scaled < 99.95 ? "%.1f" : "%.0f";
        }
        return String.format(Locale.ROOT, format, scaled) + UNITS[unit];
    }
}

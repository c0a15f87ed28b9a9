package org.lanyard.config;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.policy.Vlans;

/** Reads a port's {@code vlan = { … }}. */
final class VlanReader {
    static final String EXAMPLE = "{ access = 10 }";

    static final Pattern RANGE = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");
    static final String RANGE_EXAMPLE = "20-29";
    private static final String ALL = "all";
    private static final List<String> KINDS = List.of("access", "trunk", "tunnel");

    private final TableReader owner;
    private final TableReader table;

    /**
     * @param owner of the key {@code vlan}, for errors about the whole
     */
    VlanReader(TableReader owner, TableReader table) {
        this.owner = owner;
        this.table = table;
    }

    /** Nothing when there are errors, which the reader has noted. */
    Optional<Vlans> read() {
        int access = vlan("access");
        int nativeVlan = vlan("native");
        int tunnel = vlan("tunnel");
        Optional<BitSet> trunk = table.has("trunk") ? trunk() : Optional.empty();
        int tagType =
                table.parsed("tag-type", "0x88a8", VlanReader::tagType).orElse(Vlans.CUSTOMER_TAG);
        Vlans.Admit admit =
                table.parsed("admit", "tagged", VlanReader::admit).orElse(Vlans.Admit.ALL);
        boolean nestedTags = table.bool("nested-tags", false);
        table.expect(List.of("trunk"));
        boolean misspelt = table.rejectUnknown();
        List<String> kinds = KINDS.stream().filter(table::has).toList();
        if (kinds.size() > 1) {
            owner.error("vlan", "vlan has " + String.join(" and ", kinds) + ": a port is one");
            return Optional.empty();
        }
        if (kinds.isEmpty()) {
            if (!misspelt) {
                owner.error("vlan", "vlan needs access, trunk or tunnel, such as " + EXAMPLE);
            }
            return Optional.empty();
        }
        boolean isTrunk = kinds.contains("trunk");
        onlyFor(isTrunk, "native", "a trunk: an access port's VLAN is untagged anyway");
        onlyFor(isTrunk, "tag-type", "a trunk: no other port writes tags");
        onlyFor(!kinds.contains("tunnel"), "admit", "access and trunk: a tunnel takes all");
        onlyFor(
                !kinds.contains("tunnel"),
                "nested-tags",
                "access and trunk: a tunnel's are payload");
        Optional<Vlans> vlans =
                switch (kinds.get(0)) {
                    case "access" -> made(access, Vlans::access);
                    case "tunnel" -> made(tunnel, Vlans::tunnel);
                    default -> trunk.map(tagged -> Vlans.trunk(nativeVlan, tagged, tagType));
                };
        return vlans.map(v -> v.admitting(admit).withNestedTags(nestedTags));
    }

    private interface Maker {
        Vlans of(int vlan);
    }

    private static Optional<Vlans> made(int vlan, Maker maker) {
        return vlan == Vlans.NONE ? Optional.empty() : Optional.of(maker.of(vlan));
    }

    private int vlan(String key) {
        return (int) table.integer(key, Vlans.LOWEST, Vlans.HIGHEST, Vlans.NONE);
    }

    private void onlyFor(boolean fits, String key, String whom) {
        if (!fits && table.has(key)) {
            table.error(key, key + " is for " + whom);
        }
    }

    private Optional<BitSet> trunk() {
        if (table.isString("trunk")) {
            return table.parsed("trunk", ALL, VlanReader::all);
        }
        BitSet tagged = new BitSet();
        List<BitSet> ranges =
                table.listOfNumbersAndStrings("trunk", RANGE_EXAMPLE, VlanReader::range);
        ranges.forEach(tagged::or);
        if (table.isEmptyList("trunk")) {
            table.error("trunk", "trunk is empty: name VLANs such as [10, \"20-29\"], or \"all\"");
        }
        return tagged.isEmpty() ? Optional.empty() : Optional.of(tagged);
    }

    private static BitSet all(String text) {
        return text.equals(ALL) ? Vlans.all() : range(text);
    }

    static BitSet range(String text) {
        Matcher matcher = RANGE.matcher(text);
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first >= Vlans.LOWEST && first <= last && last <= Vlans.HIGHEST) {
                BitSet range = new BitSet();
                range.set(first, last + 1);
                return range;
            }
        }
        throw new IllegalArgumentException(
                String.format(
                        Locale.ROOT,
                        "'%s' is no VLAN from %d to %d, nor a range such as \"%s\"",
                        text,
                        Vlans.LOWEST,
                        Vlans.HIGHEST,
                        RANGE_EXAMPLE));
    }

    private static int tagType(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "0x8100", "802.1q" -> Vlans.CUSTOMER_TAG;
            case "0x88a8", "802.1ad" -> Vlans.SERVICE_TAG;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is neither 0x8100 (802.1Q) nor 0x88a8 (802.1ad)");
        };
    }

    private static Vlans.Admit admit(String text) {
        return switch (text) {
            case "all" -> Vlans.Admit.ALL;
            case "tagged" -> Vlans.Admit.TAGGED;
            case "untagged" -> Vlans.Admit.UNTAGGED;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "' is none of all, tagged, untagged");
        };
    }
}

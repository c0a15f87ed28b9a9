package org.lanyard.tapio;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules by which QEMU's bridge helper lets users into bridges: lines {@code allow NAME}, {@code
 * deny NAME} and {@code include FILE}, where NAME may be {@code all}. A denial wins over any
 * permission, what is not allowed is denied, and an included file that can't be read is passed over
 * (qemu-bridge-helper.c, parse_acl_file).
 */
public final class BridgeRules {
    /** Where builds of QEMU have it: Debian, Fedora and SUSE; Red Hat; from source. */
    private static final List<Path> PLACES =
            List.of(
                    Path.of("/etc/qemu/bridge.conf"),
                    Path.of("/etc/qemu-kvm/bridge.conf"),
                    Path.of("/usr/local/etc/qemu/bridge.conf"));

    private static final int DEEPEST = 8;

    /** One rule and where it stands. */
    private record Rule(boolean allows, String name, Path file, int line) {
        boolean covers(String bridge) {
            return name.equals("all") || name.equals(bridge);
        }
    }

    private final Path file;
    private final List<Rule> rules = new ArrayList<>();
    private String unusable;

    private BridgeRules(Path file) {
        this.file = file;
    }

    /** The file that is there, or would be. */
    public static Path place() {
        return PLACES.stream().filter(Files::exists).findFirst().orElse(PLACES.get(0));
    }

    /** Reads what this user may read of it. */
    public static BridgeRules read(Path file) {
        BridgeRules read = new BridgeRules(file);
        read.unusable = read.add(file, 0);
        return read;
    }

    /** Null, or why the helper gives up over this file. */
    private String add(Path from, int depth) {
        List<String> lines;
        try {
            lines = Files.readString(from, StandardCharsets.ISO_8859_1).lines().toList();
        } catch (IOException e) {
            return Files.exists(from)
                    ? "you may not read " + from + "; as root: chmod a+r " + from
                    : "there is no " + from;
        }
        for (int i = 0; i < lines.size(); i++) {
            String[] words = lines.get(i).strip().split("[ \t]+", 2);
            if (words[0].isEmpty() || words[0].startsWith("#")) {
                continue;
            }
            boolean known = List.of("allow", "deny", "include").contains(words[0]);
            if (!known || words.length < 2) {
                return from + ", line " + (i + 1) + ": '" + lines.get(i).strip() + "' is no rule";
            }
            if (!words[0].equals("include")) {
                rules.add(new Rule(words[0].equals("allow"), words[1], from, i + 1));
            } else if (depth < DEEPEST) {
                add(Path.of(words[1]), depth + 1);
            }
        }
        return null;
    }

    /** The names that some line allows, {@code all} among them, less those that are denied. */
    public List<String> allowed() {
        return rules.stream()
                .filter(Rule::allows)
                .map(Rule::name)
                .filter(name -> refusal(name).isEmpty())
                .distinct()
                .toList();
    }

    /** Why nobody gets into this bridge, and the mend; empty where users are let in. */
    public String refusal(String bridge) {
        String add = "as root: echo 'allow " + bridge + "' >> ";
        if (unusable != null) {
            boolean absent = !Files.exists(file);
            return absent ? unusable + "; " + add + file : unusable;
        }
        for (Rule rule : rules) {
            if (!rule.allows() && rule.covers(bridge)) {
                return String.format(
                        "%s, line %d, says 'deny %s', which wins over any 'allow'; remove that"
                                + " line, as root",
                        rule.file(), rule.line(), rule.name());
            }
        }
        boolean allowed = rules.stream().anyMatch(rule -> rule.allows() && rule.covers(bridge));
        return allowed ? "" : file + " does not allow " + bridge + "; " + add + file;
    }
}

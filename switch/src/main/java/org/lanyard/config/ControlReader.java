package org.lanyard.config;

import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code [control]}. */
final class ControlReader {
    /** As groupadd(8) takes them, and numbers. */
    static final Pattern GROUP = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}|[0-9]{1,9}");

    private ControlReader() {}

    static ControlConfig read(TableReader table) {
        Optional<String> group = table.parsed("group", "kvm", ControlReader::group);
        Optional<String> readers = table.parsed("readers", "adm", ControlReader::group);
        table.rejectUnknown();
        if (group.isPresent() && group.equals(readers)) {
            table.error("readers", "readers: '" + group.get() + "' may do more than look already");
        }
        return new ControlConfig(group, readers);
    }

    /**
     * @throws IllegalArgumentException with a sentence, when it is none
     */
    static String group(String text) {
        if (!GROUP.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is neither a group's name nor its number");
        }
        return text;
    }
}

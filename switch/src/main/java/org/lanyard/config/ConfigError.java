package org.lanyard.config;

/** What is wrong in a configuration, and where. Lines and columns count from 1. */
public record ConfigError(String file, int line, int column, String message) {
    /** The same in a text that begins so many lines later; what is before it has line 0. */
    ConfigError linesUp(int lines) {
        return new ConfigError(file, Math.max(0, line - lines), column, message);
    }

    /** For example {@code lab.toml:12:8: unknown key 'vlna' (did you mean 'vlan'?)}. */
    @Override
    public String toString() {
        return file + ":" + line + ":" + column + ": " + message;
    }
}

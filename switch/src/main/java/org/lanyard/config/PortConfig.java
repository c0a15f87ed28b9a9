package org.lanyard.config;

/** One port of the configuration: its name and what it is. */
public record PortConfig(String name, PortKind kind) {}

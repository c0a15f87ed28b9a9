package org.lanyard.config;

import java.time.Duration;
import java.util.List;

/**
 * A switch, wholly.
 *
 * @param macAgeing how long an unseen address is remembered (IEEE 802.1Q-2022, table 8-6)
 * @param macTableSize addresses in the forwarding database
 * @param macMoves how often an address may move from port to port within ten seconds
 * @param workers data-plane threads
 * @param maxPorts ports up at once, guests included
 * @param portBacklog bytes that wait for one port before its tail drop
 * @param backlogMemory bytes that wait for all ports before each keeps only its guaranteed share
 * @param control who may use the control socket
 */
public record SwitchConfig(
        String name,
        Duration macAgeing,
        int macTableSize,
        int macMoves,
        int workers,
        int maxPorts,
        int portBacklog,
        long backlogMemory,
        ControlConfig control,
        List<PortConfig> ports) {

    public static final String DEFAULT_NAME = "lan0";
    static final int MAX_WORKERS = 16;
    static final Duration DEFAULT_AGEING = Duration.ofSeconds(300);
    static final int DEFAULT_TABLE_SIZE = 8192;
    static final int DEFAULT_MOVES = 10;
    static final int DEFAULT_WORKERS = 1;
    static final int DEFAULT_MAX_PORTS = 4096;
    static final int DEFAULT_PORT_BACKLOG = 4 << 20;
    static final long DEFAULT_BACKLOG_MEMORY = 256L << 20;

    public SwitchConfig {
        ports = List.copyOf(ports);
    }

    /** A private LAN for any number of guests: one port, listening in the runtime directory. */
    public static SwitchConfig withoutFile() {
        PortConfig guests = new PortConfig("guests", new PortKind.StreamListen("unix:guests.sock"));
        return new SwitchConfig(
                DEFAULT_NAME,
                DEFAULT_AGEING,
                DEFAULT_TABLE_SIZE,
                DEFAULT_MOVES,
                DEFAULT_WORKERS,
                DEFAULT_MAX_PORTS,
                DEFAULT_PORT_BACKLOG,
                DEFAULT_BACKLOG_MEMORY,
                ControlConfig.OWNER_ONLY,
                List.of(guests));
    }

    public SwitchConfig withPorts(List<PortConfig> newPorts) {
        return new SwitchConfig(
                name,
                macAgeing,
                macTableSize,
                macMoves,
                workers,
                maxPorts,
                portBacklog,
                backlogMemory,
                control,
                newPorts);
    }

    public SwitchConfig withControl(ControlConfig newControl) {
        return new SwitchConfig(
                name,
                macAgeing,
                macTableSize,
                macMoves,
                workers,
                maxPorts,
                portBacklog,
                backlogMemory,
                newControl,
                ports);
    }

    public SwitchConfig withName(String newName) {
        return new SwitchConfig(
                newName,
                macAgeing,
                macTableSize,
                macMoves,
                workers,
                maxPorts,
                portBacklog,
                backlogMemory,
                control,
                ports);
    }
}

package org.lanyard.config;

import java.util.List;
import org.lanyard.policy.PortPolicy;

/**
 * One port of the configuration.
 *
 * @param kind what it is
 * @param policy what it says about its frames
 * @param staticMacs addresses that are behind it, whatever is seen elsewhere
 */
public record PortConfig(
        String name, PortKind kind, PortPolicy policy, List<StaticMac> staticMacs) {
    public PortConfig {
        staticMacs = List.copyOf(staticMacs);
    }

    public PortConfig with(PortPolicy newPolicy) {
        return new PortConfig(name, kind, newPolicy, staticMacs);
    }

    public PortConfig(String name, PortKind kind) {
        this(name, kind, PortPolicy.NONE, List.of());
    }
}

package org.lanyard.control;

import java.nio.file.Path;
import java.util.Set;
import org.lanyard.config.PortConfig;
import org.lanyard.config.PortKind;

/** A port of the configuration, and what is at work for it. */
record PortEntry(PortConfig config, PortFactory factory, Attachment attachment, Lane lane) {
    PortEntry with(PortConfig newConfig) {
        return new PortEntry(newConfig, factory, attachment, lane);
    }

    /** What no other port can have at the same time. */
    Set<String> holds(Path dir) {
        PortKind kind = config.kind();
        if (kind instanceof PortKind.StreamListen listen) {
            return Set.of(listen.endpoint());
        }
        if (kind instanceof PortKind.User) {
            return Set.of("user:" + config.name()); // its forwards; no other can have had them
        }
        if (kind instanceof PortKind.Bridge bridge) {
            return Set.of("bridge:" + bridge.name()); // two TAPs in it would be a loop
        }
        if (kind instanceof PortKind.Packet packet) {
            // Two would bring each frame in twice.
            return Set.of("packet:" + packet.interfaceName());
        }
        if (kind instanceof PortKind.OwnMacvtap macvtap) {
            // Some take the parent for themselves.
            String name = OwnMacvtap.name(dir, config.name());
            return Set.of("parent:" + macvtap.parent(), "interface:" + name);
        }
        if (kind instanceof PortKind.HostMacvtap macvtap) {
            return Set.of("interface:" + macvtap.name());
        }
        return kind instanceof PortKind.Tap tap ? Set.of("interface:" + tap.name()) : Set.of();
    }

    /** Whether it reaches only ports that are not. */
    boolean isIsolated() {
        return factory.policy().isolated();
    }

    /** Whether what it holds is free only when its port has departed. */
    boolean isInterface() {
        return attachment instanceof TapAttachment || attachment instanceof PacketAttachment;
    }

    /** Whether a killed switch may have left what is in its way. */
    boolean comesAfterTheLeft() {
        return isInterface() || attachment instanceof UserAttachment;
    }

    /** Whether nothing of it is left once it is removed. */
    boolean hasGone() {
        return !factory.hasPorts() && lane.isAtRest();
    }
}

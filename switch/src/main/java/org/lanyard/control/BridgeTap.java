package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Capabilities;
import org.lanyard.tapio.KernelBridge;
import org.lanyard.tapio.Link;
import org.lanyard.tapio.Tap;

/**
 * An interface in a bridge of the kernel's: made by us where we may, else by QEMU's setuid helper,
 * as the configuration may also demand.
 */
record BridgeTap(PortKind.Bridge kind) implements TapSource {
    @Override
    public Tap open() throws IOException {
        try {
            Tap opened = make();
            try {
                TapSource.offload(opened);
                return opened;
            } catch (IOException e) {
                opened.close();
                throw e;
            }
        } catch (IOException e) {
            throw new IOException("bridge " + kind.name() + ": " + e.getMessage(), e);
        }
    }

    private Tap make() throws IOException {
        return kind.helper().isEmpty() && Capabilities.netAdmin()
                ? KernelBridge.make(kind.name())
                : KernelBridge.ask(helper(), kind.name());
    }

    private Path helper() throws IOException {
        return kind.helper()
                .map(Path::of)
                .or(KernelBridge::program)
                .orElseThrow(
                        () ->
                                new IOException(
                                        "who may not make interfaces needs qemu-bridge-helper,"
                                                + " which is not here; on Debian and Ubuntu: apt"
                                                + " install qemu-system-common"));
    }

    /** A bridge that is deleted leaves it behind. */
    @Override
    public Optional<String> fault(Tap tap) throws IOException {
        Optional<Link> link = Link.at(tap.index());
        int bridge = Link.named(kind.name()).map(Link::index).orElse(0);
        if (link.isEmpty() || bridge != 0 && link.get().master() == bridge) {
            return Optional.empty();
        }
        return Optional.of(
                bridge == 0
                        ? "bridge " + kind.name() + " was deleted"
                        : "TAP " + tap.name() + " is no longer in bridge " + kind.name());
    }

    @Override
    public String describe(Tap tap) {
        return "TAP " + tap.name() + " in bridge " + kind.name() + " (made)";
    }

    @Override
    public String endpoint() {
        return "bridge:" + kind.name();
    }

    @Override
    public int mtu() {
        return 0;
    }
}

package org.lanyard.control;

import java.io.IOException;
import java.nio.file.Path;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.Macvtap;
import org.lanyard.tapio.Tap;

/** A macvtap that somebody made, used as it is. */
final class HostMacvtap extends MacvtapSource {
    private final PortKind.HostMacvtap kind;
    private final Path dir;

    /**
     * @param dir where a device may be made
     */
    HostMacvtap(PortKind.HostMacvtap kind, Path dir, Stations stations) {
        super(kind.offload(), stations);
        this.kind = kind;
        this.dir = dir;
    }

    @Override
    public Tap open() throws IOException {
        try {
            Tap opened = Macvtap.open(kind.name(), dir);
            try {
                settle(opened);
                return opened;
            } catch (IOException e) {
                opened.close();
                throw e;
            }
        } catch (IOException e) {
            throw new IOException("macvtap " + kind.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String describe(Tap tap) {
        return "macvtap " + tap.name();
    }

    @Override
    public String endpoint() {
        return "macvtap:" + kind.name();
    }
}

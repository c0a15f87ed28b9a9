package org.lanyard.control;

import java.io.IOException;
import org.lanyard.config.PortKind;
import org.lanyard.tapio.RtNetlink;
import org.lanyard.tapio.Tap;

/** An interface of the host's: made where it does not exist, given its addresses and MTU. */
record HostTap(PortKind.Tap kind) implements TapSource {
    @Override
    public Tap open() throws IOException {
        Tap opened = Tap.openWithHeaders(kind.name());
        try {
            settle(opened);
            return opened;
        } catch (IOException e) {
            opened.close();
            throw new IOException(
                    "TAP "
                            + kind.name()
                            + ": "
                            + e.getMessage()
                            + "; changing an interface needs CAP_NET_ADMIN: prepare it as root and"
                            + " leave address and mtu out",
                    e);
        }
    }

    /** Only what the configuration names is changed, so that a prepared TAP needs no capability. */
    private void settle(Tap opened) throws IOException {
        if (kind.mtu() > 0) {
            RtNetlink.setMtu(opened.index(), kind.mtu());
        }
        for (PortKind.Address address : kind.addresses()) {
            RtNetlink.addAddress(opened.index(), address.ip(), address.prefixLength());
        }
        if (opened.created() || kind.mtu() > 0 || !kind.addresses().isEmpty()) {
            RtNetlink.setUp(opened.index());
        }
        if (kind.offload()) {
            TapSource.offload(opened);
        }
    }

    @Override
    public String endpoint() {
        return "tap:" + kind.name();
    }

    @Override
    public int mtu() {
        return kind.mtu();
    }
}

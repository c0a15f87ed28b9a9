package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A switch with two pairs of veth for network cards; it opens the ends {@code port…} itself. */
record VethCards(TapSwitch.Kind inner) implements TapSwitch.Kind {
    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public String version() {
        return inner.version();
    }

    @Override
    public boolean isAvailable() {
        return inner.isAvailable();
    }

    @Override
    public Candidate.Running start(Path directory, Namespace middle)
            throws IOException, InterruptedException {
        for (String end : TapLab.ENDS) {
            String port = "port" + end;
            middle.ip("link add " + port + " type veth peer name " + end);
            middle.ip("link set " + port + " up");
        }
        return inner.start(directory, middle);
    }
}

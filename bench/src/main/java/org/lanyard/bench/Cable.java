package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a guest's card is plugged into, by a candidate's target: {@code stream:SOCKET} of a switch,
 * {@code vde:DIRECTORY}, {@code direct:SOCKET} from guest to guest, {@code taps:NAMESPACE} with
 * {@code tap0} and {@code tap1} in it.
 */
record Cable(String kind, String place) {
    private static final int READY_MILLIS = 60_000;

    static Cable of(String target) {
        int colon = target.indexOf(':');
        return new Cable(target.substring(0, colon), target.substring(colon + 1));
    }

    /** Call before the guests start. */
    void prepare() throws IOException {
        if (kind.equals("direct")) {
            Files.deleteIfExists(Path.of(place));
        }
    }

    /**
     * QEMU's {@code -netdev}; waits for the other end where it must be there first.
     *
     * @param end 0 or 1
     */
    String netdev(int end) throws IOException, InterruptedException {
        return switch (kind) {
            case "stream" -> stream("off");
            case "vde" -> "vde,id=n0,sock=" + place;
            case "direct" -> direct(end);
            case "taps" -> "tap,id=n0,script=no,downscript=no,vhost=off,ifname=tap" + end;
            default -> throw new IllegalArgumentException("no cable of kind " + kind);
        };
    }

    private String direct(int end) throws IOException, InterruptedException {
        if (end == 0) {
            return stream("on");
        }
        for (int waited = 0; !Files.exists(Path.of(place)); waited += 20) {
            if (waited > READY_MILLIS) {
                throw new IOException("the first guest does not listen at " + place);
            }
            Thread.sleep(20);
        }
        return stream("off");
    }

    private String stream(String server) {
        return "stream,id=n0,server=" + server + ",addr.type=unix,addr.path=" + place;
    }

    /** What stands in front of QEMU's command. */
    List<String> prefix() {
        return kind.equals("taps") ? Namespace.prefix(place) : List.of();
    }
}

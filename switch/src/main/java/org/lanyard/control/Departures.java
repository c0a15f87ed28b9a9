package org.lanyard.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.worker.Departure;

/** Tells why a port left, with what its first bytes look like when they were no frame length. */
final class Departures {
    private Departures() {}

    static String tell(KernelPort port, Departure why) {
        if (why != Departure.NOT_FRAMES || !(port instanceof StreamPort stream)) {
            return why.sentence();
        }
        int first = stream.firstLength();
        byte[] bytes = ByteBuffer.allocate(4).putInt(0, first).array();
        StringBuilder text = new StringBuilder(why.sentence());
        text.append(String.format(": %08x", first));
        boolean printable = true;
        for (byte b : bytes) {
            printable &= b >= ' ' && b < 0x7f;
        }
        if (printable) {
            text.append(" ('")
                    .append(new String(bytes, StandardCharsets.US_ASCII))
                    .append("'); guests attach with -netdev stream or socket, programs talk to")
                    .append(" control.sock");
        } else {
            text.append("; guests attach with -netdev stream or -netdev socket,connect=");
        }
        return text.toString();
    }
}

package org.lanyard.cli;

import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.Ethernet;
import org.lanyard.frame.Mac;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.VlanTag;
import org.lanyard.policy.Vlans;

/**
 * One line for each frame of a capture, as the switch sends it: pcapng in little-endian order, each
 * piece of whole blocks, times in nanoseconds.
 */
final class FrameLines {
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;

    // Offsets in a block.
    private static final int LENGTH = 4;
    private static final int INTERFACE_OPTIONS = 16;
    private static final int INTERFACE = 8;
    private static final int TIME = 12;
    private static final int KEPT = 20;
    private static final int FRAME_LENGTH = 24;
    private static final int FRAME = 28;

    private static final int OPTION_HEAD = 4;
    private static final int OUTBOUND = 2;
    private static final int FIRST_TYPE = 0x600; // less is a length (IEEE 802.3, 3.2.6)

    private final PrintWriter out;
    private final List<String> ports = new ArrayList<>();
    private final DateTimeFormatter time =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS").withZone(ZoneId.systemDefault());
    private int portWidth;

    FrameLines(PrintWriter out) {
        this.out = out;
    }

    void print(byte[] pcapng) {
        ByteBuffer bytes = ByteBuffer.wrap(pcapng).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < pcapng.length; at += bytes.getInt(at + LENGTH)) {
            if (bytes.getInt(at) == INTERFACE_DESCRIPTION) {
                addPort(bytes, at + INTERFACE_OPTIONS);
            } else if (bytes.getInt(at) == ENHANCED_PACKET) {
                out.println(line(bytes, at));
            }
        }
        out.flush();
    }

    /** The name is the first option. */
    private void addPort(ByteBuffer bytes, int option) {
        int length = bytes.getShort(option + 2);
        String name =
                new String(bytes.array(), option + OPTION_HEAD, length, StandardCharsets.UTF_8);
        ports.add(name);
        portWidth = Math.max(portWidth, name.length());
    }

    private String line(ByteBuffer bytes, int block) {
        long nanos =
                (long) bytes.getInt(block + TIME) << Integer.SIZE
                        | Integer.toUnsignedLong(bytes.getInt(block + TIME + Integer.BYTES));
        int kept = bytes.getInt(block + KEPT);
        int flags = block + FRAME + (kept + 3 & ~3) + OPTION_HEAD;
        String name = ports.get(bytes.getInt(block + INTERFACE));
        return time.format(Instant.ofEpochSecond(0, nanos))
                + " "
                + name
                + " ".repeat(portWidth - name.length())
                + (bytes.getInt(flags) == OUTBOUND ? " out  " : " in   ")
                + head(bytes.slice(block + FRAME, kept))
                + ", length "
                + bytes.getInt(block + FRAME_LENGTH);
    }

    /**
     * @param frame in network order
     */
    private static String head(ByteBuffer frame) {
        if (frame.capacity() < StreamFormat.MIN_HEADER + VlanTag.SIZE) {
            return "(cut)";
        }
        String addresses =
                Mac.format(Ethernet.source(frame, 0))
                        + " > "
                        + Mac.format(Ethernet.destination(frame, 0));
        int type = VlanTag.type(frame, 0);
        if (type != Vlans.CUSTOMER_TAG && type != Vlans.SERVICE_TAG) {
            return addresses + ", " + name(type);
        }
        return addresses
                + ", vlan "
                + VlanTag.vlan(VlanTag.control(frame, 0))
                + ", "
                + name(VlanTag.type(frame, VlanTag.SIZE));
    }

    private static String name(int type) {
        return switch (type) {
            case 0x0800 -> "IPv4";
            case 0x0806 -> "ARP";
            case 0x86dd -> "IPv6";
            case 0x8035 -> "RARP";
            case 0x88cc -> "LLDP";
            default -> type < FIRST_TYPE ? "LLC" : String.format("ethertype 0x%04x", type);
        };
    }
}

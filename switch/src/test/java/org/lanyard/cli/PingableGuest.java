package org.lanyard.cli;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.lanyard.control.FrameClient;

/** A guest with an IPv4 address that answers ARP (RFC 826) and pings (RFC 792), until closed. */
final class PingableGuest implements AutoCloseable {
    private static final byte[] MAC = {0x02, 0, 0, 0, 0, 0x77};
    private static final int ETHERTYPE = 12;
    private static final int PAYLOAD = 14;
    private static final int ARP = 0x0806;
    private static final int IPV4 = 0x0800;

    private final byte[] address;
    private final FrameClient client;
    private final Thread thread = new Thread(this::serve, "pingable-guest");
    private volatile boolean closed;

    private PingableGuest(FrameClient client, byte[] address) {
        this.client = client;
        this.address = address;
    }

    static PingableGuest at(Path socket, byte[] address) throws IOException {
        PingableGuest guest = new PingableGuest(FrameClient.at(socket), address);
        guest.thread.setDaemon(true);
        guest.thread.start();
        return guest;
    }

    private void serve() {
        while (!closed) {
            try {
                byte[] answer = answer(ByteBuffer.wrap(client.receive()));
                if (answer != null) {
                    client.send(answer);
                }
            } catch (EOFException e) {
                return;
            } catch (IOException e) {
                // Silence, which is nothing to a guest, or the end.
            }
        }
    }

    private byte[] answer(ByteBuffer frame) {
        int type = frame.getShort(ETHERTYPE) & 0xffff;
        if (type == ARP && Arrays.equals(part(frame, PAYLOAD + 24, 4), address)) {
            return arpReply(frame);
        }
        boolean ping =
                type == IPV4
                        && frame.get(PAYLOAD) == 0x45
                        && frame.get(PAYLOAD + 9) == 1
                        && frame.get(PAYLOAD + 20) == 8
                        && Arrays.equals(part(frame, PAYLOAD + 16, 4), address);
        return ping ? echoReply(frame) : null;
    }

    private byte[] arpReply(ByteBuffer request) {
        ByteBuffer reply = ByteBuffer.allocate(60);
        reply.put(part(request, 6, 6)).put(MAC).putShort((short) ARP);
        reply.put(part(request, PAYLOAD, 6)).putShort((short) 2);
        reply.put(MAC).put(address).put(part(request, PAYLOAD + 8, 10));
        return reply.array();
    }

    /** Type 0 instead of 8: the checksum grows by 0x0800, with the carry around. */
    private static byte[] echoReply(ByteBuffer request) {
        ByteBuffer reply = ByteBuffer.wrap(request.array().clone());
        reply.put(0, part(request, 6, 6)).put(6, MAC);
        reply.put(PAYLOAD + 12, part(request, PAYLOAD + 16, 4));
        reply.put(PAYLOAD + 16, part(request, PAYLOAD + 12, 4));
        reply.put(PAYLOAD + 20, (byte) 0);
        int sum = (reply.getShort(PAYLOAD + 22) & 0xffff) + 0x0800;
        reply.putShort(PAYLOAD + 22, (short) (sum + (sum >>> 16)));
        return reply.array();
    }

    private static byte[] part(ByteBuffer frame, int offset, int length) {
        byte[] part = new byte[length];
        frame.get(offset, part);
        return part;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        client.close();
    }
}

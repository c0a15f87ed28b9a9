package org.lanyard.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of its own, which other users run: it has many connections to a control socket, says a
 * part of a line on each, tells that it is ready, and stays until its input ends.
 */
final class Occupant {
    private Occupant() {}

    /**
     * @param words the socket, how many connections, how many bytes on each
     */
    public static void main(String[] words) throws IOException {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(Path.of(words[0]));
        List<SocketChannel> connections = new ArrayList<>();
        byte[] half = " ".repeat(Integer.parseInt(words[2])).getBytes();
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
            SocketChannel channel = SocketChannel.open(socket);
            connections.add(channel);
            try {
                for (ByteBuffer rest = ByteBuffer.wrap(half); rest.hasRemaining(); ) {
                    channel.write(rest);
                }
            } catch (IOException e) {
                // It was sent away: its place is not counted by it but by the switch.
            }
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Whoever started it ends it.
        }
        for (SocketChannel channel : connections) {
            channel.close();
        }
    }
}

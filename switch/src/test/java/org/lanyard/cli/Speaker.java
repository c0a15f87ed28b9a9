package org.lanyard.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A program of its own, which other users run: each line of its input goes to a control socket by a
 * connection of its own, and the first line of the answer comes out; an empty one for none.
 */
final class Speaker {
    private Speaker() {}

    /**
     * @param words the socket
     */
    public static void main(String[] words) throws IOException {
        UnixDomainSocketAddress socket = UnixDomainSocketAddress.of(Path.of(words[0]));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(answer(socket, line));
        }
    }

    private static String answer(UnixDomainSocketAddress socket, String line) {
        try (SocketChannel channel = SocketChannel.open(socket)) {
            try {
                channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException e) {
                // Who is turned away is told why before, and has that still to read.
            }
            BufferedReader answers =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream(channel), StandardCharsets.UTF_8));
            String answer = answers.readLine();
            return answer == null ? "" : answer;
        } catch (IOException e) {
            return "";
        }
    }
}

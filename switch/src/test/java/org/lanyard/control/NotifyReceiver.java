package org.lanyard.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jnr.unixsocket.UnixDatagramChannel;
import jnr.unixsocket.UnixSocketAddress;

/** The service manager's end of sd_notify(3). */
public final class NotifyReceiver implements AutoCloseable {
    private final UnixDatagramChannel channel;

    /**
     * @param address a path, or {@code "\0"} and an abstract name
     */
    public NotifyReceiver(String address) throws IOException {
        channel = UnixDatagramChannel.open();
        channel.bind(new UnixSocketAddress(address));
        channel.configureBlocking(false);
    }

    /** The next message, or {@code ""} when there is none now. */
    public String poll() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            channel.receive(buffer);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("temporarily unavailable")) {
                return "";
            }
            throw e;
        }
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    /** The next message that begins so; others are skipped. */
    public String next(String beginning) throws Exception {
        return Eventually.see(beginning, this::poll, text -> text.startsWith(beginning));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

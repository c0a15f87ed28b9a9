package org.lanyard.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.StreamPair;

/** Two ends of a connection, which nobody else can reach. */
public final class Sockets {
    private Sockets() {}

    public static StreamPair pair() {
        try {
            Path directory = Files.createTempDirectory("lanyard-fuzz");
            Path socket = directory.resolve("s");
            try {
                return StreamPair.open(new Endpoint.Unix(socket));
            } finally {
                Files.deleteIfExists(socket);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

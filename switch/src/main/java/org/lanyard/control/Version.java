package org.lanyard.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that was built. */
public final class Version {
    /** For example {@code 0.1.0}. */
    public static final String CURRENT = read();

    /**
     * Of what is spoken at the control socket. It rises when a client that knows the old one would
     * be misled; new methods, parameters and keys in answers mislead nobody.
     */
    public static final int PROTOCOL = 1;

    private Version() {}

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in =
                Version.class.getResourceAsStream("/org/lanyard/version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}

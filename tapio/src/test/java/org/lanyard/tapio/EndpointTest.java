package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EndpointTest {
    private static final Path BASE = Path.of("/run/lanyard/lan0");

    private static Endpoint parse(String text) {
        return Endpoint.parse(text, BASE);
    }

    @Test
    void shouldStartARelativePathAtTheBase() {
        assertEquals("unix:/run/lanyard/lan0/web.sock", parse("unix:web.sock").toString());
    }

    @Test
    void shouldKeepAnAbsolutePath() {
        assertEquals(new Endpoint.Unix(Path.of("/tmp/a.sock")), parse("unix:/tmp/a.sock"));
    }

    @Test
    void shouldTakeAPathOfAllTheBytesThatTheKernelTakes() {
        String path = "/" + "x".repeat(Endpoint.MAX_UNIX_PATH - 1);
        assertEquals(new Endpoint.Unix(Path.of(path)), parse("unix:" + path));
    }

    @Test
    void shouldRefuseAPathOfOneByteMoreAndSayTheLimit() {
        String path = "/" + "x".repeat(Endpoint.MAX_UNIX_PATH);
        String said = refusal("unix:" + path);
        assertTrue(said.contains("108 bytes") && said.contains("at most 107"), said);
    }

    @Test
    void shouldCountBytesAndNotCharacters() {
        String path = "/" + "é".repeat(53) + "x";
        assertTrue(refusal("unix:" + path).contains("108 bytes"));
    }

    @ParameterizedTest
    @CsvSource({
        "tcp:127.0.0.1:5555, 127.0.0.1, 5555",
        "tcp:localhost:0,    localhost, 0",
        "tcp:[::1]:65535,    ::1,       65535",
    })
    void shouldReadHostAndPort(String text, String host, int port) {
        assertEquals(new Endpoint.Tcp(host, port), parse(text));
        assertEquals(text, parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp:127.0.0.1:65536",
                "tcp:127.0.0.1:-1",
                "tcp:127.0.0.1:http",
                "tcp:127.0.0.1:",
                "tcp:127.0.0.1",
                "tcp::5555",
                "tcp:[]:5555",
                "tcp:",
                "unix:",
                "unix:a\0b",
                "/tmp/a.sock",
                "udp:127.0.0.1:5",
                "",
            })
    void shouldRefuseWhatIsNoEndpointAndQuoteIt(String text) {
        String said = refusal(text);
        assertTrue(said.contains(text), said);
    }

    private static String refusal(String text) {
        return assertThrows(IllegalArgumentException.class, () -> parse(text)).getMessage();
    }
}

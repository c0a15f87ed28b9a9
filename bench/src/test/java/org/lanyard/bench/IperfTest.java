package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class IperfTest {
    @Test
    void shouldTakeWhatArrivedAndNotWhatWasSent() throws Exception {
        String said =
                """
                warning: something
                {"end": {"sum_sent": {"bits_per_second": 9e8},
                         "sum_received": {"bits_per_second": 8.5e8}}}""";
        assertEquals(8.5e8, Iperf.bitsPerSecond(said));
    }

    @Test
    void shouldTellWhatIperfComplainsOf() {
        String said = "{\"end\": {}, \"error\": \"unable to connect\"}";
        IOException e = assertThrows(IOException.class, () -> Iperf.bitsPerSecond(said));
        assertTrue(e.getMessage().contains("unable to connect"), e.getMessage());
    }

    @Test
    void shouldRefuseAReportWithoutAResult() {
        assertThrows(IllegalArgumentException.class, () -> Iperf.bitsPerSecond("{}"));
    }
}

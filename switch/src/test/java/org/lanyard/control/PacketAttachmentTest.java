package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketAttachmentTest {
    @TempDir private Path dir;

    @ParameterizedTest
    @CsvSource({"wireless, is wireless", "phy80211, is wireless", "brport, is in a bridge"})
    void shouldWarnOfWhatMakesACardOfLittleUse(String has, String told) throws Exception {
        Path card = Files.createDirectory(dir.resolve("eth7"));
        assertEquals(List.of(), PacketAttachment.warnings(card));
        Files.createDirectory(card.resolve(has));
        List<String> warnings = PacketAttachment.warnings(card);
        assertEquals(1, warnings.size());
        assertTrue(warnings.get(0).startsWith("eth7 " + told), warnings::toString);
    }

    @Test
    void shouldNotWarnWhereTheKernelTellsNothing() {
        assertEquals(List.of(), PacketAttachment.warnings(dir.resolve("none")));
    }
}

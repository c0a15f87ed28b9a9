package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DropReasonTest {
    @ParameterizedTest
    @EnumSource
    void shouldHaveAKeyForJsonAndASentenceForPeople(DropReason reason) {
        assertTrue(reason.key().matches("[a-z]+(-[a-z]+)*"), reason.key());
        assertTrue(reason.sentence().length() > 10, reason.sentence());
        long same =
                Arrays.stream(DropReason.values())
                        .filter(other -> other.sentence().equals(reason.sentence()))
                        .count();
        assertEquals(1, same, "reasons with that sentence");
    }
}

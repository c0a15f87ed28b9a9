package org.lanyard.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanyard.config.ControlConfig;
import org.lanyard.control.Access.Right;

class AccessTest {
    private static Access access(int owner, String group, String readers) throws IOException {
        return Access.of(
                owner,
                new ControlConfig(Optional.ofNullable(group), Optional.ofNullable(readers)),
                SocketAccess.NONE);
    }

    @Test
    void shouldBeForRootAndTheOwnerAlone() throws Exception {
        for (Access access : List.of(access(1000, null, null), Access.ofOwner(1000))) {
            assertEquals(Right.ALL, access.of(0, Set.of(0)));
            assertEquals(Right.ALL, access.of(1000, Set.of(1000)));
            assertEquals(Right.NONE, access.of(1001, Set.of(0, 1000)));
            assertEquals(List.of(), access.groups());
            assertEquals("for root and uid 1000", access.toString());
        }
        assertEquals("for root", Access.ofOwner(0).toString());
    }

    @Test
    void shouldBeForGroupsThatAreNamed() throws Exception {
        Access access = access(1000, "4711", "4712");
        assertEquals(Right.CHANGE, access.of(1001, Set.of(100, 4711)));
        assertEquals(Right.CHANGE, access.of(1001, Set.of(4711, 4712)));
        assertEquals(Right.READ, access.of(1001, Set.of(100, 4712)));
        assertEquals(Right.ALL, access.of(1000, Set.of(4712)));
        assertEquals(Right.NONE, access.of(1001, Set.of(100)));
        assertEquals(List.of(4711, 4712), access.groups());
        assertEquals(
                "for root, uid 1000 and members of 4711; to look, for members of 4712",
                access.toString());
    }

    @Test
    void shouldKnowTheHostsGroups() throws Exception {
        assertEquals(List.of(0), access(0, "root", null).groups());
    }

    @Test
    void shouldSayThatTheHostHasNoSuchGroup() {
        IOException refusal =
                assertThrows(IOException.class, () -> access(0, null, "no-such-group"));
        assertEquals(
                "[control] readers: this host has no group 'no-such-group' (see: getent group);"
                        + " make one with groupadd, or name another",
                refusal.getMessage());
    }
}

package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AccountTest {
    @Test
    void shouldKnowTheUsersOfThisHost() throws Exception {
        Set<Integer> seen = new HashSet<>();
        for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
            String[] fields = line.split(":");
            int uid = Integer.parseInt(fields[2]);
            if (seen.add(uid)) { // the first is found
                int gid = Integer.parseInt(fields[3]);
                assertEquals(Optional.of(new Account(fields[0], uid, gid)), Account.of(uid), line);
            }
        }
    }

    @Test
    void shouldNotKnowAUserThatIsNot() {
        assertEquals(Optional.empty(), Account.of(1_234_567_890));
    }
}

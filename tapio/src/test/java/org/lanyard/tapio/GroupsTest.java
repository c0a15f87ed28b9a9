package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroupsTest {
    @TempDir private Path directory;

    @Test
    void shouldKnowTheGroupsOfThisHost() throws Exception {
        for (String line : Files.readAllLines(Path.of("/etc/group"))) {
            String[] fields = line.split(":");
            assertEquals(
                    OptionalInt.of(Integer.parseInt(fields[2])), Groups.number(fields[0]), line);
        }
    }

    @Test
    void shouldTakeANumberWhetherOrNotItHasAName() {
        assertEquals(OptionalInt.of(0), Groups.number("0"));
        assertEquals(OptionalInt.of(4711), Groups.number("4711"));
    }

    @Test
    void shouldNotKnowAGroupThatIsNot() {
        assertEquals(OptionalInt.empty(), Groups.number("no-such-group"));
        assertEquals(OptionalInt.empty(), Groups.number("99999999999"));
    }

    @Test
    void shouldTellItsOwnGroups() throws Exception {
        try (StreamPair pair = StreamPair.open(new Endpoint.Unix(directory.resolve("s")))) {
            assertEquals(groupsOfThisProcess(), Groups.ofPeer(pair.server()));
        }
    }

    /** As /proc has them: real, effective, saved and file system gid, then the others. */
    private static Set<Integer> groupsOfThisProcess() throws Exception {
        Set<Integer> groups = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"))) {
            String[] words = line.split("\\s+");
            if (words[0].equals("Gid:")) {
                groups.add(Integer.parseInt(words[2]));
            } else if (words[0].equals("Groups:")) {
                IntStream.range(1, words.length)
                        .forEach(i -> groups.add(Integer.parseInt(words[i])));
            }
        }
        return groups;
    }

    @Test
    void shouldTellThoseOfAnotherProcessHoweverMany() throws Exception {
        assumeTrue(LibC.geteuid() == 0, "needs root: a process of other groups");
        assertPeerHas(27, List.of());
        assertPeerHas(27, List.of(4, 24));
        assertPeerHas(65_534, IntStream.range(1_000, 1_300).boxed().toList());
    }

    private void assertPeerHas(int primary, List<Integer> others) throws Exception {
        Endpoint.Unix endpoint = new Endpoint.Unix(directory.resolve("s" + others.size()));
        List<String> command = new ArrayList<>(List.of("setpriv", "--regid", "" + primary));
        if (others.isEmpty()) {
            command.add("--clear-groups");
        } else {
            command.add("--groups");
            command.add(others.stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        command.addAll(ConnectingProcess.command(ConnectingProcess.class, endpoint.toString()));
        try (StreamListener listener = StreamListener.listen(endpoint)) {
            Process other = new ProcessBuilder(command).inheritIO().start();
            try (Connection accepted = listener.accept()) {
                Set<Integer> expected = new TreeSet<>(others);
                expected.add(primary);
                assertEquals(expected, Groups.ofPeer(accepted));
                assertTrue(other.isAlive());
            } finally {
                other.destroy();
                other.waitFor();
            }
        }
    }
}

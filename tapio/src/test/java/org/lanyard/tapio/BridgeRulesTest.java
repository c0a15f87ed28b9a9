package org.lanyard.tapio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BridgeRulesTest {
    @TempDir private Path dir;
    private Path file;

    @BeforeEach
    void name() {
        file = dir.resolve("bridge.conf");
    }

    private BridgeRules rules(String text) throws IOException {
        return BridgeRules.read(Files.writeString(file, text));
    }

    private String add(String bridge) {
        return "; as root: echo 'allow " + bridge + "' >> " + file;
    }

    @Test
    void shouldLetInWhomALineAllows() throws IOException {
        BridgeRules rules = rules("# ours\n\n  allow br0 \nallow\tvirbr0\n");
        assertEquals("", rules.refusal("br0"));
        assertEquals("", rules.refusal("virbr0"));
        assertEquals(file + " does not allow br1" + add("br1"), rules.refusal("br1"));
        assertEquals(List.of("br0", "virbr0"), rules.allowed());
    }

    @Test
    void shouldLetADenialWinWhereverItStands() throws IOException {
        BridgeRules rules = rules("deny br0\nallow all\n");
        assertEquals(
                file
                        + ", line 1, says 'deny br0', which wins over any 'allow'; remove that line,"
                        + " as root",
                rules.refusal("br0"));
        assertEquals("", rules.refusal("br1"));
        assertEquals(List.of(), rules("allow br0\ndeny all\n").allowed());
    }

    @Test
    void shouldFollowIncludedFilesAndPassOverThoseThatAreNotThere() throws IOException {
        Path more = Files.writeString(dir.resolve("more.conf"), "allow br1\ninclude " + file);
        BridgeRules rules = rules("include /none\ninclude " + more + "\nallow br0\n");
        assertEquals("", rules.refusal("br0"));
        assertEquals("", rules.refusal("br1"));
        assertEquals(file + " does not allow br2" + add("br2"), rules.refusal("br2"));
    }

    @Test
    void shouldTellTheLineThatTheHelperDoesNotTake() throws IOException {
        String place = file + ", line 2: ";
        assertEquals(place + "'allow' is no rule", rules("allow br0\nallow\n").refusal("br0"));
        assertEquals(place + "'permit br0' is no rule", rules("\npermit br0\n").refusal("br0"));
    }

    @Test
    void shouldTellThatThereIsNoFile() {
        BridgeRules rules = BridgeRules.read(file);
        assertEquals("there is no " + file + add("br0"), rules.refusal("br0"));
        assertEquals(List.of(), rules.allowed());
    }
}

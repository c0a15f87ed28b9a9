package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tomlj.Toml;

/**
 * The reference and the schema say what the parser does. With {@code -Dlanyard.write} they are
 * written, from {@link Keys}.
 */
class ReferenceTest {
    private static final Path CONF = Path.of("..", "conf");
    private static final Pattern KNOWN = Pattern.compile("\\(known here: (.*)\\)");

    /** In these a schema sees nothing wrong: it reads no quantity, and compares no two keys. */
    private static final Set<String> BEYOND_A_SCHEMA =
            new TreeSet<>(
                    List.of(
                            "a TCP host that is none",
                            "a TCP port above 65535",
                            "a delay of hours",
                            "a queue that holds no frame",
                            "a range backwards",
                            "a range in a foreign network",
                            "a size above the largest",
                            "a socket at the control socket's place",
                            "a socket path that the kernel would not take",
                            "a macvtap's address where the parent's is taken",
                            "addresses behind a mirror",
                            "addresses in no VLAN",
                            "an address in a VLAN beyond the last",
                            "addresses that a user network can't have",
                            "an ageing time of a fortnight",
                            "an ageing time of nothing",
                            "dhcp on a TAP without an IPv4 address",
                            "an impairment of one direction that reorders nothing",
                            "jitter that would make a delay negative",
                            "one port of the host's for two guests",
                            "port 0 to connect to",
                            "readers that may do everything",
                            "two ports at one TCP address",
                            "two ports at one socket",
                            "two ports in one bridge",
                            "two ports on one card",
                            "two ports with one TAP",
                            "two ports with one macvtap",
                            "two ways onto one interface"));

    private final JsonSchema schema = schema();

    private static JsonSchema schema() {
        try (InputStream in = ConfigParser.class.getResourceAsStream("lanyard.schema.json")) {
            JsonNode node = new ObjectMapper().readTree(in);
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Keys.Table> tables() {
        return Keys.all();
    }

    private static void assertWritten(Path file, String text) throws IOException {
        if (System.getProperty("lanyard.write") != null) {
            Files.writeString(file, text);
        }
        assertEquals(Files.readString(file), text, "write it with -Dlanyard.write=1");
    }

    private void assertFits(String toml) throws IOException {
        assertEquals(Set.of(), schema.validate(SchemaFile.json(toml)), toml);
    }

    private boolean fits(String toml) throws IOException {
        return schema.validate(SchemaFile.json(toml)).isEmpty();
    }

    @Test
    void shouldBeTheReferenceOfThisVersion() throws IOException {
        assertWritten(CONF.resolve("REFERENCE.md"), ReferencePage.write());
    }

    @Test
    void shouldBeTheSchemaOfThisVersion() throws IOException {
        assertWritten(CONF.resolve("lanyard.schema.json"), SchemaFile.write());
    }

    @ParameterizedTest
    @MethodSource("tables")
    void shouldNameTheKeysThatTheParserKnows(Keys.Table table) {
        ConfigException e =
                assertThrows(
                        ConfigException.class,
                        () -> ConfigParser.parse("x", table.file("zzzzzzzzzzzzzzzzzz = 1")));
        String told = e.getMessage();
        Matcher known = KNOWN.matcher(told);
        assertTrue(known.find(), told);
        Set<String> names = new TreeSet<>();
        table.keys().forEach(key -> names.add(key.name()));
        assertEquals(names, new TreeSet<>(List.of(known.group(1).split(", "))));
    }

    @Test
    void shouldNameTheTablesThatTheParserKnows() {
        ConfigException e =
                assertThrows(
                        ConfigException.class, () -> ConfigParser.parse("x", "zzzzzzzzzzzz = 1"));
        assertTrue(e.getMessage().endsWith("(known here: control, ports, switch)"), e.getMessage());
    }

    private static void forEachKey(BiConsumer<Keys.Table, Keys.Key> what) {
        Keys.all().forEach(table -> table.keys().forEach(key -> what.accept(table, key)));
    }

    @Test
    void shouldGiveRangesWhoseEndsAreTaken() {
        forEachKey(
                (table, key) -> {
                    for (String value : key.type().good()) {
                        String file = table.file(key, value);
                        assertDoesNotThrow(() -> ConfigParser.parse("x", file), file);
                        assertDoesNotThrow(() -> assertFits(file));
                    }
                });
    }

    @Test
    void shouldGiveRangesBeyondWhichNothingIsTaken() {
        forEachKey(
                (table, key) -> {
                    for (String value : key.type().bad()) {
                        String file = table.file(key, value);
                        assertThrows(
                                ConfigException.class, () -> ConfigParser.parse("x", file), file);
                    }
                });
    }

    /** Leaving a key out is the same as writing what it then is. */
    @Test
    void shouldGiveTheDefaultsThatHold() {
        forEachKey(
                (table, key) -> {
                    if (key.otherwise() != null) {
                        assertDoesNotThrow(
                                () ->
                                        assertEquals(
                                                ConfigParser.parse("x", table.file(key.with())),
                                                ConfigParser.parse(
                                                        "x", table.file(key, key.otherwise())),
                                                table.name() + " " + key.name()));
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("tables")
    void shouldGiveAGoodExample(Keys.Table table) throws Exception {
        ConfigParser.parse("x", table.example());
        assertFits(table.example());
    }

    @Test
    void shouldFindTheExamplesGoodThatUsersCopy() throws Exception {
        try (Stream<Path> files = Files.list(CONF)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".toml")).toList()) {
                String text = Files.readString(file, StandardCharsets.UTF_8);
                assertTrue(text.startsWith("#:schema ./lanyard.schema.json\n"), file::toString);
                assertFits(text);
            }
        }
    }

    @Test
    void shouldFindGoodWhatTheSwitchWrites() throws Exception {
        for (SwitchConfig config : ConfigWriterTest.anyConfigs(200)) {
            assertFits(ConfigWriter.write(config));
        }
    }

    @Test
    void shouldFindBrokenWhatASchemaCanSee() throws Exception {
        List<String> unseen = new ArrayList<>();
        int broken = 0;
        for (BrokenConfigurationTest.Broken file : BrokenConfigurationTest.table()) {
            if (!Toml.parse(file.toml()).hasErrors()) {
                broken++;
                if (fits(file.toml())) {
                    unseen.add(file.title());
                }
            }
        }
        assertEquals(BEYOND_A_SCHEMA, new TreeSet<>(unseen), broken + " files");
    }
}

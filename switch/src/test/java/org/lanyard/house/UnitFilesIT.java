package org.lanyard.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** conf/lanyard@.service and .socket, as systemd itself reads them. */
@Timeout(120)
class UnitFilesIT {
    private static final Path CONF = Path.of("..", "conf");
    private static final Path UNITS = Path.of("usr", "lib", "systemd", "system");

    /** systemd-analyze's exposure, tenfold: 20 is 2.0, in its words "OK". */
    private static final String MOST_EXPOSURE = "20";

    @TempDir private Path root;

    private record Said(int status, String text) {}

    /** A system with systemd's own targets, our units and what they run. */
    @BeforeEach
    void install() throws IOException {
        Files.createDirectories(root.resolve(UNITS));
        try (Stream<Path> units = Files.list(Path.of("/").resolve(UNITS))) {
            for (Path unit : units.filter(path -> path.toString().endsWith(".target")).toList()) {
                Files.copy(unit, root.resolve(UNITS).resolve(unit.getFileName()));
            }
        }
        for (String unit : List.of("lanyard@.service", "lanyard@.socket")) {
            Files.copy(CONF.resolve(unit), root.resolve(UNITS).resolve(unit));
        }
        for (String program : List.of("usr/bin/lanyard", "bin/kill")) {
            Path path = root.resolve(program);
            Files.createDirectories(path.getParent());
            Files.writeString(path, "#!/bin/sh\n");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Said analyze(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("systemd-analyze"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text);
    }

    private Said verify() throws Exception {
        return analyze(
                "--root=" + root,
                "verify",
                "--man=no",
                "--recursive-errors=no",
                "lanyard@lab.service",
                "lanyard@lab.socket");
    }

    @Test
    void shouldSatisfySystemd() throws Exception {
        assertEquals(new Said(0, ""), verify());
    }

    @Test
    void shouldSatisfySystemdWithAllThatItsCommentsOffer() throws Exception {
        List<String> offered =
                Files.readAllLines(CONF.resolve("lanyard@.service")).stream()
                        .filter(line -> line.matches("#     [A-Za-z]+=[^=].*"))
                        .map(line -> line.substring(1).strip())
                        .toList();
        assertTrue(offered.contains("ReadWritePaths=/srv/lab"), offered::toString);
        Path dropIns = Files.createDirectory(root.resolve(UNITS).resolve("lanyard@.service.d"));
        Files.writeString(
                dropIns.resolve("all.conf"), "[Service]\n" + String.join("\n", offered) + "\n");
        assertEquals(new Said(0, ""), verify());
        Files.writeString(dropIns.resolve("worse.conf"), "[Service]\nBindPath=/srv\n");
        assertTrue(verify().text().contains("'BindPath'"), "it is read");
    }

    @Test
    void shouldNotSatisfySystemdWithAMistakeInIt() throws Exception {
        Path unit = root.resolve(UNITS).resolve("lanyard@.service");
        Files.writeString(unit, Files.readString(unit).replace("ProtectClock", "ProtectClok"));
        Said said = verify();
        assertTrue(said.status() != 0 && said.text().contains("'ProtectClok'"), said::text);
    }

    @Test
    void shouldExposeLittle() throws Exception {
        Said said =
                analyze(
                        "security",
                        "--offline=true",
                        "--no-pager",
                        "--threshold=" + MOST_EXPOSURE,
                        CONF.resolve("lanyard@.service").toString());
        assertEquals(0, said.status(), said::text);
        assertTrue(said.text().contains("Overall exposure level"), said::text);
    }
}

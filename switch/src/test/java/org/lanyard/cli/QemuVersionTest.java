package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QemuVersionTest {
    private static final String OLD =
            "QEMU 6.2 has no -netdev stream (7.2 has); let the port listen at tcp:127.0.0.1:PORT"
                    + " for it";

    @TempDir private Path dir;

    private static QemuVersion version(String dotted) {
        return QemuVersion.parse("QEMU emulator version " + dotted + ".0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18); 7; 2",
                "QEMU emulator version 6.2.0 (Debian 1:6.2+dfsg-2ubuntu6.27); 6; 2",
                "QEMU emulator version 10.2.2 (v10.2.2-dirty); 10; 2",
                "QEMU emulator version 9.1.50; 9; 1",
                "QEMU emulator version 8.2.0 (qemu-kvm-8.2.0-11.el9_4.4); 8; 2"
            })
    void shouldReadTheVersionsThatDistributionsPrint(String said, int major, int minor) {
        assertEquals(new QemuVersion(major, minor), QemuVersion.parse(said));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bash: qemu: not found", "version", "version seven.two"})
    void shouldFindNoVersionWhereThereIsNone(String said) {
        assertNull(QemuVersion.parse(said));
    }

    @ParameterizedTest
    @CsvSource({
        "7.2, ''",
        "8.0, ',reconnect=1'",
        "9.1, ',reconnect=1'",
        "9.2, ',reconnect-ms=1000'",
        "10.2, ',reconnect-ms=1000'"
    })
    void shouldConnectAndRedialAsEachVersionCan(String qemu, String reconnect) {
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=unix,addr.path=/run/x/guests.sock"
                        + reconnect,
                version(qemu).netdev("n0", "unix:/run/x/guests.sock"));
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=inet,addr.host=127.0.0.1,addr.port=5555"
                        + reconnect,
                version(qemu).netdev("n0", "tcp:127.0.0.1:5555"));
    }

    @Test
    void shouldUseTheOldSocketBackEndBefore72() {
        assertEquals(
                "-netdev socket,id=n0,connect=127.0.0.1:5555",
                version("6.2").netdev("n0", "tcp:127.0.0.1:5555"));
        assertEquals(
                "-netdev socket,id=n0,connect=127.0.0.1:5555",
                version("7.1").netdev("n0", "tcp:127.0.0.1:5555"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/run/x/guests.sock", "tcp:[::1]:5555"})
    void shouldTellWhatAnOldQemuCanNotReach(String endpoint) {
        CommandFailure e =
                assertThrows(CommandFailure.class, () -> version("6.2").netdev("n0", endpoint));
        assertEquals(OLD, e.getMessage());
        assertEquals(ExitCode.FAILED, e.exitCode());
    }

    @Test
    void shouldTakeTheBracketsOffAnIpv6Address() {
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=inet,addr.host=::1,addr.port=5555",
                version("7.2").netdev("n0", "tcp:[::1]:5555"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "/tmp/a,b/guests.sock; addr.path=/tmp/a,,b/guests.sock; ",
                "/tmp/,,/g; addr.path=/tmp/,,,,/g; ",
                "/tmp/my lab/g; addr.path=/tmp/my lab/g; '",
                "/tmp/$HOME/g; addr.path=/tmp/$HOME/g; '",
                "/tmp/it's/g; addr.path=/tmp/it'\\''s/g; '"
            })
    void shouldQuoteThePathForQemuAndTheShell(String path, String address, String quote) {
        String around = quote == null ? "" : quote;
        assertEquals(
                "-netdev " + around + "stream,id=n0,server=off,addr.type=unix," + address + around,
                version("7.2").netdev("n0", "unix:" + path));
    }

    private Path program(String script) throws IOException {
        Path program = dir.resolve("qemu-system-test");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void shouldAskTheQemuThatIsGiven() throws IOException {
        Path qemu = program("echo \"QEMU emulator version 9.2.4 ($1)\"");
        assertEquals(new QemuVersion(9, 2), QemuVersion.of(qemu.toString()));
    }

    @Test
    void shouldRefuseAProgramThatIsNoQemu() throws IOException {
        String program = program("echo hello").toString();
        CommandFailure e = assertThrows(CommandFailure.class, () -> QemuVersion.of(program));
        assertEquals(program + " does not tell a QEMU version", e.getMessage());
    }

    @Test
    void shouldRefuseAProgramThatIsNotThere() {
        String program = dir.resolve("none").toString();
        CommandFailure e = assertThrows(CommandFailure.class, () -> QemuVersion.of(program));
        assertEquals(program + " does not tell a QEMU version", e.getMessage());
    }
}

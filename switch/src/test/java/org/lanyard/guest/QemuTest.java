package org.lanyard.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.lanyard.guest.Qemu.Version;

final class QemuTest {
    @Test
    void shouldReadTheVersionsOfDistributions() {
        assertEquals(
                new Version(7, 2, 22),
                Version.parse("QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\n"));
        assertEquals(new Version(10, 2, 0), Version.parse("QEMU emulator version 10.2.0"));
        assertEquals(
                new Version(9, 1, 50), Version.parse("QEMU emulator version 9.1.50 (v9.1.0-3-g)"));
        assertEquals(new Version(8, 0, 0), Version.parse("QEMU emulator version 8.0"));
    }

    @Test
    void shouldRefuseWhatIsNoVersion() {
        assertThrows(IllegalArgumentException.class, () -> Version.parse("command not found"));
    }

    @Test
    void shouldOrderVersionsByNumber() {
        Version ten = new Version(10, 0, 0);
        assertTrue(ten.isAtLeast(9, 2));
        assertTrue(ten.isAtLeast(10, 0));
        assertFalse(ten.isAtLeast(10, 1));
        assertTrue(ten.compareTo(new Version(7, 2, 22)) > 0);
        assertTrue(ten.compareTo(new Version(10, 0, 1)) < 0);
    }

    @Test
    void shouldSayWhichEmulatorIsMissing() {
        GuestException e = assertThrows(GuestException.class, () -> Qemu.find("pdp11"));
        assertTrue(e.getMessage().contains("qemu-system-pdp11"), e.getMessage());
    }

    @Test
    void shouldSayThatAProgramIsNoEmulator() {
        assertThrows(GuestException.class, () -> Qemu.at(Path.of("/bin/true")));
        assertThrows(GuestException.class, () -> Qemu.at(Path.of("/no/such/program")));
    }
}

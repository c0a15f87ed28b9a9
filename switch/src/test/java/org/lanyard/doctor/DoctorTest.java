package org.lanyard.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.doctor.Finding.Verdict;
import org.lanyard.doctor.Host.Access;
import org.lanyard.guest.Qemu;

class DoctorTest {
    @TempDir private Path dir;
    private final StagedHost host = new StagedHost();

    private List<Finding> findings() {
        return new Doctor(host, dir.resolve("lan0")).examine();
    }

    private Finding about(String subject) {
        return findings().stream().filter(f -> f.subject().equals(subject)).findFirst().get();
    }

    private void assertFound(String subject, Verdict verdict, String found, String mend) {
        assertEquals(new Finding(subject, verdict, found, mend), about(subject));
    }

    @Test
    void shouldFindNothingToMendOnTheBestOfHosts() {
        List<Finding> findings = findings();
        assertEquals(
                List.of(
                        "Java",
                        "libraries",
                        "runtime",
                        "open files",
                        "QEMU",
                        "KVM",
                        "TAP",
                        "NAT",
                        "DHCP, TFTP",
                        "bridges",
                        "network cards",
                        "macvtap",
                        "user ports",
                        "enclosure",
                        "shares"),
                findings.stream().map(Finding::subject).toList());
        for (Finding finding : findings) {
            assertEquals(Verdict.GOOD, finding.verdict(), finding::toString);
            assertEquals("", finding.mend());
        }
    }

    @Test
    void shouldLeaveTheHostAsItWas() {
        findings();
        new Doctor(new Host(), dir.resolve("lan0")).examine();
        assertFalse(Files.exists(dir.resolve("lan0")));
    }

    @Test
    void shouldTellWhatTheRealHostHas() {
        List<Finding> findings = new Doctor(new Host(), dir).examine();
        String qemu =
                findings.stream()
                        .filter(f -> f.subject().equals("QEMU"))
                        .map(Finding::found)
                        .reduce("", String::concat);
        assertTrue(qemu.contains(Qemu.forHost().version().toString()), qemu);
        assertTrue(qemu.contains(Qemu.forHost().path().getFileName().toString()), qemu);
        assertEquals(System.getProperty("java.version"), firstWord(findings.get(0).found()));
    }

    private static String firstWord(String text) {
        return text.substring(0, text.indexOf(','));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "6.2.0; NOTE; has no -netdev stream",
                "7.1.0; NOTE; has no -netdev stream",
                "7.2.22; NOTE; -netdev stream, without reconnect",
                "8.0.0; GOOD; -netdev stream, with reconnect=",
                "9.1.2; GOOD; -netdev stream, with reconnect=",
                "9.2.0; GOOD; -netdev stream, with reconnect-ms="
            })
    void shouldTellWhatAQemuCanDo(String version, Verdict verdict, String found) {
        host.qemus.clear();
        host.qemu("qemu-system-x86_64", version);
        host.qemu("qemu-system-aarch64", version);
        Finding finding = about("QEMU");
        assertEquals(
                version + " (qemu-system-aarch64, qemu-system-x86_64): " + found, finding.found());
        assertEquals(verdict, finding.verdict());
        assertEquals(verdict == Verdict.GOOD, finding.mend().isEmpty());
    }

    @Test
    void shouldTellEachVersionOfSeveral() {
        host.qemu("qemu-kvm", "8.2.0");
        assertEquals(2, findings().stream().filter(f -> f.subject().equals("QEMU")).count());
    }

    @Test
    void shouldTellHowToGetAQemu() {
        host.qemus.clear();
        assertFound(
                "QEMU",
                Verdict.NOTE,
                "none on PATH",
                "on Debian and Ubuntu: apt install qemu-system-x86 (or qemu-system-arm)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "DENIED; vmx; you may not open /dev/kvm; usermod -aG kvm",
                "ABSENT; svm; there is no /dev/kvm; modprobe",
                "ABSENT; sse2; there is no /dev/kvm; firmware",
                "OPEN; sse2; /dev/kvm opens, but this processor shows no VMX or SVM; nested"
            })
    void shouldTellWhyGuestsAreSlow(Access kvm, String flag, String found, String mend) {
        host.kvm = kvm;
        host.files.put("/proc/cpuinfo", "flags\t\t: fpu " + flag + " avx\n");
        Finding finding = about("KVM");
        assertEquals(Verdict.NOTE, finding.verdict());
        assertEquals(found + "; guests run emulated (-accel tcg), which is slow", finding.found());
        assertTrue(finding.mend().contains(mend), finding.mend());
    }

    @Test
    void shouldTellWhoMayMakeATap() {
        host.files.put("/proc/self/status", "CapEff:\t0000000000000000\n");
        assertFound(
                "TAP",
                Verdict.NOTE,
                "/dev/net/tun opens, but making an interface needs CAP_NET_ADMIN",
                "let root make it once: sudo ip tuntap add dev lan0 mode tap user alice");
        host.files.put("/proc/self/status", "CapEff:\t0000000000001000\n");
        assertEquals(Verdict.GOOD, about("TAP").verdict());
    }

    @Test
    void shouldPassOnTheDriversOwnMend() {
        host.tapDriver = new IOException("open /dev/net/tun: No such file; load the driver: x");
        assertFound("TAP", Verdict.NOTE, "open /dev/net/tun: No such file", "load the driver: x");
    }

    @Test
    void shouldTellHowToGetTheLibraryOfUserPorts() {
        host.libslirp = false;
        assertFound(
                "user ports",
                Verdict.NOTE,
                "there is no libslirp.so.0, which a way out without root needs",
                "on Debian and Ubuntu: apt install libslirp0");
        Host real = new Host();
        assertTrue(real.hasLibrary("libc.so.6"));
        assertFalse(real.hasLibrary("libnobody-has-this.so.0"));
    }

    @Test
    void shouldCallAHostBadWhoseTemporaryDirectoryRunsNoCode() {
        host.libraries = new UnsatisfiedLinkError("failed to map segment from shared object");
        Finding finding = about("libraries");
        assertEquals(Verdict.BAD, finding.verdict());
        assertTrue(finding.mend().contains("-Djava.io.tmpdir=DIR"), finding.mend());
    }

    @Test
    void shouldCallARuntimeDirectoryBadThatNobodyCanUse() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        Finding inFile = new Doctor(host, file.resolve("lan0")).examine().get(2);
        assertEquals(Verdict.BAD, inFile.verdict());
        assertEquals(
                "you may not write to " + file + ", where " + file + "/lan0 would be",
                inFile.found());
        // 107 characters are what sockaddr_un holds: the last that fits, and the first that does
        // not.
        String fits = "/" + "x".repeat(107 - "/control.sock".length() - 1);
        assertEquals(Verdict.GOOD, new Doctor(host, Path.of(fits)).examine().get(2).verdict());
        Finding longer = new Doctor(host, Path.of(fits + "x")).examine().get(2);
        assertEquals(Verdict.BAD, longer.verdict());
        assertTrue(longer.found().contains("108 characters"), longer.found());
    }

    @Test
    void shouldTellWhenFewGuestsFit() {
        host.files.put(
                "/proc/self/limits", "Max open files            256        512       files\n");
        Finding finding = about("open files");
        assertEquals(Verdict.NOTE, finding.verdict());
        assertEquals("at most 512: each guest takes one", finding.found());
    }

    @Test
    void shouldTellWhenARunningSwitchMayNotOpenWhatItsGuestsNeed() {
        assertEquals(Verdict.GOOD, Doctor.running(7, 8192, 64, 4096).verdict());
        Finding few = Doctor.running(7, 120, 30, 4096);
        assertEquals(Verdict.NOTE, few.verdict());
        assertEquals(
                "pid 7, of whose 120 open files guests may have 90, fewer than max-ports (4096)",
                few.found());
    }
}

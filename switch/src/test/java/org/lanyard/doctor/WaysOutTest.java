package org.lanyard.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanyard.gateway.HostFirewall;
import org.lanyard.tapio.Enclosure;

class WaysOutTest {
    private static final String UNPRIVILEGED = "CapEff:\t0000000000000000\n";

    @TempDir private Path dir;
    private final StagedHost host = new StagedHost();

    private List<Finding> about(String subject) {
        List<Finding> all = new WaysOut(host).examine();
        return all.stream().filter(finding -> finding.subject().equals(subject)).toList();
    }

    private void assertNote(String subject, String found, String mend) {
        assertEquals(List.of(Finding.note(subject, found, mend)), about(subject));
    }

    private void assertGood(String subject, String found) {
        assertEquals(List.of(Finding.good(subject, found)), about(subject));
    }

    @Test
    void shouldTellWhetherTheHostForwards() {
        assertGood("NAT", "nft is here; this host does not forward IPv4 until nat = true needs it");
        host.files.put("/proc/sys/net/ipv4/ip_forward", "1\n");
        assertGood("NAT", "nft is here; this host forwards IPv4");
    }

    @Test
    void shouldTellWhatNatLacks() {
        host.files.put("/proc/self/status", UNPRIVILEGED);
        assertNote(
                "NAT",
                "nft is here, but nat = true needs CAP_NET_ADMIN",
                "run that switch as root");
        host.missing.add("nft");
        assertNote(
                "NAT",
                "there is no nft, which nat = true needs",
                "on Debian and Ubuntu: apt install nftables");
    }

    @Test
    void shouldTellWhoseRulesStandInTheWay() {
        host.dropping.addAll(List.of("ip filter FORWARD", "ip6 filter FORWARD"));
        assertEquals(
                Finding.note(
                        "NAT",
                        "other rules drop what is forwarded: chain ip filter FORWARD, chain ip6"
                                + " filter FORWARD",
                        "let the TAP pass there, as root: nft insert rule ip filter FORWARD iifname"
                                + " lan0 accept; nft insert rule ip filter FORWARD oifname lan0 ct"
                                + " state established,related accept"),
                about("NAT").get(1));
    }

    @Test
    void shouldTellOfRulesThatNftKnowsNothingOf() {
        assertEquals(1, about("NAT").size());
        host.files.put("/proc/net/ip_tables_names", "nat\nfilter\n");
        host.files.put("/proc/net/ip6_tables_names", "filter\n");
        assertEquals(
                Finding.note(
                        "NAT",
                        "there are rules of iptables-legacy, which are not looked at: filter, nat",
                        "where guests don't get out, see, as root: iptables-legacy-save;"
                                + " ip6tables-legacy-save"),
                about("NAT").get(1));
    }

    @Test
    void shouldTellOfAFirewallThatKeepsGuestsFromTheServersOfATap() {
        String mend = "ufw allow in on lan0";
        host.obstacles.add(new HostFirewall.Obstacle("ip filter INPUT", "DHCP, DNS", mend));
        assertEquals(
                Finding.note(
                        "DHCP, TFTP",
                        "this host's firewall drops what guests behind a TAP ask it for, DHCP, DNS:"
                                + " chain ip filter INPUT",
                        "let the TAP pass there, as root: ufw allow in on lan0"),
                about("DHCP, TFTP").get(1));
    }

    @Test
    void shouldTellWhatKilledSwitchesLeft() {
        host.leftTables.addAll(List.of("lanyard-lan0", "lanyard-t1"));
        assertEquals(
                Finding.note(
                        "NAT",
                        "a killed switch left rules: lanyard-lan0, lanyard-t1",
                        "as root: nft delete table inet lanyard-lan0; nft delete table inet"
                                + " lanyard-t1"),
                about("NAT").get(1));
    }

    @Test
    void shouldTellWhatTheServersLack() {
        assertGood("DHCP, TFTP", "dnsmasq is here");
        host.missing.add("setpriv");
        assertNote(
                "DHCP, TFTP",
                "there is no setpriv, which ends dnsmasq with its switch",
                "on Debian and Ubuntu: apt install util-linux");
        host.missing.add("dnsmasq");
        assertNote(
                "DHCP, TFTP",
                "there is no dnsmasq, which dhcp and tftp of a TAP need",
                "on Debian and Ubuntu: apt install dnsmasq-base");
    }

    @Test
    void shouldTellWhoMayMakeAMacvtap() {
        assertGood("macvtap", "you may make one on any network card");
        host.files.put("/proc/self/status", UNPRIVILEGED);
        assertNote(
                "macvtap",
                "making one needs CAP_NET_ADMIN; one that is made for you needs nothing",
                "as root, once: ip link add link eth0 name macvtap0 type macvtap mode passthru; ip"
                        + " link set macvtap0 up allmulticast on; chown $USER /dev/tap$(cat"
                        + " /sys/class/net/macvtap0/ifindex)");
    }

    @Test
    void shouldTellWhetherTheKernelHasMacvtaps() {
        host.files.put("/proc/devices", "Character devices:\n  1 mem\n");
        assertNote("macvtap", "this kernel has no macvtap driver", "as root: modprobe macvtap");
        host.files.put("/proc/sys/kernel/osrelease", "6.1.0-9\n");
        host.files.put("/lib/modules/6.1.0-9/modules.dep", "kernel/drivers/net/macvtap.ko.xz: …\n");
        assertGood("macvtap", "you may make one on any network card");
    }

    @Test
    void shouldTellWhoGetsIntoBridges() throws IOException {
        assertGood("bridges", "you may put a TAP into any");
        host.files.put("/proc/self/status", UNPRIVILEGED);
        assertNote("bridges", "there is no /none", "as root: echo 'allow br0' >> /none");
        host.rules = Files.writeString(dir.resolve("bridge.conf"), "allow br0\nallow virbr0\n");
        assertGood("bridges", "qemu-bridge-helper lets you into br0, virbr0");
        Files.writeString(host.rules, "deny all\nallow br0\n");
        assertNote(
                "bridges",
                host.rules + ", line 1, says 'deny all', which wins over any 'allow'",
                "remove that line, as root");
        host.setuid = false;
        assertNote(
                "bridges",
                "/bin/qemu-bridge-helper is not setuid root, and lets nobody in",
                "sudo chmod u+s /bin/qemu-bridge-helper");
        host.missing.add("qemu-bridge-helper");
        assertNote(
                "bridges",
                "there is no qemu-bridge-helper to let you in without root",
                "on Debian and Ubuntu: apt install qemu-system-common");
    }

    @Test
    void shouldTellWhoMayUseNetworkCards() {
        assertGood("network cards", "packet ports may be on any");
        host.files.put("/proc/self/status", "CapEff:\t0000000000001000\n");
        assertNote(
                "network cards",
                "packet ports need CAP_NET_RAW",
                "run that switch as root, or by systemd with AmbientCapabilities=CAP_NET_RAW");
    }

    @Test
    void shouldTellWhatSharesLack() {
        assertGood("shares", "smbd is here: user ports share directories");
        host.missing.add("smbd");
        assertNote(
                "shares",
                "there is no smbd, which smb of a user port needs",
                "on Debian and Ubuntu: apt install samba; then, unless this host shares something"
                        + " itself: systemctl disable --now smbd nmbd");
    }

    @Test
    void shouldTellWhetherGuestsPingBeyondTheirGateway() {
        String kernels = new Host().read("/proc/sys/net/ipv4/ping_group_range");
        assertTrue(kernels.matches("\\d+\\s+\\d+\\s+"), kernels);
        String good = "libslirp.so.0 is here: guests reach out without root";
        assertGood("user ports", good);
        host.files.put("/proc/sys/net/ipv4/ping_group_range", "0\t2147483647\n");
        host.files.put("/proc/self/status", "Gid:\t7\t1000\t1000\t7\nGroups:\t4 27 1005 \nX:\t1\n");
        assertGood("user ports", good);
        for (String range : List.of("1000 1000", "20\t30", "1005 1005")) {
            host.files.put("/proc/sys/net/ipv4/ping_group_range", range + "\n");
            assertGood("user ports", good);
        }
        for (String range : List.of("1\t0", "5 26", "1006 65534", "1 1")) {
            host.files.put("/proc/sys/net/ipv4/ping_group_range", range + "\n");
            assertNote(
                    "user ports",
                    "guests reach out without root, but for ping, which ends at their gateway:"
                            + " net.ipv4.ping_group_range leaves out who runs them",
                    "as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'");
        }
    }

    @Test
    void shouldTellWhatTheProcessOfAUserPortIsShutInBy() {
        assertGood(
                "enclosure",
                "the process of a user port is shut in by namespaces, and sees no file of this"
                        + " host");
        host.enclosure = Enclosure.Kind.LANDLOCK;
        assertEquals(Finding.Verdict.NOTE, about("enclosure").get(0).verdict());
        assertTrue(about("enclosure").get(0).found().contains("Landlock alone"));
        host.enclosure = Enclosure.Kind.NONE;
        assertEquals(Finding.Verdict.NOTE, about("enclosure").get(0).verdict());
        assertTrue(about("enclosure").get(0).found().contains("system calls alone"));
    }
}

package org.lanyard.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.lanyard.gateway.Nat;
import org.lanyard.tapio.BridgeRules;
import org.lanyard.tapio.Capabilities;
import org.lanyard.tapio.Confinement;
import org.lanyard.tapio.Macvtap;

/** Looks at what leads guests beyond their LAN: NAT, the servers of a TAP, bridges, cards. */
final class WaysOut {
    private static final String LIBSLIRP = "libslirp.so.0";
    private static final Pattern GROUPS =
            Pattern.compile("(?m)^Gid:\\s+\\d+\\s+(\\d+)|^Groups:([\\d \\t]*)");

    private static final String ON_DEBIAN = "on Debian and Ubuntu: apt install ";

    private final Host host;

    WaysOut(Host host) {
        this.host = host;
    }

    List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        Stream.of(nat(), dropping(), legacy(), left(), servers())
                .flatMap(Optional::stream)
                .forEach(findings::add);
        findings.addAll(firewall());
        Stream.of(
                        bridge(),
                        Optional.of(packet()),
                        Optional.of(macvtap()),
                        Optional.of(user()),
                        enclosure(),
                        share())
                .flatMap(Optional::stream)
                .forEach(findings::add);
        return findings;
    }

    private boolean netAdmin() {
        return Capabilities.netAdmin(host.read("/proc/self/status"));
    }

    private Optional<Finding> nat() {
        String subject = "NAT";
        if (host.program("nft").isEmpty()) {
            String found = "there is no nft, which nat = true needs";
            return Optional.of(Finding.note(subject, found, ON_DEBIAN + "nftables"));
        }
        if (!netAdmin()) {
            String found = "nft is here, but nat = true needs CAP_NET_ADMIN";
            return Optional.of(Finding.note(subject, found, "run that switch as root"));
        }
        boolean forwards = host.read("/proc/sys/net/ipv4/ip_forward").strip().equals("1");
        String forwarding =
                forwards
                        ? "this host forwards IPv4"
                        : "this host does not forward IPv4 until nat = true needs it";
        return Optional.of(Finding.good(subject, "nft is here; " + forwarding));
    }

    private Optional<Finding> dropping() {
        List<String> chains = host.droppingChains();
        return chains.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Finding.note(
                                "NAT",
                                "other rules drop what is forwarded: chain "
                                        + String.join(", chain ", chains),
                                "let the TAP pass there, as root: "
                                        + Nat.letPass(chains.get(0), "lan0")));
    }

    /** Of these nft tells nothing. */
    private Optional<Finding> legacy() {
        List<String> tables =
                Stream.of("/proc/net/ip_tables_names", "/proc/net/ip6_tables_names")
                        .flatMap(file -> host.read(file).lines())
                        .distinct()
                        .sorted()
                        .toList();
        return tables.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Finding.note(
                                "NAT",
                                "there are rules of iptables-legacy, which are not looked at: "
                                        + String.join(", ", tables),
                                "where guests don't get out, see, as root: iptables-legacy-save;"
                                        + " ip6tables-legacy-save"));
    }

    /** What the next switch with a TAP removes too. */
    private Optional<Finding> left() {
        List<String> tables = host.leftTables();
        return tables.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Finding.note(
                                "NAT",
                                "a killed switch left rules: " + String.join(", ", tables),
                                "as root: nft delete table inet "
                                        + String.join("; nft delete table inet ", tables)));
    }

    private Optional<Finding> servers() {
        String subject = "DHCP, TFTP";
        if (host.program("dnsmasq").isEmpty()) {
            String found = "there is no dnsmasq, which dhcp and tftp of a TAP need";
            return Optional.of(Finding.note(subject, found, ON_DEBIAN + "dnsmasq-base"));
        }
        if (host.program("setpriv").isEmpty()) {
            String found = "there is no setpriv, which ends dnsmasq with its switch";
            return Optional.of(Finding.note(subject, found, ON_DEBIAN + "util-linux"));
        }
        return Optional.of(Finding.good(subject, "dnsmasq is here"));
    }

    /** Where guests ask and get no answer, nothing else tells why. */
    private List<Finding> firewall() {
        return host.firewall("lan0").stream()
                .map(
                        found ->
                                Finding.note(
                                        "DHCP, TFTP",
                                        "this host's firewall drops what guests behind a TAP ask it"
                                                + " for, "
                                                + found.asked()
                                                + ": chain "
                                                + found.chain(),
                                        "let the TAP pass there, as root: " + found.mend()))
                .toList();
    }

    private Optional<Finding> bridge() {
        String subject = "bridges";
        if (netAdmin()) {
            return Optional.of(Finding.good(subject, "you may put a TAP into any"));
        }
        Optional<Path> helper = host.bridgeHelper();
        if (helper.isEmpty()) {
            String found = "there is no qemu-bridge-helper to let you in without root";
            return Optional.of(Finding.note(subject, found, ON_DEBIAN + "qemu-system-common"));
        }
        if (!host.isSetuidRoot(helper.get())) {
            return Optional.of(
                    Finding.note(
                            subject,
                            helper.get() + " is not setuid root, and lets nobody in",
                            "sudo chmod u+s " + helper.get()));
        }
        BridgeRules rules = host.bridgeRules();
        List<String> allowed = rules.allowed();
        if (allowed.isEmpty()) {
            String[] refusal = rules.refusal("br0").split("; ", 2);
            String mend = refusal.length > 1 ? refusal[1] : "see: man qemu-bridge-helper";
            return Optional.of(Finding.note(subject, refusal[0], mend));
        }
        String names = String.join(", ", allowed).replace("all", "any");
        return Optional.of(Finding.good(subject, "qemu-bridge-helper lets you into " + names));
    }

    private Finding packet() {
        String subject = "network cards";
        if (Capabilities.netRaw(host.read("/proc/self/status"))) {
            return Finding.good(subject, "packet ports may be on any");
        }
        return Finding.note(
                subject,
                "packet ports need CAP_NET_RAW",
                "run that switch as root, or by systemd with AmbientCapabilities=CAP_NET_RAW");
    }

    private Finding macvtap() {
        String subject = "macvtap";
        if (!hasMacvtap()) {
            return Finding.note(
                    subject, "this kernel has no macvtap driver", "as root: modprobe macvtap");
        }
        return netAdmin()
                ? Finding.good(subject, "you may make one on any network card")
                : Finding.note(
                        subject,
                        "making one needs CAP_NET_ADMIN; one that is made for you needs nothing",
                        "as root, once: " + Macvtap.toMakeOne("eth0"));
    }

    /** Loaded or built in, or where the kernel loads it from when it is asked for one. */
    private boolean hasMacvtap() {
        String release = host.read("/proc/sys/kernel/osrelease").strip();
        return host.read("/proc/devices").contains(" macvtap\n")
                || host.read("/lib/modules/" + release + "/modules.dep").contains("/macvtap.ko");
    }

    private Finding user() {
        String subject = "user ports";
        try {
            if (host.hasLibrary(LIBSLIRP)) {
                return mayPing()
                        ? Finding.good(
                                subject, LIBSLIRP + " is here: guests reach out without root")
                        : Finding.note(
                                subject,
                                "guests reach out without root, but for ping, which ends at their"
                                        + " gateway: net.ipv4.ping_group_range leaves out who runs"
                                        + " them",
                                "as root: sysctl -w net.ipv4.ping_group_range='0 2147483647'");
            }
        } catch (LinkageError e) {
            return Finding.note(subject, "not looked at, for want of the libraries", "");
        }
        return Finding.note(
                subject,
                "there is no " + LIBSLIRP + ", which a way out without root needs",
                ON_DEBIAN + "libslirp0");
    }

    /** What stands between the program that reads guests' packets in C and this host. */
    private Optional<Finding> enclosure() {
        String subject = "enclosure";
        String whose = "the process of a user port is shut in by ";
        try {
            if (!host.hasLibrary(LIBSLIRP)) {
                return Optional.empty();
            }
            return Optional.of(
                    switch (host.enclosure()) {
                        case NAMESPACES ->
                                Finding.good(
                                        subject,
                                        whose + "namespaces, and sees no file of this host");
                        case LANDLOCK ->
                                Finding.note(
                                        subject,
                                        whose + "Landlock alone: it may read Java, /usr and /proc",
                                        "let it have user namespaces: unshare (util-linux), and "
                                                + "sysctl kernel.apparmor_restrict_unprivileged_userns"
                                                + " or kernel.unprivileged_userns_clone, where there"
                                                + " is one");
                        case NONE ->
                                Finding.note(
                                        subject,
                                        whose
                                                + "a filter of system calls alone: it sees the files"
                                                + " that its user sees",
                                        "a kernel with user namespaces (and unshare of util-linux),"
                                                + " or with Landlock (5.13)");
                    });
        } catch (LinkageError e) {
            return Optional.empty(); // told above
        }
    }

    private Optional<Finding> share() {
        String subject = "shares";
        if (host.program("smbd").isEmpty()) {
            return Optional.of(
                    Finding.note(
                            subject,
                            "there is no smbd, which smb of a user port needs",
                            ON_DEBIAN
                                    + "samba; then, unless this host shares something itself:"
                                    + " systemctl disable --now smbd nmbd"));
        }
        return Optional.of(Finding.good(subject, "smbd is here: user ports share directories"));
    }

    /** Whether the process of a user port may open ICMP's sockets (icmp(7)); root's is nobody. */
    private boolean mayPing() {
        String[] range = host.read("/proc/sys/net/ipv4/ping_group_range").strip().split("\\s+");
        if (range.length != 2) {
            return true; // no Linux that forbids it
        }
        long lowest = Long.parseLong(range[0]);
        long highest = Long.parseLong(range[1]);
        return groups().anyMatch(group -> lowest <= group && group <= highest);
    }

    /** Its effective group and the others (proc(5)). */
    private LongStream groups() {
        if (host.effectiveUid() == 0) {
            return LongStream.of(Confinement.NOBODY);
        }
        Matcher lines = GROUPS.matcher(host.read("/proc/self/status"));
        return lines.results()
                .map(line -> line.group(1) == null ? line.group(2) : line.group(1))
                .flatMap(words -> Stream.of(words.strip().split("\\s+")))
                .filter(word -> !word.isEmpty())
                .mapToLong(Long::parseLong);
    }
}

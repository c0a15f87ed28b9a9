package org.lanyard.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.frame.Mac;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.guest.Result;
import org.lanyard.guest.UBootGuest;

/**
 * Shows what the switch is for: two Linux guests reach each other, and U-Boot gets an address from
 * the host and pings it. Whatever happens, everything that was started is stopped.
 */
public final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern PINGS =
            Pattern.compile("(\\d+) packets transmitted, (\\d+)( packets)? received");
    private static final Pattern BOUND = Pattern.compile("DHCP client bound to address (\\S+)");
    private static final String FIRST = "10.77.0.11";
    private static final String SECOND = "10.77.0.12";

    private final Story story;
    private final List<String> lanyard;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    /**
     * @param lanyard how to run the program
     */
    public Demo(PrintWriter out, List<String> lanyard) {
        this.story = new Story(out);
        this.lanyard = List.copyOf(lanyard);
    }

    /**
     * @throws Exception when anything did not go as it should, with the reason
     */
    public void run() throws Exception {
        try {
            perform();
        } finally {
            stopAll();
        }
        story.say("");
        story.say(
                "All frames crossed. Everything is stopped, and nothing was changed on this host.");
    }

    private void perform() throws Exception {
        story.say("Lanyard demo: real guests on a real switch");
        DemoSwitch[] one = new DemoSwitch[1];
        story.step(
                "starting a switch in the background",
                () -> {
                    one[0] = keep(DemoSwitch.start(lanyard));
                    return "running in " + one[0].dir();
                });
        DemoSwitch lan = one[0];
        String netdev = lan.netdev();
        story.say("    guests attach with: -netdev " + netdev);
        LinuxGuest alice = boot("alice", netdev, FIRST);
        LinuxGuest bob = boot("bob", netdev, SECOND);
        ping(alice, "bob", SECOND);
        ping(bob, "alice", FIRST);
        if (lan.whyNoTap() == null) {
            host(lan, alice, netdev);
        } else {
            story.say("  • the host's TAP is left out; it can't be made here:");
            story.quote(lan.whyNoTap());
        }
        story.say("");
        story.say("The switch's ports:");
        story.quote(lan.ask("port", "list"));
        story.say("The addresses it learned:");
        story.quote(lan.ask("fdb", "list"));
    }

    private LinuxGuest boot(String name, String netdev, String address) throws Exception {
        LinuxGuest[] guest = new LinuxGuest[1];
        String mac = Mac.format(Mac.random());
        story.step(
                "booting the Linux guest " + name + " in QEMU",
                () -> {
                    guest[0] = keep(LinuxGuest.named(name).nic(Nic.virtio(netdev, mac)).boot());
                    guest[0].outputOf(
                            "ip address add " + address + "/24 dev eth0; ip link set eth0 up",
                            PATIENCE);
                    return "up, " + address + ", " + mac;
                });
        return guest[0];
    }

    private void ping(LinuxGuest from, String name, String address) throws Exception {
        story.step(
                from.name() + " pings " + name + " at " + address,
                () -> {
                    Result result = from.run("ping -c 5 -i 0.2 " + address, PATIENCE);
                    Matcher count = PINGS.matcher(result.output());
                    if (!result.succeeded() || !count.find()) {
                        throw new DemoFailure("no answer: " + result.output());
                    }
                    if (!count.group(1).equals(count.group(2))) {
                        throw new DemoFailure("answers were lost: " + result.output());
                    }
                    return count.group(2) + " of " + count.group(1) + " answered";
                });
    }

    private void host(DemoSwitch lan, LinuxGuest linux, String netdev) throws Exception {
        ping(linux, "the host's TAP", DemoSwitch.HOST_ADDRESS);
        story.step(
                "starting dnsmasq on the host's TAP",
                () -> {
                    keep(DhcpServer.start(lan));
                    return "it leases addresses";
                });
        UBootGuest[] uboot = new UBootGuest[1];
        story.step(
                "booting U-Boot (aarch64) in QEMU",
                () -> {
                    Nic nic = Nic.virtio(netdev, Mac.format(Mac.random()));
                    uboot[0] = keep(UBootGuest.boot("uboot", nic));
                    return "at its prompt";
                });
        story.step(
                "U-Boot asks for an address (dhcp)",
                () -> {
                    uboot[0].run("setenv autoload no", PATIENCE);
                    String said = uboot[0].run("dhcp", PATIENCE).output();
                    Matcher bound = BOUND.matcher(said);
                    if (!bound.find()) {
                        throw new DemoFailure("no lease: " + said);
                    }
                    return "it got " + bound.group(1);
                });
        story.step(
                "U-Boot pings the host's TAP at " + DemoSwitch.HOST_ADDRESS,
                () -> {
                    String said =
                            uboot[0].run("ping " + DemoSwitch.HOST_ADDRESS, PATIENCE).output();
                    if (!said.contains("host " + DemoSwitch.HOST_ADDRESS + " is alive")) {
                        throw new DemoFailure("no answer: " + said);
                    }
                    return "host " + DemoSwitch.HOST_ADDRESS + " is alive";
                });
    }

    private <T extends AutoCloseable> T keep(T resource) {
        started.push(resource);
        return resource;
    }

    private void stopAll() throws Exception {
        Exception first = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }
}

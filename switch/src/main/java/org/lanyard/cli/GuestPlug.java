package org.lanyard.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.regex.Pattern;
import org.lanyard.guest.Qemu;

/**
 * A guest's network card and the port that it plugs into, in the words of those who start guests.
 *
 * <p>Which arguments a QEMU takes is in qapi/net.json of its version: {@code -netdev stream} since
 * 7.2, its {@code reconnect} (seconds) from 8.0 to 10.1, {@code reconnect-ms} since 9.2; before 7.2
 * only {@code -netdev socket}, which speaks the same framing over TCP.
 *
 * @param qemu that is to take the arguments
 * @param endpoint {@code unix:PATH} or {@code tcp:HOST:PORT}
 * @param id of the netdev, one for each card of a guest
 * @param model QEMU's device, such as {@code virtio-net-pci}
 */
record GuestPlug(Qemu.Version qemu, String endpoint, String id, String model, String mac) {
    private static final String UNIX = "unix:";
    private static final String TCP = "tcp:";

    /** What no shell changes. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:=/@%+-]+");

    /**
     * One element an argument, unquoted.
     *
     * @throws CommandFailure when this QEMU can't connect to the endpoint
     */
    List<String> arguments() {
        return List.of("-netdev", netdev(), "-device", model + ",netdev=" + id + ",mac=" + mac);
    }

    private String netdev() {
        if (!qemu.isAtLeast(7, 2)) {
            return "socket,id=" + id + ",connect=" + ipv4(qemuHasNone());
        }
        return "stream,id=" + id + ",server=off," + address() + reconnect();
    }

    private String qemuHasNone() {
        return "QEMU " + qemu.major() + "." + qemu.minor() + " has no -netdev stream (7.2 has)";
    }

    private String address() {
        if (endpoint.startsWith(UNIX)) {
            return "addr.type=unix,addr.path=" + path().replace(",", ",,");
        }
        String host = host().replaceAll("[\\[\\]]", "");
        return "addr.type=inet,addr.host=" + host + ",addr.port=" + tcpPort();
    }

    /** Of a TCP endpoint, an IPv6 address in its brackets. */
    private String host() {
        return endpoint.substring(TCP.length(), endpoint.lastIndexOf(':'));
    }

    private String tcpPort() {
        return endpoint.substring(endpoint.lastIndexOf(':') + 1);
    }

    private String path() {
        return endpoint.substring(UNIX.length());
    }

    private String reconnect() {
        if (qemu.isAtLeast(9, 2)) {
            return ",reconnect-ms=1000";
        }
        return qemu.isAtLeast(8, 0) ? ",reconnect=1" : "";
    }

    private boolean isIpv4() {
        return endpoint.startsWith(TCP) && !endpoint.contains("[");
    }

    /** {@code HOST:PORT}, which is all that QEMU's older socket back end connects to. */
    private String ipv4(String why) {
        if (!isIpv4()) {
            throw new CommandFailure(
                    ExitCode.FAILED, why + "; let the port listen at tcp:127.0.0.1:PORT for it");
        }
        return endpoint.substring(TCP.length());
    }

    /** For a shell: two lines. */
    String forQemu() {
        List<String> words = arguments().stream().map(GuestPlug::quoted).toList();
        return words.get(0) + " " + words.get(1) + " \\\n" + words.get(2) + " " + words.get(3);
    }

    /**
     * For what passes on {@code -nic} alone. {@code -nic stream} is refused by QEMU 7.2 and nowhere
     * needed: {@code socket} is the same on the wire.
     */
    String forNic() {
        String value = "socket,connect=" + ipv4("-nic connects to IPv4 only, not to " + endpoint);
        return "-nic " + quoted(value + ",model=" + model + ",mac=" + mac);
    }

    private static String quoted(String word) {
        boolean plain = PLAIN.matcher(word).matches();
        return plain ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** For a domain's XML (libvirt.org/formatdomain.html, libvirt.org/drvqemu.html). */
    String forLibvirt() {
        return isIpv4() ? libvirtInterface() : libvirtArguments();
    }

    private String libvirtInterface() {
        return lines(
                "<!-- among the devices -->",
                "<interface type='client'>",
                "  <mac address='" + mac + "'/>",
                "  <source address='" + host() + "' port='" + tcpPort() + "'/>",
                "  <model type='" + model.replaceFirst("^virtio-net.*", "virtio") + "'/>",
                "</interface>");
    }

    private String libvirtArguments() {
        StringBuilder xml =
                new StringBuilder(
                        lines(
                                "<!-- last in <domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>;",
                                "     libvirt's QEMU needs access to the socket -->",
                                "<qemu:commandline>"));
        for (String argument : arguments()) {
            xml.append("\n  <qemu:arg value='").append(xml(argument)).append("'/>");
        }
        return xml.append("\n</qemu:commandline>").toString();
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;");
    }

    /** For lima.yaml: Lima dials the socket itself, as it does socket_vmnet's. */
    String forLima() {
        if (!endpoint.startsWith(UNIX)) {
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "Lima connects to unix sockets only, not to "
                            + endpoint
                            + "; let the port listen at unix:NAME.sock for it");
        }
        // A string of JSON is one of YAML 1.2.
        return lines(
                "networks:", "- socket: " + new TextNode(path()), "  macAddress: \"" + mac + "\"");
    }

    /** For a Vagrantfile: of its providers for QEMU, each reads its own block. */
    String forVagrant() {
        List<String> words = arguments().stream().map(GuestPlug::ruby).toList();
        StringBuilder text = new StringBuilder("config.vm.provider :libvirt do |libvirt|\n");
        words.forEach(word -> text.append("  libvirt.qemuargs value: ").append(word).append('\n'));
        return text.append("end\nconfig.vm.provider :qemu do |qemu|\n  qemu.extra_qemu_args = [")
                .append(String.join(", ", words))
                .append("]\nend")
                .toString();
    }

    private static String ruby(String word) {
        return "'" + word.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    private static String lines(String... lines) {
        return String.join("\n", lines);
    }
}

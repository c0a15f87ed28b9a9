package org.lanyard.tapio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Two network namespaces with an Ethernet interface {@code end0} each, which lead to one another
 * somehow, and a tunnel between them over that.
 */
public record TunnelEnds(NetNamespace left, NetNamespace right) {
    private static final String OUTER = "10.77.0.";
    private static final String OUTER6 = "fd77::";
    private static final String INNER = "10.78.0.";
    private static final String INNER6 = "fd78::";
    private static final List<String> NUMBERS = List.of("1", "2");

    private List<NetNamespace> places() {
        return List.of(left, right);
    }

    /** Runs {@code ip} with these words in a namespace. */
    public static void ip(NetNamespace place, String words) throws IOException {
        place.exec(("ip " + words).split(" "));
    }

    /** Gives an interface of another namespace to one of them, as its end. */
    public void join(NetNamespace from, String cable, NetNamespace to) throws IOException {
        String number = NUMBERS.get(places().indexOf(to));
        ip(from, "link set " + cable + " netns " + to.name());
        ip(to, "link set " + cable + " name end0");
        ip(to, "address add " + OUTER + number + "/24 dev end0");
        ip(to, "address add " + OUTER6 + number + "/64 dev end0 nodad");
        ip(to, "link set end0 up");
    }

    /**
     * Makes a tunnel: VXLAN with VNI 42, or one of {@link BpfTunnel.Kind}.
     *
     * @param tunnel for example {@code VXLAN}, {@code VXLAN over IPv6} or {@code GRE}
     * @param programs a directory for them
     * @return the right end's address in it
     */
    public String lay(String tunnel, Path programs) throws IOException {
        switch (tunnel) {
            case "VXLAN" -> vxlan(OUTER, " noudpcsum");
            case "VXLAN with checksums" -> vxlan(OUTER, " udpcsum");
            case "VXLAN with a policy" -> vxlan(OUTER, " gbp");
            case "VXLAN over IPv6" -> vxlan(OUTER6, "");
            case "VXLAN over IPv6 without checksums" ->
                    vxlan(OUTER6, " udp6zerocsumtx udp6zerocsumrx");
            default -> {
                BpfTunnel.Kind kind = BpfTunnel.Kind.valueOf(tunnel);
                String inner = kind == BpfTunnel.Kind.SIT ? INNER6 : INNER;
                bpf(kind, inner, programs);
                return inner + 2;
            }
        }
        return INNER + 2;
    }

    private void vxlan(String addresses, String options) throws IOException {
        for (int i = 0; i < 2; i++) {
            NetNamespace place = places().get(i);
            String way =
                    "local "
                            + addresses
                            + NUMBERS.get(i)
                            + " remote "
                            + addresses
                            + NUMBERS.get(1 - i);
            ip(place, "link add vx0 type vxlan id 42 dstport 4789 " + way + options);
            ip(place, "address add " + INNER + NUMBERS.get(i) + "/24 dev vx0");
            ip(place, "link set vx0 up");
        }
    }

    private void bpf(BpfTunnel.Kind kind, String inner, Path programs) throws IOException {
        boolean ipv6 = inner.equals(INNER6);
        for (int i = 0; i < 2; i++) {
            NetNamespace place = places().get(i);
            String remote = OUTER + NUMBERS.get(1 - i);
            String reached = inner + NUMBERS.get(1 - i);
            String own = inner + NUMBERS.get(i) + (ipv6 ? "/128 nodad" : "/32");
            ip(place, "address add " + own + " dev end0");
            String way = ipv6 ? "/128 dev end0" : "/32 dev end0 via " + remote;
            ip(place, "route add " + reached + way + " mtu 1400");
            Path directory = Files.createDirectories(programs.resolve(NUMBERS.get(i)));
            BpfTunnel end = new BpfTunnel(kind, OUTER + NUMBERS.get(i), remote, reached);
            for (List<String> command : end.commands(directory, "end0")) {
                place.exec(command.toArray(String[]::new));
            }
        }
    }
}

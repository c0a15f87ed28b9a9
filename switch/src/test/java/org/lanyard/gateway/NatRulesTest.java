package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanyard.config.PortKind;

/** The rules' words; what they do to packets is for the tests of the whole program. */
class NatRulesTest {
    private static final List<Family> BOTH = List.of(Family.IP, Family.IP6);

    private static PortKind.Address address(String ip, int prefix) throws Exception {
        return new PortKind.Address(InetAddress.getByName(ip), prefix);
    }

    private static List<PortKind.Address> addresses() throws Exception {
        return List.of(address("10.9.8.1", 24), address("fd09:0:0:0:0:0:0:1", 64));
    }

    private static NatRules rules(boolean hairpin, Set<Family> fenced, String... routers)
            throws Exception {
        return new NatRules("lan0", addresses(), hairpin, fenced, List.of(routers));
    }

    /** The lines of one chain. */
    private static List<String> chain(String text, String name) {
        String begin = "chain " + name + " {\n";
        assertTrue(text.contains(begin), text);
        String rest = text.substring(text.indexOf(begin) + begin.length());
        return rest.substring(0, rest.indexOf("\n}")).lines().skip(1).toList();
    }

    @Test
    void shouldLetGuestsOutUnderTheirOwnAddressesAndAnswersIn() throws Exception {
        String rejected = " reject with icmpx admin-prohibited";
        assertEquals(
                List.of(
                        "iifname != \"lan0\" ip saddr { 10.9.8.1/24 } drop",
                        "iifname \"lan0\" ip saddr != { 10.9.8.1/24 } drop",
                        "iifname != \"lan0\" ip6 saddr { fd09:0:0:0:0:0:0:1/64 } drop",
                        "iifname \"lan0\" ip6 saddr != { fd09:0:0:0:0:0:0:1/64 } drop",
                        "iifname \"lan0\" oifname \"lan0\"" + rejected,
                        "iifname \"lan0\" meta oifkind \"tun\" meta oiftype ether" + rejected,
                        "iifname \"lan0\" accept",
                        "oifname \"lan0\" ct state established,related accept",
                        "oifname \"lan0\"" + rejected),
                chain(rules(false, Set.of()).text(), "forward"));
    }

    @Test
    void shouldLetGuestsMeetByTheGatewayOnlyWhereHairpinSaysSo() throws Exception {
        String forward = String.join("\n", chain(rules(true, Set.of()).text(), "forward"));
        assertFalse(forward.contains("oifname \"lan0\" reject with icmpx admin-prohibited\nii"));
        assertFalse(forward.contains("oifkind"), forward);
        assertTrue(forward.contains("ip saddr != { 10.9.8.1/24 } drop"), forward);
    }

    @Test
    void shouldLetNoFamilyOutThatTheTapHasNoAddressOf() throws Exception {
        List<PortKind.Address> four = List.of(address("10.9.8.1", 24));
        String text = new NatRules("lan0", four, false, Set.of(), List.of()).text();
        assertTrue(chain(text, "forward").contains("iifname \"lan0\" meta nfproto ipv6 drop"));
        assertFalse(text.contains("ip6 "), text);
    }

    @Test
    void shouldLetNobodyButGuestsAndTheHostReachTheGateway() throws Exception {
        List<String> input = chain(rules(false, Set.of()).text(), "input");
        assertEquals(
                List.of(
                        "iifname { \"lan0\", \"lo\" } accept",
                        "ct direction reply accept",
                        "ip daddr { 10.9.8.0, 10.9.8.1, 10.9.8.255 } drop",
                        "ip6 daddr { fd09:0:0:0:0:0:0:0, fd09:0:0:0:0:0:0:1 } drop"),
                input.subList(2, input.size()));
    }

    @Test
    void shouldTakeNoOrdersAboutRoutesFromGuests() throws Exception {
        assertEquals(
                List.of(
                        "iifname \"lan0\" icmp type redirect drop",
                        "iifname \"lan0\" icmpv6 type { nd-router-advert, nd-redirect } drop"),
                chain(rules(false, Set.of()).text(), "input").subList(0, 2));
    }

    @Test
    void shouldAnswerFromTheGatewayToNobodyElse() throws Exception {
        assertEquals(
                List.of(
                        "oifname { \"lan0\", \"lo\" } accept",
                        "ct direction reply ip saddr { 10.9.8.0, 10.9.8.1, 10.9.8.255 } drop",
                        "ct direction reply ip6 saddr { fd09:0:0:0:0:0:0:0, fd09:0:0:0:0:0:0:1 }"
                                + " drop"),
                chain(rules(false, Set.of()).text(), "output"));
    }

    @Test
    void shouldFenceWhatNobodyElseForwards() throws Exception {
        assertFalse(rules(false, Set.of()).text().contains("fence"));
        String four = rules(false, Set.of(Family.IP)).text();
        assertEquals("iif != 0 meta nfproto ipv4 drop", last(chain(four, "fence_ip")));
        String both = rules(false, Set.copyOf(BOTH), "eth1", "eth2").text();
        assertTrue(both.contains("elements = { \"eth1\", \"eth2\" };"), both);
        List<String> fence = chain(both, "fence_ip_ip6");
        assertEquals(
                List.of(
                        "meta nfproto ipv4 iifname @routers accept",
                        "iif != 0 meta nfproto ipv4 drop",
                        "iif != 0 meta nfproto ipv6 drop"),
                fence.subList(fence.size() - 3, fence.size()));
        assertTrue(fence.contains("ct status snat,dnat accept"), both);
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    @Test
    void shouldKnowItsFencesByName() {
        assertTrue(NatRules.isFence("fence_ip_ip6", Family.IP));
        assertTrue(NatRules.isFence("fence_ip6", Family.IP6));
        assertFalse(NatRules.isFence("fence_ip6", Family.IP));
        assertFalse(NatRules.isFence("forward_ip", Family.IP));
    }
}

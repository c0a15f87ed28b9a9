package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lanyard.gateway.HostFirewall.Obstacle;

/** Rulesets in nft's own words, as ufw, firewalld and administrators make them. */
class HostFirewallTest {
    private static final String ALL = "DHCP, DNS, TFTP";
    private static final String ACCEPT = "{'accept':null}";
    private static final String ESTABLISHED =
            match("{'ct':{'key':'state'}}", "['established','related']");

    private static String chain(String table, String name, String more) {
        return String.format(
                "{'chain':{'family':'inet','table':'%s','name':'%s','handle':1%s}}",
                table, name, more);
    }

    private static String base(String table, String name, String policy) {
        String more = ",'type':'filter','hook':'input','prio':0,'policy':'" + policy + "'";
        return chain(table, name, more);
    }

    private static String rule(String table, String chain, String... statements) {
        return String.format(
                "{'rule':{'family':'inet','table':'%s','chain':'%s','handle':2,'expr':[%s]}}",
                table, chain, String.join(",", statements));
    }

    private static String match(String left, String right) {
        return "{'match':{'op':'==','left':" + left + ",'right':" + right + "}}";
    }

    private static String in(String name) {
        return match("{'meta':{'key':'iifname'}}", "'" + name + "'");
    }

    private static String port(String protocol, String ports) {
        return match("{'payload':{'protocol':'" + protocol + "','field':'dport'}}", ports);
    }

    private static List<Obstacle> read(String... items) throws Exception {
        String ruleset = Stream.of(items).collect(Collectors.joining(",", "{'nftables':[", "]}"));
        return HostFirewall.read(ruleset.replace('\'', '"'), "lan0");
    }

    @Test
    void shouldFindNothingWhereNothingDrops() throws Exception {
        assertEquals(List.of(), read());
        assertEquals(List.of(), read(base("filter", "input", "accept")));
        assertEquals(List.of(), read(chain("filter", "other", "")));
    }

    @Test
    void shouldFindAPolicyThatDropsAndTellTheMend() throws Exception {
        String tap = "nft insert rule inet filter input iifname lan0 ";
        assertEquals(
                List.of(
                        new Obstacle(
                                "inet filter input",
                                ALL,
                                tap
                                        + "udp dport '{ 53, 67, 69 }' accept; "
                                        + tap
                                        + "tcp dport '{ 53 }' accept")),
                read(
                        base("filter", "input", "drop"),
                        rule("filter", "input", ESTABLISHED, ACCEPT),
                        rule("filter", "input", in("lo"), ACCEPT),
                        rule("filter", "input", port("tcp", "22"), ACCEPT)));
    }

    @Test
    void shouldFindNothingOnceTheMendIsMade() throws Exception {
        assertEquals(
                List.of(),
                read(
                        base("filter", "input", "drop"),
                        rule(
                                "filter",
                                "input",
                                in("lan0"),
                                port("udp", "{'set':[53,67,69]}"),
                                ACCEPT),
                        rule("filter", "input", in("lan0"), port("tcp", "{'set':[53]}"), ACCEPT)));
        assertEquals(
                List.of(),
                read(base("filter", "input", "drop"), rule("filter", "input", in("lan*"), ACCEPT)));
    }

    @Test
    void shouldTellOnlyWhatIsDropped() throws Exception {
        List<Obstacle> found =
                read(
                        base("filter", "input", "drop"),
                        rule(
                                "filter",
                                "input",
                                port("udp", "{'set':[53,{'range':[60,68]}]}"),
                                ACCEPT),
                        rule("filter", "input", port("tcp", "53"), ACCEPT));
        assertEquals(List.of("TFTP"), found.stream().map(Obstacle::asked).toList());
    }

    @Test
    void shouldFindWhatFirewalldRejectsInItsZones() throws Exception {
        String add = "firewall-cmd --zone=trusted --add-interface=lan0";
        String permanent = "firewall-cmd --permanent --zone=trusted --add-interface=lan0";
        String byName =
                "{'vmap':{'key':{'meta':{'key':'iifname'}},'data':{'set':[['eth0',"
                        + ACCEPT
                        + "]]}}}";
        assertEquals(
                List.of(new Obstacle("inet firewalld filter_INPUT", ALL, add + "; " + permanent)),
                read(
                        base("firewalld", "filter_INPUT", "accept"),
                        chain("firewalld", "filter_IN_public", ""),
                        rule("firewalld", "filter_INPUT", ESTABLISHED, ACCEPT),
                        rule("firewalld", "filter_INPUT", byName),
                        rule("firewalld", "filter_INPUT", "{'jump':{'target':'filter_IN_public'}}"),
                        rule("firewalld", "filter_INPUT", "{'reject':{'type':'icmpx'}}"),
                        rule("firewalld", "filter_IN_public", port("tcp", "22"), ACCEPT)));
    }

    @Test
    void shouldGiveUfwsOwnWordsForItsRules() throws Exception {
        List<Obstacle> found =
                read(
                        base("filter", "INPUT", "drop"),
                        chain("filter", "ufw-user-input", ""),
                        rule("filter", "INPUT", "{'jump':{'target':'ufw-user-input'}}"),
                        rule("filter", "ufw-user-input", "{'xt':null}", ACCEPT));
        assertEquals(List.of("ufw allow in on lan0"), found.stream().map(Obstacle::mend).toList());
    }

    @Test
    void shouldEndWhereRulesGoRoundInCircles() throws Exception {
        String round = "{'jump':{'target':'input'}}";
        assertEquals(
                List.of(), read(base("filter", "input", "accept"), rule("filter", "input", round)));
    }
}

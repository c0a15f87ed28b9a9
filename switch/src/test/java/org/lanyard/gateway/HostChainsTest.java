package org.lanyard.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rulesets in nft's own words. */
class HostChainsTest {
    private static HostChains read(String... items) throws Exception {
        String ruleset = "{'nftables':[" + String.join(",", items) + "]}";
        return new HostChains(new ObjectMapper().readTree(ruleset.replace('\'', '"')), true);
    }

    private static String chain(String table, String name, String type, String hook) {
        return String.format(
                "{'chain':{'family':'inet','table':'%s','name':'%s','type':'%s','hook':'%s',"
                        + "'prio':0,'policy':'accept'}}",
                table, name, type, hook);
    }

    private static String rule(String table, String chain) {
        return String.format(
                "{'rule':{'family':'inet','table':'%s','chain':'%s','expr':[{'accept':null}]}}",
                table, chain);
    }

    @Test
    void shouldTellWhetherOthersHaveRulesOfWhatIsForwarded() throws Exception {
        assertFalse(read().othersForward(Family.IP));
        String six = chain("some", "one", "filter", "forward") + "," + rule("some", "one");
        assertTrue(read(six).othersForward(Family.IP6));
        six = six.replace("inet", "ip6");
        assertTrue(read(six).othersForward(Family.IP6));
        assertFalse(read(six).othersForward(Family.IP));
        // As Debian's nftables.conf and the first call of iptables leave it.
        assertFalse(read(chain("filter", "forward", "filter", "forward")).othersForward(Family.IP));
        assertFalse(
                read(chain("filter", "input", "filter", "input"), rule("filter", "input"))
                        .othersForward(Family.IP));
        for (String[] where : new String[][] {{"filter", "forward"}, {"nat", "postrouting"}}) {
            assertTrue(
                    read(chain("some", "one", where[0], where[1]), rule("some", "one"))
                            .othersForward(Family.IP));
            assertFalse(
                    read(
                                    chain("lanyard-lan0", "one", where[0], where[1]),
                                    rule("lanyard-lan0", "one"))
                            .othersForward(Family.IP));
        }
    }

    /** A host has more rules than are read. */
    @Test
    void shouldTakeChainsOfOthersForRulesWhereTheseAreNotTold() throws Exception {
        String forward = "{\"nftables\":[" + chain("a", "b", "filter", "forward") + "]}";
        ObjectMapper json = new ObjectMapper();
        assertTrue(
                new HostChains(json.readTree(forward.replace('\'', '"')), false)
                        .othersForward(Family.IP));
        assertFalse(new HostChains(json.readTree("{}"), false).othersForward(Family.IP));
    }

    @Test
    void shouldFindTheFencesOfOtherTaps() throws Exception {
        HostChains chains =
                read(
                        chain("lanyard-lan0", "fence_ip", "filter", "postrouting"),
                        chain("lanyard-lan1", "fence_ip_ip6", "filter", "postrouting"),
                        chain("somebody-elses", "fence_ip6", "filter", "postrouting"));
        assertTrue(chains.isFenced(Family.IP, List.of("lanyard-lan0")));
        assertTrue(chains.isFenced(Family.IP6, List.of("lanyard-lan0")));
        assertFalse(chains.isFenced(Family.IP6, List.of("lanyard-lan1")));
        assertFalse(chains.isFenced(Family.IP, List.of("lanyard-lan0", "lanyard-lan1")));
        assertTrue(chains.isFenceOf("lanyard-lan0", Family.IP));
        assertFalse(chains.isFenceOf("lanyard-lan0", Family.IP6));
    }

    @Test
    void shouldRememberWhichInterfacesForwardedBefore() throws Exception {
        String set = "{'set':{'family':'inet','table':'%s','name':'routers','elem':['%s','b']}}";
        assertEquals(
                Set.of("a", "b"),
                read(String.format(set, "lanyard-lan0", "a"), String.format(set, "other", "c"))
                        .routers());
    }

    @Test
    void shouldNameTheChainsThatDropWhatIsForwarded() throws Exception {
        String docker = chain("filter", "FORWARD", "filter", "forward");
        assertEquals(List.of(), read(docker).dropping());
        assertEquals(
                List.of("inet filter FORWARD"), read(docker.replace("accept", "drop")).dropping());
    }
}

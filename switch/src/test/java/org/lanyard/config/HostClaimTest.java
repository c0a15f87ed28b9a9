package org.lanyard.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a configuration asks of the host, key by key as SECURITY.md has it. */
class HostClaimTest {
    private static final Path PAGE = Path.of("..", "SECURITY.md");
    private static final Pattern NAME = Pattern.compile("`([a-z0-9*.-]+)`");
    private static final Pattern ROW =
            Pattern.compile("\\| ((?:`[a-z0-9*.-]+`(?:, )?)+) \\| (yes|no|within|restart) \\|.*");

    @TempDir private Path temp;
    private Path dir;

    @BeforeEach
    void makeTheRuntimeDirectory() throws IOException {
        dir = Files.createDirectory(temp.resolve("lan0"));
    }

    private static SwitchConfig parse(String toml) {
        try {
            return ConfigParser.parse("x", toml);
        } catch (ConfigException e) {
            return null;
        }
    }

    private List<HostClaim> claims(String toml) {
        SwitchConfig none = SwitchConfig.withoutFile().withPorts(List.of());
        SwitchConfig some = parse(toml);
        return some == null ? List.of() : HostClaim.added(none, some, dir);
    }

    private List<HostClaim> claimsOfPort(String kind) {
        assertTrue(parse("[ports.x]\n" + kind + "\n") != null, kind);
        return claims("[ports.x]\n" + kind + "\n");
    }

    /** What the page says of each key. */
    private static Map<String, String> page() throws IOException {
        Map<String, String> says = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                NAME.matcher(row.group(1))
                        .results()
                        .forEach(name -> says.put(name.group(1), row.group(2)));
            }
        }
        return says;
    }

    @Test
    void shouldBeToldOfEachKeyByThePage() throws IOException {
        Map<String, String> page = page();
        List<String> wrong = new ArrayList<>();
        for (Keys.Table table : Keys.all()) {
            for (Keys.Key key : table.keys()) {
                String name = table.name() + "." + key.name();
                String says = page.getOrDefault(name, page.get(table.name() + ".*"));
                String is = grade(table, key);
                if (!is.equals(says)) {
                    wrong.add(name + ": SECURITY.md says " + says + ", the switch " + is);
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private String grade(Keys.Table table, Keys.Key key) {
        if (table.name().equals("switch") && ConfigDiff.FIXED.contains(key.name())) {
            return "restart";
        }
        List<HostClaim> without = claims(table.file(key.with()));
        List<String> values = new ArrayList<>(key.type().good());
        if (values.isEmpty()) { // a table, which has an example
            String kind = key.name();
            List<String> examples =
                    Keys.all().stream()
                            .filter(t -> t.name().equals(kind))
                            .map(Keys.Table::example)
                            .toList();
            boolean within = kind.equals("user") && table.name().equals("ports");
            return within && claimsOfPort("user = { host-loopback = false }").isEmpty()
                    ? "within"
                    : grade(examples.stream().map(this::claims).toList());
        }
        if (key.otherwise() != null) {
            values.add(key.otherwise());
        }
        List<List<HostClaim>> more = new ArrayList<>();
        for (String value : values) {
            List<HostClaim> claims = new ArrayList<>(claims(table.file(key, value)));
            if (!key.name().equals("host-loopback")) {
                boolean whole = table.name().matches("tap|dhcp|bridge|packet|macvtap");
                claims.removeAll(whole ? List.of() : without);
            }
            more.add(claims);
        }
        return grade(more);
    }

    private static String grade(List<List<HostClaim>> ofValues) {
        long free = ofValues.stream().filter(List::isEmpty).count();
        return free == ofValues.size() ? "yes" : free == 0 ? "no" : "within";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream = { listen = 'unix:a.sock' }",
                "stream = { listen = 'unix:./a.sock' }",
                "stream = { listen = 'unix:sub/a.sock', max-guests = 3 }",
                "stream = { listen = 'tcp:127.0.0.1:5555' }",
                "stream = { listen = 'tcp:[::1]:0' }",
                "stream = { listen = 'tcp:localhost:5555' }",
                "stream = { connect = 'unix:other.sock' }",
                "stream = { connect = 'tcp:other.example:5555' }",
                "user = { host-loopback = false, hostfwd = ['tcp:127.0.0.1:2222-:22'] }"
            })
    void shouldLeaveToTheGroupWhatIsTheSwitchs(String kind) {
        assertEquals(List.of(), claimsOfPort(kind));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream = { listen = 'unix:/run/a.sock' }",
                "stream = { listen = 'unix:../a.sock' }",
                "stream = { listen = 'unix:sub/../../a.sock' }",
                "stream = { listen = 'unix:sub/../a.sock' }",
                "stream = { listen = 'unix:link/a.sock' }",
                "stream = { listen = 'unix:link' }",
                "stream = { listen = 'unix:dangling' }",
                "stream = { listen = 'unix:.' }",
                "stream = { listen = 'tcp:0.0.0.0:5555' }",
                "stream = { listen = 'tcp:[::]:5555' }",
                "stream = { listen = 'tcp:192.0.2.1:5555' }",
                "stream = { listen = 'tcp:127.0.0.1.example.org:5555' }",
                "stream = { listen = 'tcp:127.0.0.1:22' }",
                "stream = { listen = 'unix:a.sock', group = 'kvm' }",
                "stream = { listen = 'unix:a.sock', mode = '0666' }",
                "stream = { connect = 'unix:/run/docker.sock' }",
                "stream = { connect = 'unix:link/docker.sock' }",
                "tap = { name = 'lan0' }",
                "bridge = { name = 'br0' }",
                "bridge = { name = 'br0', helper = '/any' }",
                "packet = { interface = 'eth0' }",
                "macvtap = { name = 'm0' }",
                "macvtap = { parent = 'eth0' }",
                "user = {}",
                "user = { host-loopback = false, tftp = '/srv' }",
                "user = { host-loopback = false, smb = '/srv' }",
                "user = { host-loopback = false, hostfwd = ['tcp::2222-:22'] }",
                "user = { host-loopback = false, hostfwd = ['tcp:0.0.0.0:2222-:22'] }",
                "user = { host-loopback = false, hostfwd = ['udp:127.0.0.1:53-:53'] }"
            })
    void shouldSeeWhatIsAskedOfTheHost(String kind) throws IOException {
        Files.createSymbolicLink(dir.resolve("link"), temp);
        Files.createSymbolicLink(dir.resolve("dangling"), temp.resolve("nowhere"));
        assertFalse(claimsOfPort(kind).isEmpty(), kind);
    }

    @Test
    void shouldNotAskAgainForWhatIsThere() {
        SwitchConfig is = parse("[ports.host]\ntap = { name = 'lan0', mtu = 1500 }\n");
        SwitchConfig same =
                parse("[ports.host]\ntap = { name = 'lan0', mtu = 1500 }\nisolated = true\n");
        SwitchConfig other = parse("[ports.host]\ntap = { name = 'lan0', mtu = 9000 }\n");
        SwitchConfig elsewhere = parse("[ports.guest]\ntap = { name = 'lan0', mtu = 1500 }\n");
        assertEquals(List.of(), HostClaim.added(is, same, dir));
        assertEquals(1, HostClaim.added(is, other, dir).size());
        assertEquals(1, HostClaim.added(is, elsewhere, dir).size());
        assertEquals(List.of(), HostClaim.added(is, parse(""), dir), "it may be taken away");
    }

    @Test
    void shouldAskForWhoMayUseTheControlSocketAlsoWhereItGoes() {
        SwitchConfig is = parse("[control]\ngroup = 'kvm'\nreaders = 'adm'\n");
        assertEquals(List.of(), HostClaim.added(is, is, dir));
        assertEquals(
                "[[control] group: it says who may use the control socket]",
                HostClaim.added(is, parse("[control]\nreaders = 'adm'\n"), dir).toString());
        assertEquals(2, HostClaim.added(is, parse(""), dir).size());
        assertEquals(1, HostClaim.added(parse("[control]\ngroup='kvm'"), is, dir).size());
    }
}

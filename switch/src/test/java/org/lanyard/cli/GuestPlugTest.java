package org.lanyard.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanyard.guest.Qemu;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What {@code lanyard attach} says, for every QEMU and every program that starts one. */
class GuestPlugTest {
    private static final String MAC = "52:54:00:00:00:01";
    private static final String DEVICE =
            " \\\n-device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01";

    private static GuestPlug plug(String version, String endpoint) {
        Qemu.Version qemu = Qemu.Version.parse("QEMU emulator version " + version + ".0");
        return new GuestPlug(qemu, endpoint, "n0", "virtio-net-pci", MAC);
    }

    @ParameterizedTest
    @CsvSource({
        "7.2, ''",
        "8.0, ',reconnect=1'",
        "9.1, ',reconnect=1'",
        "9.2, ',reconnect-ms=1000'",
        "10.2, ',reconnect-ms=1000'"
    })
    void shouldConnectAndRedialAsEachVersionCan(String qemu, String reconnect) {
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=unix,addr.path=/run/x/guests.sock"
                        + reconnect
                        + DEVICE,
                plug(qemu, "unix:/run/x/guests.sock").forQemu());
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=inet,addr.host=127.0.0.1,addr.port=5555"
                        + reconnect
                        + DEVICE,
                plug(qemu, "tcp:127.0.0.1:5555").forQemu());
    }

    @Test
    void shouldUseTheOldSocketBackEndBefore72() {
        assertEquals(
                "-netdev socket,id=n0,connect=127.0.0.1:5555" + DEVICE,
                plug("6.2", "tcp:127.0.0.1:5555").forQemu());
        assertEquals(
                "-netdev socket,id=n0,connect=127.0.0.1:5555" + DEVICE,
                plug("7.1", "tcp:127.0.0.1:5555").forQemu());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/run/x/guests.sock", "tcp:[::1]:5555"})
    void shouldTellWhatAnOldQemuCanNotReach(String endpoint) {
        assertRefused(
                "QEMU 6.2 has no -netdev stream (7.2 has); let the port listen at"
                        + " tcp:127.0.0.1:PORT for it",
                () -> plug("6.2", endpoint).forQemu());
    }

    private static void assertRefused(String message, Executable attempt) {
        CommandFailure e = assertThrows(CommandFailure.class, attempt);
        assertEquals(message, e.getMessage());
        assertEquals(ExitCode.FAILED, e.exitCode());
    }

    @Test
    void shouldTakeTheBracketsOffAnIpv6Address() {
        assertEquals(
                "-netdev stream,id=n0,server=off,addr.type=inet,addr.host=::1,addr.port=5555"
                        + DEVICE,
                plug("7.2", "tcp:[::1]:5555").forQemu());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "/tmp/a,b/guests.sock; addr.path=/tmp/a,,b/guests.sock; ",
                "/tmp/,,/g; addr.path=/tmp/,,,,/g; ",
                "/tmp/my lab/g; addr.path=/tmp/my lab/g; '",
                "/tmp/$HOME/g; addr.path=/tmp/$HOME/g; '",
                "/tmp/it's/g; addr.path=/tmp/it'\\''s/g; '"
            })
    void shouldQuoteThePathForQemuAndTheShell(String path, String address, String quote) {
        String around = quote == null ? "" : quote;
        assertEquals(
                "-netdev "
                        + around
                        + "stream,id=n0,server=off,addr.type=unix,"
                        + address
                        + around
                        + DEVICE,
                plug("7.2", "unix:" + path).forQemu());
    }

    @Test
    void shouldPlugIntoWhatPassesOnNicAlone() {
        assertEquals(
                "-nic socket,connect=127.0.0.1:5555,model=virtio-net-pci,mac=" + MAC,
                plug("7.2", "tcp:127.0.0.1:5555").forNic());
        assertRefused(
                "-nic connects to IPv4 only, not to unix:/x; let the port listen at"
                        + " tcp:127.0.0.1:PORT for it",
                () -> plug("10.2", "unix:/x").forNic());
    }

    @Test
    void shouldBeAnInterfaceOfLibvirtsWhereItHasOne() throws Exception {
        Element card = xml(plug("7.2", "tcp:127.0.0.1:5555").forLibvirt());
        assertEquals("interface", card.getTagName());
        assertEquals("client", card.getAttribute("type"));
        assertEquals(MAC, first(card, "mac").getAttribute("address"));
        assertEquals("127.0.0.1", first(card, "source").getAttribute("address"));
        assertEquals("5555", first(card, "source").getAttribute("port"));
        assertEquals("virtio", first(card, "model").getAttribute("type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:/tmp/<it's> & \"more\"/g.sock", "tcp:[::1]:5555"})
    void shouldPassArgumentsThroughLibvirtElsewhere(String endpoint) throws Exception {
        GuestPlug plug = plug("9.2", endpoint);
        NodeList words = xml(plug.forLibvirt()).getElementsByTagName("qemu:arg");
        List<String> values = new ArrayList<>();
        for (int i = 0; i < words.getLength(); i++) {
            values.add(((Element) words.item(i)).getAttribute("value"));
        }
        assertEquals(plug.arguments(), values);
    }

    private static Element xml(String text) throws Exception {
        String whole = "<domain xmlns:qemu='q'>" + text + "</domain>";
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(whole)));
        Node child = document.getDocumentElement().getFirstChild();
        while (!(child instanceof Element)) {
            child = child.getNextSibling();
        }
        return (Element) child;
    }

    private static Element first(Element parent, String name) {
        return (Element) parent.getElementsByTagName(name).item(0);
    }

    @Test
    void shouldBeANetworkOfLimas() {
        assertEquals(
                "networks:\n- socket: \"/run/a \\\"b\\\"/g.sock\"\n  macAddress: \"" + MAC + "\"",
                plug("7.2", "unix:/run/a \"b\"/g.sock").forLima());
        assertRefused(
                "Lima connects to unix sockets only, not to tcp:127.0.0.1:5555; let the port"
                        + " listen at unix:NAME.sock for it",
                () -> plug("7.2", "tcp:127.0.0.1:5555").forLima());
    }

    @Test
    void shouldBeABlockForEachOfVagrantsProviders() {
        assertEquals(
                """
                config.vm.provider :libvirt do |libvirt|
                  libvirt.qemuargs value: '-netdev'
                  libvirt.qemuargs value: 'stream,id=n0,server=off,addr.type=unix,addr.path=/it\\'s'
                  libvirt.qemuargs value: '-device'
                  libvirt.qemuargs value: 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01'
                end
                config.vm.provider :qemu do |qemu|
                  qemu.extra_qemu_args = ['-netdev', 'stream,id=n0,server=off,addr.type=unix,addr.path=/it\\'s', '-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:00:00:01']
                end""",
                plug("7.2", "unix:/it's").forVagrant());
    }
}

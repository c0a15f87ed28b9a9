package org.lanyard.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NicTest {
    private static final String MAC = "02:00:00:00:00:01";

    @Test
    void shouldPlugTheCableIntoTheCard() {
        assertEquals(
                List.of(
                        "-netdev",
                        "stream,id=n0,server=off",
                        "-device",
                        "virtio-net-pci,netdev=n0,mac=" + MAC + ",romfile=,host_mtu=9000"),
                Nic.virtio("stream,id=n0,server=off", MAC).with("host_mtu=9000").arguments());
    }

    @Test
    void shouldRefuseACableWithoutName() {
        assertThrows(IllegalArgumentException.class, () -> Nic.e1000("stream,server=off", MAC));
        assertThrows(IllegalArgumentException.class, () -> Nic.e1000("user,bootp-id=7", MAC));
    }

    @Test
    void shouldRefuseWhatIsNoMac() {
        assertThrows(IllegalArgumentException.class, () -> Nic.virtio("user,id=n0", "02:00"));
    }
}

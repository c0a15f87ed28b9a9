package org.lanyard.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CableTest {
    @TempDir private Path directory;

    @Test
    void shouldPlugBothGuestsIntoASwitchsSocketAlike() throws Exception {
        Cable cable = Cable.of("stream:/run/a:b.sock");
        String wanted = "stream,id=n0,server=off,addr.type=unix,addr.path=/run/a:b.sock";
        assertEquals(wanted, cable.netdev(0));
        assertEquals(wanted, cable.netdev(1));
    }

    @Test
    void shouldLetTheFirstGuestListenWhereThereIsNoSwitch() throws Exception {
        Path socket = Files.createFile(directory.resolve("s"));
        Cable cable = Cable.of("direct:" + socket);
        assertTrue(cable.netdev(0).contains("server=on"));
        assertTrue(cable.netdev(1).contains("server=off"));
    }

    @Test
    void shouldNotConnectToTheSocketOfAnEarlierTurn() throws IOException {
        Path socket = Files.createFile(directory.resolve("s"));
        Cable.of("direct:" + socket).prepare();
        assertTrue(Files.notExists(socket));
    }

    @Test
    void shouldRunGuestsWithTapsInTheNamespaceOfThose() throws Exception {
        Cable cable = Cable.of("taps:lab");
        assertEquals(List.of("ip", "netns", "exec", "lab"), cable.prefix());
        assertTrue(cable.netdev(1).endsWith("ifname=tap1"));
        assertEquals(List.of(), Cable.of("vde:/run/vde").prefix());
    }
}

package org.lanyard.bench;

import java.io.IOException;
import java.util.List;

/** Four thousand guests on impaired wires, who send from many addresses. */
final class CrowdAttack extends Attack {
    private static final int GUESTS = 4000;
    private static final int SOURCES = 8;
    private static final int TABLE = 65_536;
    private int connected;

    private CrowdAttack() {
        super(
                "crowd-impaired",
                GUESTS
                        + " guests on wires with a delay of 20 ms connect, and send 4,000 frames a"
                        + " second from 32,000 addresses to one of them");
    }

    static List<Attack> all() {
        return List.of(new CrowdAttack());
    }

    @Override
    String configuration(Scene scene) {
        return """
        [switch]
        name = "attacked"
        mac-table-size = 65536

        [ports.guests]
        stream = { listen = "unix:guests.sock" }

        [ports.lab]
        stream = { listen = "unix:lab.sock" }
        impair = { delay = "20ms" }
        """;
    }

    @Override
    boolean lasts() {
        return true;
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException, InterruptedException {
        Attacker crowd =
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--guests",
                        Integer.toString(GUESTS),
                        "--sources",
                        Integer.toString(SOURCES),
                        "--unicast",
                        "--rate",
                        "4000",
                        "--seconds",
                        "600",
                        "stream:" + scene.directory().resolve("lab.sock"));
        connected = crowd.awaitReady();
        return List.of(crowd);
    }

    @Override
    List<String> lookBack(Scene scene) throws IOException {
        int up = scene.guests();
        return connected == GUESTS && up >= GUESTS
                ? List.of()
                : List.of(up + " of " + GUESTS + " guests are in, " + connected + " connected");
    }

    @Override
    int mostMib() {
        return MemoryBound.mib(GUESTS, GUESTS, TABLE);
    }
}

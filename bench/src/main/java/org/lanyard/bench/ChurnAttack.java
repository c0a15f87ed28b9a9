package org.lanyard.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Guests that come and go as fast as they can, on the socket where the pair is. */
final class ChurnAttack extends Attack {
    private static final int ADDRESSES = 1_000_000;

    private static final int PATIENCE_SECONDS = 60;

    private final String mode;
    private final boolean tableIsFull;

    private ChurnAttack(String name, String mode, boolean tableIsFull, String words) {
        super(name, words);
        this.mode = mode;
        this.tableIsFull = tableIsFull;
    }

    static List<Attack> all() {
        return List.of(
                new ChurnAttack("churn-close", "close", false, "guests connect and close"),
                new ChurnAttack(
                        "churn-part",
                        "part",
                        false,
                        "guests connect, send one byte or half a frame, and close"),
                new ChurnAttack(
                        "churn-half",
                        "half",
                        false,
                        "512 guests connect and say nothing; all close; and again"),
                new ChurnAttack(
                        "churn-full-table",
                        "close",
                        true,
                        "guests connect and close, while the table holds a million addresses of"
                                + " another guest's"),
                new ChurnAttack(
                        "flush-full-table",
                        "flush",
                        true,
                        "the table is flushed a hundred times a second, while a guest sends from a"
                                + " million addresses"));
    }

    @Override
    String configuration(Scene scene) {
        return tableIsFull
                ? """
                [switch]
                name = "attacked"
                mac-table-size = 1048576

                [ports.guests]
                stream = { listen = "unix:guests.sock" }
                """
                : super.configuration(scene);
    }

    @Override
    void settle(Scene scene) throws IOException, InterruptedException {
        if (!tableIsFull) {
            return;
        }
        // Both switches know them: what a full table costs by itself is not the attack.
        Attacker filler =
                scene.spawn(
                        scene.natives().crowd().toString(),
                        "--unicast",
                        "--sources",
                        Integer.toString(ADDRESSES),
                        "--rate",
                        "125000",
                        "--most",
                        Integer.toString(ADDRESSES * 3 / 2),
                        "--seconds",
                        "900",
                        "stream:" + scene.directory().resolve("guests.sock"));
        scene.keep(filler);
        int known = 0;
        for (int i = 0; i < PATIENCE_SECONDS && known < ADDRESSES / 10 * 9; i++) {
            Thread.sleep(1000);
            known = scene.call("status").path("fdb").path("size").asInt();
        }
        if (known < ADDRESSES / 10 * 9) {
            throw new IOException("the table has " + known + " addresses, not a million");
        }
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException {
        String crowd = scene.natives().crowd().toString();
        String guests = scene.directory().resolve("guests.sock").toString();
        boolean flushes = mode.equals("flush");
        String socket = flushes ? scene.directory().resolve("control.sock").toString() : guests;
        List<Attacker> attackers = new ArrayList<>();
        attackers.add(scene.spawn(scene.natives().churn().toString(), mode, socket, "120"));
        if (flushes) {
            String[] again = {
                crowd,
                "--unicast",
                "--sources",
                "1000000",
                "--rate",
                "100000",
                "--seconds",
                "120",
                "stream:" + guests
            };
            attackers.add(scene.spawn(again));
        }
        return attackers;
    }

    @Override
    int mostMib() {
        return MemoryBound.mib(1024, 0, tableIsFull ? 1 << 20 : 0);
    }
}

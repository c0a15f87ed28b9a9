package org.lanyard.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Users who may look, and strangers, ask all they can of the control socket. */
final class ControlFloodAttack extends Attack {
    private static final String READERS = "60011";
    private static final String STRANGER = "60004";

    /** What readers do, each a user of its own. */
    private static final List<String> MODES = List.of("calls", "halves", "unread");

    private ControlFloodAttack() {
        super(
                "flood-control",
                "three users who may look send the control socket lines of a mebibyte of calls, 200"
                        + " lines that do not end, and calls of which 128 connections read no"
                        + " answer; a stranger's 16 connections come again as soon as they are sent"
                        + " away");
    }

    static List<Attack> all() {
        return List.of(new ControlFloodAttack());
    }

    @Override
    String configuration(Scene scene) {
        // With two groups everybody reaches the socket, and it is the switch that tells who is who.
        return Scene.CONFIGURATION
                + "\n[control]\ngroup = \"60010\"\nreaders = \""
                + READERS
                + "\"\n";
    }

    @Override
    void prepare(Scene scene) throws IOException {
        scene.forOthers(scene.natives().controlFlood());
    }

    private static Attacker spawn(Scene scene, String user, String group, String mode)
            throws IOException {
        List<String> words = new ArrayList<>(List.of("setpriv", "--reuid", user, "--regid", user));
        words.add(group == null ? "--clear-groups" : "--groups=" + group);
        words.add(scene.scratch().resolve("controlflood").toString());
        words.addAll(List.of(mode, scene.directory().resolve("control.sock").toString(), "120"));
        return scene.spawn(words);
    }

    @Override
    List<Attacker> begin(Scene scene) throws IOException {
        List<Attacker> attackers = new ArrayList<>();
        int user = Integer.parseInt(STRANGER);
        attackers.add(spawn(scene, STRANGER, null, "strangers"));
        for (String mode : MODES) {
            attackers.add(spawn(scene, Integer.toString(++user), READERS, mode));
        }
        return attackers;
    }

    @Override
    List<String> lookAfter(Scene scene) throws IOException {
        JsonNode ended = scene.call("status").path("control").path("ended");
        List<String> missing = new ArrayList<>();
        for (String reason : List.of("stranger", "too-many")) {
            if (ended.path(reason).asLong() == 0) {
                missing.add("nobody was counted as " + reason + ": " + ended);
            }
        }
        return missing;
    }

    @Override
    int mostMib() {
        return MemoryBound.mib(2, 0, 0);
    }
}

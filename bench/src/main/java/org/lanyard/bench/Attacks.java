package org.lanyard.bench;

import java.util.List;
import java.util.stream.Stream;

/** All attacks, in the order in which they are played. */
final class Attacks {
    private Attacks() {}

    static List<Attack> all() {
        return Stream.of(
                        FloodAttack.all(),
                        ChurnAttack.all(),
                        CrowdAttack.all(),
                        OverlargeAttack.all(),
                        EndedAttack.all(),
                        HoardAttack.all(),
                        FlowAttack.all(),
                        SpoofAttack.all(),
                        DeadPeerAttack.all(),
                        HangAttack.all(),
                        ChildAttack.all(),
                        LogAttack.all(),
                        ControlFloodAttack.all())
                .flatMap(List::stream)
                .toList();
    }
}

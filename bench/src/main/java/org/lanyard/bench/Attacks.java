package org.lanyard.bench;

import java.util.List;
import java.util.stream.Stream;

/** All attacks, in the order in which they are played. */
final class Attacks {
    private Attacks() {}

    static List<Attack> all() {
        return Stream.of(ChurnAttack.all(), FloodAttack.all()).flatMap(List::stream).toList();
    }
}

package org.lanyard.forward;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two addresses move up to close the gap that a third has left, while both are looked up. */
@JCStressTest
@Outcome(
        id = {"2, 3", "-1, 3", "2, -1", "-1, -1"},
        expect = Expect.ACCEPTABLE,
        desc = "A value that the address had, or a miss.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Another address's value.")
@State
public class ShiftedAddress {
    private final Table table = new Table();

    public ShiftedAddress() {
        table.put(table.a, 1);
        table.put(table.b, 2);
        table.put(table.c, 3);
    }

    @Actor
    public void write() {
        table.remove(table.a);
    }

    @Actor
    public void read(II_Result r) {
        r.r1 = table.addresses.get(table.b);
        r.r2 = table.addresses.get(table.c);
    }
}

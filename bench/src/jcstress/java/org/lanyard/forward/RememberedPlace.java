package org.lanyard.forward;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A place that was found holds another address, and then that one again. */
@JCStressTest
@Outcome(
        id = {"1", "3", "-1"},
        expect = Expect.ACCEPTABLE,
        desc = "A value that the address had, or a miss.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Another address's value.")
@State
public class RememberedPlace {
    private final Table table = new Table();
    private final int place;

    public RememberedPlace() {
        table.put(table.a, 1);
        place = table.addresses.find(table.a);
    }

    @Actor
    public void write() {
        table.remove(table.a);
        table.put(table.b, 2);
        table.remove(table.b);
        table.put(table.a, 3);
    }

    @Actor
    public void read(I_Result r) {
        r.r1 = table.addresses.valueOf(table.a, place);
    }
}

package org.lanyard.forward;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The same through the database: a port leaves, and two addresses are learned anew. */
@JCStressTest
@Outcome(
        id = {"1", "3", "-1"},
        expect = Expect.ACCEPTABLE,
        desc = "A value that the address had, or a miss.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Another address's value.")
@State
public class FlushedDatabase {
    private static final long A = Fdb.key(0x5254_0000_0001L, 1);
    private static final long B = Fdb.key(0x5254_0000_0002L, 1);

    private final Fdb fdb = new Fdb(2);

    public FlushedDatabase() {
        fdb.learn(A, 1, 0);
    }

    @Actor
    public void write() {
        fdb.flush(1);
        fdb.learn(B, 2, 0);
        fdb.learn(A, 3, 0);
    }

    @Actor
    public void read(I_Result r) {
        r.r1 = fdb.lookUp(A);
    }
}

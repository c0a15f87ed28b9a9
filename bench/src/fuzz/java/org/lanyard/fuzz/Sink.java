package org.lanyard.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.frame.SuperFrame;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;

/** A port that takes all that is sent, and keeps it for who asks. */
public final class Sink extends Port {
    private final List<byte[]> sent = new ArrayList<>();

    public Sink(String name) {
        super(name, new PortCounters());
    }

    @Override
    public void transmit(Outbox outbox) {
        Slab slab = outbox.slab();
        for (int run = outbox.first(this); run != Outbox.NO_RUN; run = outbox.next(run)) {
            int frames = 0;
            int at = outbox.start(run);
            while (at < outbox.end(run)) {
                int prefix = slab.bytes().getInt(at);
                Check.that(!SuperFrame.isSuper(prefix), "a super-frame where none is taken");
                byte[] frame = new byte[prefix];
                slab.bytes().get(at + StreamFormat.PREFIX, frame);
                sent.add(frame);
                counters().sent(1, frame.length);
                at += StreamFormat.PREFIX + frame.length;
                frames++;
            }
            Check.same(outbox.end(run), at, "a run's end");
            Check.same(outbox.frames(run), frames, "a run's frames");
        }
    }

    /** What left since the last call. */
    public List<byte[]> takeSent() {
        List<byte[]> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }
}

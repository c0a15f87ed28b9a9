package org.lanyard.worker;

import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.port.Outbox;
import org.lanyard.port.Port;
import org.lanyard.tapio.Sleeper;

/** What the tests of this room need besides what they are about; nothing of it is looked at. */
final class Rig {
    static final Runnable NOTHING = () -> {};
    static final Homecoming NO_HOME = new Homecoming(new Sleeper(NOTHING), 2);
    static final Slab SLAB = new Slab();
    static final Parcel PARCEL = new Parcel(null, 1);
    static final Port PORT = new Sink();

    private Rig() {}

    private static final class Sink extends Port {
        Sink() {
            super("sink", new PortCounters());
            plugAt(0);
        }

        @Override
        public void transmit(Outbox outbox) {}
    }
}

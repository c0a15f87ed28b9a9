package org.lanyard.control;

import org.lanyard.forward.Clock;
import org.lanyard.port.Port;
import org.lanyard.worker.Departure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the log says of a listening port's guests. Whoever comes and goes in a loop hides no end
 * that has another reason, and no refusal. Control thread.
 */
final class GuestLog {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningPort.class);

    private final String name;
    private final LogBudget visits;
    private final LogBudget badEnds;
    private final LogBudget refusals;

    /**
     * @param name of the listening port
     */
    GuestLog(String name, Clock clock) {
        this.name = name;
        this.visits = new LogBudget(clock);
        this.badEnds = new LogBudget(clock);
        this.refusals = new LogBudget(clock);
    }

    void came(Port port, String who) {
        if (visits.allows()) {
            LOG.info("port {} up: {}{}", port, who, visits.leftOut());
        }
    }

    void left(Port port, Departure why, String sentence) {
        LogBudget budget =
                switch (why) {
                    case NO_SLOT -> refusals;
                    case PEER_CLOSED, RETIRED, STOPPED -> visits;
                    default -> badEnds;
                };
        if (budget.allows()) {
            LOG.info("port {} down: {}{}", port, sentence, budget.leftOut());
        }
    }

    void refused(String who, String why) {
        if (refusals.allows()) {
            LOG.warn("port {} refuses a guest, {}: {}{}", name, who, why, refusals.leftOut());
        }
    }

    /** What was left out is said even if nothing like it comes again. */
    void everySecond() {
        if (visits.owes()) {
            LOG.info("port {}: guests came and left{}", name, visits.leftOut());
        }
        if (badEnds.owes()) {
            LOG.info("port {}: connections were ended{}", name, badEnds.leftOut());
        }
        if (refusals.owes()) {
            LOG.warn("port {} refused guests{}", name, refusals.leftOut());
        }
    }
}

package org.lanyard.control;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanyard.forward.Clock;
import org.lanyard.frame.Mac;
import org.lanyard.policy.Vlans;
import org.lanyard.slirp.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@code user} port's child and the switch tell each other while it serves: which guest an
 * address is, which guest has gone, whose flows it refused, and that it is alive. Nothing here
 * waits for the child. The control thread's.
 */
final class UserGuests {
    private static final Logger LOG = LoggerFactory.getLogger(UserGuests.class);
    private static final long NOT_ASKED = 0;
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final int MOST_QUESTIONS = 128;
    private static final String FLOWS = "flows";
    private static final Pattern ALIVE =
            Pattern.compile(
                    Main.ALIVE + " (\\d{1,9}) (\\d{1,9}) (\\d{1,18}) ([A-Za-z0-9_./-]{1,80})");

    private final String name;
    private final ControlLoop loop;
    private final PortFactory ports;
    private final Stations stations;
    private final Clock clock;
    private final Refusals refusals = new Refusals();
    private final LogBudget refusalBudget;

    /** Ports that the child knows to be the guests of its flows. */
    private final Set<String> told = new HashSet<>();

    /** Questions of the child's that are not answered yet; it may ask without end. */
    private final AtomicInteger questions = new AtomicInteger();

    private UserChild child;
    private long asked;

    /** Since when an answer is due. */
    private long askedAt = NOT_ASKED;

    private String doom;
    private long flows;
    private long refusedBefore;

    /**
     * @param name the port's
     * @param ports has its policy
     */
    UserGuests(String name, ControlLoop loop, PortFactory ports, Stations stations, Clock clock) {
        this.name = name;
        this.loop = loop;
        this.ports = ports;
        this.stations = stations;
        this.clock = clock;
        this.refusalBudget = new LogBudget(clock);
    }

    /**
     * @param next the child from now on, or null
     */
    void begin(UserChild next) {
        child = next;
        told.clear();
        asked = clock.nanoTime();
        askedAt = NOT_ASKED;
        flows = 0;
        refusedBefore = 0;
        if (next != null) {
            doom = null;
        }
    }

    /** Why the last child was ended from here, or null. */
    String doom() {
        return doom;
    }

    /** How many there are, as it said last. */
    long flows() {
        return flows;
    }

    Refusals refusals() {
        return refusals;
    }

    /** A hijacked child may say what it likes; on the thread of its answers. */
    void heard(AtomicReference<UserChild> own, String news) {
        if (questions.incrementAndGet() > MOST_QUESTIONS) {
            questions.decrementAndGet();
            return;
        }
        loop.execute(
                () -> {
                    questions.decrementAndGet();
                    if (child != null && own.get() == child) {
                        hear(news);
                    }
                });
    }

    private void hear(String news) {
        Matcher alive = ALIVE.matcher(news);
        if (alive.matches()) {
            askedAt = NOT_ASKED;
            flows = Long.parseLong(alive.group(1)) + Long.parseLong(alive.group(2));
            refused(Long.parseLong(alive.group(3)), alive.group(4));
            return;
        }
        if (!news.startsWith(Main.WHO)) {
            return;
        }
        try {
            String mac = news.substring(Main.WHO.length());
            int vlan = ports.policy().vlans().orElse(Vlans.DEFAULT).pvid();
            String behind = stations.portOf(Mac.parse(mac), vlan);
            if (behind != null) {
                told.add(behind);
            }
            child.tellGuest(mac, behind);
        } catch (IllegalArgumentException e) {
            // It is not our child any more, but whatever took it.
        } catch (IOException e) {
            hangs(e.getMessage());
        }
    }

    private void refused(long all, String last) {
        long more = all - refusedBefore;
        refusedBefore = all;
        if (more <= 0) {
            return;
        }
        refusals.add(FLOWS, more);
        if (refusalBudget.allows()) {
            LOG.warn(
                    "port {}: {} wants more connections than its share of {} TCP and {} others; {}"
                            + " frames of such were dropped{}",
                    name,
                    last.equals("-") ? "a guest" : last,
                    Main.MOST_TCP,
                    Main.MOST_OTHER,
                    more,
                    refusalBudget.leftOut());
        }
    }

    /** A port of the switch has gone. */
    void left(String other) {
        if (child != null && told.remove(other)) {
            try {
                child.tellLeft(other);
            } catch (IOException e) {
                hangs(e.getMessage());
            }
        }
    }

    /** Asks the child whether it serves, and ends one that does not say so. */
    void everySecond() {
        if (child == null || doom != null) {
            return;
        }
        long now = clock.nanoTime();
        if (askedAt == NOT_ASKED) {
            if (now - asked >= ASK_NANOS) {
                asked = now;
                askedAt = now == NOT_ASKED ? now + 1 : now;
                try {
                    child.askWhetherAlive();
                } catch (IOException e) {
                    hangs(e.getMessage());
                }
            }
        } else if (now - askedAt >= HANG_NANOS) {
            hangs(
                    "its process did not answer for "
                            + TimeUnit.NANOSECONDS.toSeconds(HANG_NANOS)
                            + " s");
        }
    }

    /** The port departs when the connection ends with the process. */
    private void hangs(String why) {
        if (doom == null) {
            doom = why;
            child.destroy();
        }
    }
}

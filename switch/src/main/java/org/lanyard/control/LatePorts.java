package org.lanyard.control;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports whose interface another one has still, which is leaving: opened as soon as it is free.
 * Where that fails they are tried again with pauses, however many ports come and go meanwhile.
 */
final class LatePorts {
    static final long RETRY_SECONDS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(LatePorts.class);
    private static final String HELD = "what it opens is let go by a port that is removed";

    private final ControlLoop loop;
    private final Predicate<Attachment> isFree;

    /** With why each is not open; in the order in which they came. */
    private final Map<Attachment, String> reasons = new LinkedHashMap<>();

    private final Set<Attachment> opening = new HashSet<>();

    /** Pending as long as one could not be opened, else null. */
    private ControlLoop.Timer retry;

    /**
     * @param isFree whether nobody who leaves holds what this one needs
     */
    LatePorts(ControlLoop loop, Predicate<Attachment> isFree) {
        this.loop = loop;
        this.isFree = isFree;
    }

    void add(Attachment late) {
        reasons.put(late, HELD);
    }

    /** Forgets the others. */
    void retain(Predicate<Attachment> wanted) {
        reasons.keySet().removeIf(wanted.negate());
    }

    /** Why it is not open yet; empty for one that is not late, or just being opened. */
    Optional<String> reason(Attachment attachment) {
        return opening.contains(attachment)
                ? Optional.empty()
                : Optional.ofNullable(reasons.get(attachment));
    }

    /** Opens those that have become free; those that failed wait for their time. */
    void openFree() {
        open(HELD::equals);
    }

    private void open(Predicate<String> which) {
        for (Attachment late : List.copyOf(reasons.keySet())) {
            String before = reasons.get(late);
            if (which.test(before) && !opening.contains(late) && isFree.test(late)) {
                open(late);
            }
        }
    }

    private void open(Attachment late) {
        opening.add(late);
        late.start()
                .whenComplete(
                        (done, thrown) -> {
                            opening.remove(late);
                            if (thrown == null) {
                                reasons.remove(late);
                            } else if (reasons.containsKey(late)) {
                                add(late, thrown.getMessage());
                            }
                        });
    }

    /** It could not be opened, and is tried again. */
    void add(Attachment late, String why) {
        if (!why.equals(reasons.put(late, why))) {
            LOG.warn("{}; trying again every {} s", why, RETRY_SECONDS);
        }
        retryLater();
    }

    private void retryLater() {
        if (retry == null) {
            retry = loop.after(RETRY_SECONDS, TimeUnit.SECONDS, this::tryAgain);
        }
    }

    private void tryAgain() {
        retry = null;
        open(reason -> true);
    }

    void clear() {
        reasons.clear();
        if (retry != null) {
            retry.cancel();
        }
    }
}

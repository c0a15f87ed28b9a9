package org.lanyard.control;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.lanyard.tapio.Wait;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The errands of one port, one after another, each with a deadline. Who is told of the end of one
 * is told on the control thread, to which all methods here belong. An errand whose deadline passes
 * has failed; where it comes back later, what it brings is thrown away. Until then those behind it
 * wait, for they are about the same thing.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** What is done elsewhere; it may wait. */
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /** Told once how it went; one of the two is null. */
    @FunctionalInterface
    interface Done<T> {
        void done(T result, IOException trouble);
    }

    private enum Stage {
        WAITING,
        RUNNING,
        RETURNED,
        GIVEN_UP
    }

    private final class Errand<T> {
        final String what;
        final Work<T> work;
        final Consumer<T> unwanted;
        final Done<T> done;
        final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
        final long since = System.nanoTime();
        volatile Thread thread;
        ControlLoop.Timer deadline;

        Errand(String what, Work<T> work, Consumer<T> unwanted, Done<T> done) {
            this.what = what;
            this.work = work;
            this.unwanted = unwanted;
            this.done = done;
        }

        /** On a thread of the errands'. */
        void run() {
            thread = Thread.currentThread();
            T result = null;
            IOException trouble = null;
            if (stage.compareAndSet(Stage.WAITING, Stage.RUNNING)) {
                try {
                    result = work.run();
                } catch (IOException e) {
                    trouble = e;
                } catch (RuntimeException e) {
                    LOG.error("an error in the switch itself; please report it", e);
                    trouble = new IOException(what + ": " + e, e);
                } catch (Error e) {
                    trouble = new IOException(what + ": " + e, e);
                    loop.execute(
                            () -> {
                                throw e; // the switch's as much as one of its own
                            });
                }
                if (!stage.compareAndSet(Stage.RUNNING, Stage.RETURNED) && result != null) {
                    unwanted.accept(result);
                }
            }
            T brought = result;
            IOException why = trouble;
            thread = null;
            loop.execute(() -> returned(this, brought, why));
        }

        void giveUp(int seconds) {
            boolean wasRunning = stage.compareAndSet(Stage.RUNNING, Stage.GIVEN_UP);
            if (wasRunning || stage.compareAndSet(Stage.WAITING, Stage.GIVEN_UP)) {
                String why = wasRunning ? waitsFor().map(w -> " from " + w.what()).orElse("") : "";
                done.done(
                        null,
                        new IOException(what + ": no answer" + why + " within " + seconds + " s"));
            }
        }

        Optional<Wait> waitsFor() {
            Thread at = thread;
            return at == null ? Optional.empty() : Wait.of(at);
        }
    }

    private final Errands errands;
    private final ControlLoop loop;
    private final Runnable atRest;
    private final Deque<Errand<?>> queue = new ArrayDeque<>();
    private Errand<?> running;

    Lane(Errands errands, ControlLoop loop, Runnable atRest) {
        this.errands = errands;
        this.loop = loop;
        this.atRest = atRest;
    }

    /**
     * Does it elsewhere, after those before it.
     *
     * @param what it is, in words for the user that {@code since 3 s} or {@code : no answer} follow
     * @param seconds after which it has failed
     * @param unwanted is given on another thread what comes back too late
     * @param done is told how it went
     */
    <T> void run(String what, int seconds, Work<T> work, Consumer<T> unwanted, Done<T> done) {
        Errand<T> errand = new Errand<>(what, work, unwanted, done);
        errand.deadline = loop.after(seconds, TimeUnit.SECONDS, () -> errand.giveUp(seconds));
        enqueue(errand);
    }

    /** Likewise; what it brings is nothing to throw away. */
    <T> void run(String what, int seconds, Work<T> work, Done<T> done) {
        run(what, seconds, work, late -> {}, done);
    }

    /** Does it elsewhere, after those before it, however long that takes. */
    void clean(String what, Runnable work) {
        enqueue(
                new Errand<Void>(
                        what,
                        () -> {
                            work.run();
                            return null;
                        },
                        nothing -> {},
                        (nothing, trouble) -> {}));
    }

    private void enqueue(Errand<?> errand) {
        queue.add(errand);
        next();
    }

    private void next() {
        while (running == null && !queue.isEmpty()) {
            running = queue.remove();
            errands.submit(running::run);
        }
    }

    private <T> void returned(Errand<T> errand, T result, IOException trouble) {
        running = null;
        if (errand.stage.get() == Stage.RETURNED) {
            if (errand.deadline != null) {
                errand.deadline.cancel();
            }
            errand.done.done(result, trouble);
        }
        next();
        if (isAtRest()) {
            atRest.run();
        }
    }

    /** Whether nothing is done and nothing waits to be. */
    boolean isAtRest() {
        return running == null && queue.isEmpty();
    }

    /** What is done just now, for whom it waits, and since when; empty when it is at rest. */
    Optional<String> doing() {
        Errand<?> now = running;
        if (now == null) {
            return Optional.empty();
        }
        Optional<Wait> wait = now.waitsFor();
        return Optional.of(
                wait.map(
                                w ->
                                        now.what
                                                + ", waiting for "
                                                + w.what()
                                                + " since "
                                                + seconds(w.nanos()))
                        .orElse(now.what + " since " + seconds(System.nanoTime() - now.since)));
    }

    private static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toSeconds(nanos) + " s";
    }

    /** Whether it has waited for somebody outside for so long. */
    boolean isHeldUp(long nanos) {
        return running != null && running.waitsFor().filter(w -> w.nanos() >= nanos).isPresent();
    }
}

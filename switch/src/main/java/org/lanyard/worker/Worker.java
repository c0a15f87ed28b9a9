package org.lanyard.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.ChunkPool;
import org.lanyard.port.KernelPort;
import org.lanyard.port.Offloads;
import org.lanyard.port.Outbox;
import org.lanyard.port.Wire;
import org.lanyard.tapio.Epoll;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.IoVec;
import org.lanyard.tapio.Scheduling;
import org.lanyard.tapio.Sleeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A data-plane thread. {@link #adopt}, {@link #retire}, {@link #ask} and {@link #stop} may be
 * called by any thread; everything else happens on the worker's own.
 */
public final class Worker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private static final int NO_LIMIT = -1;
    private static final int CLOSING_TURN_MILLIS = 5;

    /**
     * Ports that come, change or leave: then frames are served again. Who comes and goes all the
     * time does not hold them up.
     */
    private static final int CHANGES_PER_TURN = 8;

    /** The same for whatever else the worker is told. */
    private static final int COMMANDS_PER_TURN = 256;

    /** No read for so long, and a departing peer is taken to have sent all it had. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** However much a departing peer sends, it is closed after this. */
    private static final long CLOSING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Fabric fabric;
    private final Clock clock;
    private final PortEvents events;
    private final Thread thread;

    private final Commands commands;
    private final Sleep sleep;
    private final Rests rests;
    private final BooleanSupplier called = this::isCalled;
    private final ChunkPool chunks;
    private final IoVec pieces = new IoVec(IoVec.MAX_PIECES);
    private final Offloads offloads = new Offloads();
    private final Intake intake;
    private final Wires wires;

    private final int number;
    private List<Worker> peers = List.of(this);

    /** Null for a worker that is alone. */
    private Handover handover;

    private final Seats seats = new Seats();

    private final List<KernelPort> faulty = new ArrayList<>();
    private final List<Seat> departing = new ArrayList<>();

    /** Whose other end has closed the connection, until they leave. */
    private final ArrayDeque<Seat> gone = new ArrayDeque<>();

    private boolean stopping;

    /** Ports that came, changed or left just now. */
    private int changes;

    private long now;
    private volatile boolean drained;

    /**
     * @param number from 0
     * @param backlogMemory bytes that the backlogs of this worker's ports share
     */
    public Worker(int number, Fabric fabric, Clock clock, long backlogMemory, PortEvents events)
            throws ErrnoException {
        this.number = number;
        this.fabric = fabric;
        this.clock = clock;
        this.events = events;
        this.chunks = new ChunkPool(backlogMemory);
        Outbox.Faults faults = (port, cause) -> fault((KernelPort) port, cause);
        this.wires = new Wires(chunks, faults);
        this.intake = new Intake(fabric, faults);
        // Each port has at most an adoption, a change or two and a retirement under way.
        this.sleep = new Sleep();
        this.rests = new Rests(sleep);
        this.commands = new Commands(sleep.sleeper(), 4 * fabric.maxPorts() + 4);
        this.thread = new Thread(this, "lanyard-data-" + number);
    }

    /**
     * Joins workers into one data plane; each is told of all, itself included, before any starts.
     *
     * @param all by number
     */
    public static void join(List<Worker> all) {
        if (all.size() > 1) {
            all.forEach(worker -> worker.meet(all));
            for (Worker from : all) {
                for (Worker to : all) {
                    if (from != to) {
                        to.handover.from(from.number, from.handover.towards(to.number));
                    }
                }
            }
        }
    }

    private void meet(List<Worker> all) {
        peers = all;
        handover = intake.handOverTo(this, all);
    }

    /** From 0. */
    public int number() {
        return number;
    }

    public void start() {
        thread.start();
    }

    /** For ports that this worker is to adopt: their memory comes from here. */
    public ChunkPool chunks() {
        return chunks;
    }

    /** For ports that this worker is to adopt: scratch for their writes. */
    public IoVec pieces() {
        return pieces;
    }

    /** Scratch of this worker's thread, for the kernel's interfaces that it is to have. */
    public Offloads offloads() {
        return offloads;
    }

    /** Takes a port over: polls it and plugs it in. */
    public void adopt(KernelPort port) {
        command(() -> seat(port));
    }

    /**
     * Lets a port obey another policy, for what is under way to it too.
     *
     * @param done told by this worker's thread when it does, or has gone
     */
    public void change(KernelPort port, PortPolicy policy, Runnable done) {
        command(
                () -> {
                    Seat seat = seats.of(port);
                    if (seat != null && seat.departing == null) {
                        changes++;
                        fabric.change(port, policy);
                        wires.lay(port);
                    }
                    done.run();
                });
    }

    /** Lets a port depart; {@link PortEvents#departed} tells when it has. */
    public void retire(KernelPort port) {
        retire(port, Departure.RETIRED);
    }

    /**
     * @param why it is to depart; one that does already goes on with its own reason
     */
    public void retire(KernelPort port, Departure why) {
        command(
                () -> {
                    Seat seat = seats.of(port);
                    if (seat != null && seat.departing == null) {
                        depart(seat, why);
                    }
                });
    }

    /** Has something done by this thread, soon; not at all once it has ended. */
    public void ask(Runnable action) {
        command(action);
    }

    /** Lets all ports depart, then ends the thread. */
    public void stop() {
        command(
                () -> {
                    stopping = true;
                    for (Seat seat : seats.all()) {
                        if (seat.departing == null) {
                            depart(seat, Departure.STOPPED);
                        }
                    }
                });
    }

    /** Whether the thread has done its last turn, after {@link #stop} or by a fault. */
    public boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Who is to know when the thread dies of a fault; to be said before {@link #start}. */
    public void onDeath(Consumer<Throwable> told) {
        thread.setUncaughtExceptionHandler((dead, cause) -> told.accept(cause));
    }

    /** Any thread: has something done by this one, soon. */
    void command(Runnable command) {
        commands.give(command);
    }

    /** Any thread: what was handed to this worker is to be seen soon. */
    void wake() {
        sleep.sleeper().wake();
    }

    /** For other workers, which hand parcels over and back. */
    Sleeper sleeper() {
        return sleep.sleeper();
    }

    @Override
    public void run() {
        assert Thread.currentThread() == thread;
        yieldToWakers();
        while (!isDone()) {
            turn();
        }
    }

    /**
     * Guests share the cores with us, and each frame they send wakes us. A thread that does not
     * preempt them finds several frames when its turn comes; on an idle core it runs at once.
     */
    private static void yieldToWakers() {
        try {
            Scheduling.batch();
            Scheduling.wakeOnTime();
        } catch (ErrnoException e) {
            LOG.debug("wakes up as any thread does: {}", e.getMessage());
        }
    }

    /** A worker lives as long as another may still send it frames. */
    private boolean isDone() {
        if (!drained && stopping && seats.isEmpty()) {
            drained = true;
            peers.forEach(Worker::wake);
        }
        return drained && peers.stream().allMatch(peer -> peer.drained);
    }

    private void turn() {
        boolean canRead = intake.isReady();
        // When drained we look for the others to be: they ring only for one that sleeps already.
        boolean closing = !departing.isEmpty() || drained;
        int limit = closing ? CLOSING_TURN_MILLIS : NO_LIMIT;
        int ready = sleep.await(!canRead, called, canRead && isDueOrTimed() ? 0 : limit);
        now = clock.nanoTime();
        intake.at(now);
        for (int i = 0; i < ready; i++) {
            int token = sleep.token(i);
            if (token != Sleep.NOBODY) {
                serve(seats.at(token), sleep.events(i));
            }
        }
        if (handover != null) {
            handover.receive();
        }
        if (!wires.isEmpty()) {
            wires.release(intake, now);
        }
        if (!rests.isEmpty()) {
            rests.endDue(now);
        }
        obey();
        changes = 0;
        while (changes < CHANGES_PER_TURN && !gone.isEmpty()) {
            Seat seat = gone.remove();
            leave(seat, seat.departing == null ? seat.gone : seat.departing);
        }
        if (!faulty.isEmpty()) {
            dismissFaulty();
        }
        if (!departing.isEmpty()) {
            finishDepartures();
        }
    }

    private void obey() {
        changes = 0;
        int done = 0;
        while (done < COMMANDS_PER_TURN && changes < CHANGES_PER_TURN && commands.obeyNext()) {
            done++;
        }
    }

    /** Whether a wire or a port that rests is due; if one is later, we are woken then. */
    private boolean isDueOrTimed() {
        if (wires.isEmpty() && rests.isEmpty()) {
            return false;
        }
        long due = rests.dueOr(wires.due());
        if (due == Wire.NEVER) {
            return false;
        }
        long nanos = clock.nanoTime();
        if (due - nanos > 0) {
            sleep.until(due, nanos);
            return false;
        }
        return true;
    }

    /** Whether somebody handed something in that was not looked at yet. */
    private boolean isCalled() {
        return !commands.isEmpty() || !gone.isEmpty() || handover != null && handover.isCalled();
    }

    private void serve(Seat seat, int ready) {
        if (seat == null) {
            return; // it left earlier in this turn
        }
        try {
            if ((ready & Epoll.OUT) != 0) {
                seat.port.drain();
            }
            if ((ready & (Epoll.IN | Epoll.HUP | Epoll.ERR)) != 0) {
                ingest(seat);
            }
        } catch (RuntimeException e) {
            fault(seat.port, e);
            intake.flush();
        }
    }

    /** Forwarding may be under way, and still know the port: it leaves when the turn is done. */
    private void fault(KernelPort port, RuntimeException cause) {
        if (!faulty.contains(port)) {
            LOG.error("port {}: {}", port.name(), Departure.FAULT.sentence(), cause);
            faulty.add(port);
        }
    }

    private void dismissFaulty() {
        for (KernelPort port : faulty) {
            Seat seat = seats.of(port);
            if (seat != null) {
                leave(seat, Departure.FAULT);
            }
        }
        faulty.clear();
    }

    private void ingest(Seat seat) {
        if (seat.gone != null || !intake.isReady()) {
            return; // epoll tells again when a slab has come home
        }
        KernelPort port = seat.port;
        int end = port.fill(intake.slab(seat.portion.size()));
        switch (end) {
            case KernelPort.NOTHING -> {}
            case KernelPort.GONE -> gone(seat, Departure.PEER_CLOSED);
            case KernelPort.NO_ANSWER -> gone(seat, Departure.NO_ANSWER);
            case KernelPort.NOT_FRAMES -> {
                seat.outOfStep = true;
                depart(seat, Departure.NOT_FRAMES);
            }
            default -> {
                seat.lastRead = now;
                if (!seat.outOfStep) {
                    take(seat, end);
                }
            }
        }
    }

    private void gone(Seat seat, Departure why) {
        seat.gone = why;
        gone.add(seat);
    }

    private void take(Seat seat, int end) {
        boolean inStep = intake.take(seat.port, end, now, seat.departing == null);
        sleep.took(seat.port.fd(), intake.frames(), intake.bytes(), now);
        long rest = seat.portion.took(intake.bytes(), intake.frames(), intake.work());
        if (!inStep) {
            seat.outOfStep = true;
            depart(seat, Departure.LOST_STEP);
        } else if (rest > 0 && seat.departing == null) {
            rests.begin(seat, now + rest);
        }
    }

    private void seat(KernelPort port) {
        changes++;
        port.ownedBy(number);
        Seat seat = seats.add(port);
        try {
            sleep.watch(port.fd(), seat.token);
        } catch (ErrnoException e) {
            LOG.error("port {}: {}", port.name(), e.getMessage());
            seats.remove(seat);
            port.release();
            events.departed(port, Departure.FAULT);
            return;
        }
        port.watchBy((watched, wanted) -> rests.watch(seat, wanted));
        if (stopping) {
            depart(seat, Departure.STOPPED);
        } else if (!fabric.plug(port)) {
            depart(seat, Departure.NO_SLOT);
        } else {
            wires.lay(port);
            events.plugged(port);
        }
    }

    /**
     * No frame goes to or from the port any more, but what is on its way still is read and sent.
     */
    private void depart(Seat seat, Departure why) {
        if (seat.departing != null) {
            return;
        }
        changes++;
        rests.end(seat);
        wires.cut(seat.port);
        fabric.unplug(seat.port);
        seat.departing = why;
        seat.lastRead = now;
        seat.deadline = now + CLOSING_NANOS;
        departing.add(seat);
    }

    private void finishDepartures() {
        for (int i = 0; i < departing.size(); ) {
            Seat seat = departing.get(i);
            boolean quiet = now - seat.lastRead >= QUIET_NANOS && !seat.port.waitsForRoom();
            if (quiet || now - seat.deadline >= 0) {
                leave(seat, seat.departing); // and is in the list no more
            } else {
                i++;
            }
        }
    }

    private void leave(Seat seat, Departure why) {
        if (seats.of(seat.port) != seat) {
            return; // it has left
        }
        if (seat.departing != null) {
            departing.remove(seat);
        }
        changes++;
        KernelPort port = seat.port;
        rests.forget(seat);
        wires.cut(port);
        fabric.unplug(port);
        try {
            sleep.unwatch(port.fd());
        } catch (ErrnoException e) {
            LOG.error("port {}: {}", port.name(), e.getMessage());
        }
        seats.remove(seat);
        try {
            port.release();
        } catch (RuntimeException e) {
            LOG.error("port {}: {}", port.name(), Departure.FAULT.sentence(), e);
        }
        events.departed(port, why);
    }

    /** Gives the memory back: once all workers have ended, for they read each other's slabs. */
    public void close() {
        assert hasEnded();
        chunks.close();
        pieces.close();
        offloads.close();
        intake.close();
        sleep.close();
    }
}

package org.lanyard.control;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.lanyard.config.SwitchConfig;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.LibC;
import org.lanyard.worker.Departure;
import org.lanyard.worker.PortEvents;
import org.lanyard.worker.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One switch: its fabric, its workers, its ports, its control socket. {@link #run} makes the
 * calling thread the control thread; {@link #requestStop} is for any thread.
 */
public final class Switch {
    private static final Logger LOG = LoggerFactory.getLogger(Switch.class);
    private static final long WORKER_END_MILLIS = 2_000;
    private static final long CLIENT_END_MILLIS = 500;
    private static final long LAST_MILLIS = 5_000;
    private static final long CLEAN_MILLIS = 2_500;
    private static final long LOOK_MILLIS = 50;
    private static final long RETRY_SECONDS = 5;

    private final RuntimeDir dir;
    private final Clock clock;
    private final long startedAt;
    private final Fabric fabric;
    private final StaticAddresses statics;
    private final ControlLoop loop;
    private final List<Worker> workers = new ArrayList<>();
    private final Room room;
    private final Errands errands;
    private final Errands names;

    /** For what is no port's. */
    private final Lane own;

    private final AccessLookup access;
    private final Ports ports;
    private final Settings settings;
    private final Set<StreamPort> guests = new HashSet<>();
    private final Events events;
    private final Captures captures;
    private final PortWatch watch;
    private final AddressWatch addresses;
    private final FdbUpkeep upkeep;
    private final RpcServer rpc;
    private final Supervisor supervisor;
    private final CountDownLatch hasEnded = new CountDownLatch(1);
    private final LastWords lastWords;
    private Runnable whenReady;
    private Runnable lastResort = () -> {};
    private volatile boolean failed;
    private volatile boolean outOfControl;
    private boolean stopping;
    private boolean announced;
    private boolean isLetIn;

    /** When it is looked again whether it is ready; null while it is not waited for. */
    private ControlLoop.Timer look;

    /** Why it could not start, or null. */
    private IOException refusal;

    /**
     * @param file where the configuration came from, or null
     */
    public Switch(SwitchConfig config, Path file, RuntimeDir dir, Clock clock) throws IOException {
        this(config, file, dir, clock, Supervisor.none());
    }

    /**
     * @param file where the configuration came from, or null
     * @param supervisor is told how the switch is, and may have passed it sockets
     */
    public Switch(
            SwitchConfig config, Path file, RuntimeDir dir, Clock clock, Supervisor supervisor)
            throws IOException {
        this.supervisor = supervisor;
        this.lastWords = new LastWords(supervisor);
        this.dir = dir;
        this.clock = clock;
        this.startedAt = clock.nanoTime();
        this.fabric =
                new Fabric(new Fdb(config.macTableSize(), config.macMoves()), config.maxPorts());
        this.statics = new StaticAddresses(fabric, clock);
        this.loop = new ControlLoop(clock);
        for (int number = 0; number < config.workers(); number++) {
            long memory = config.backlogMemory() / config.workers();
            workers.add(new Worker(number, fabric, clock, memory, new WorkerEvents()));
        }
        Worker.join(workers);
        this.events = new Events(loop, fabric.fdb(), fabric::topology);
        this.watch = new PortWatch(clock, events::dropped);
        this.upkeep = new FdbUpkeep(loop, clock, fabric.fdb());
        this.addresses = new AddressWatch(clock);
        this.captures = new Captures(loop, fabric, clock, workers, this::portNames);
        List<RpcMethod> methods = new RpcMethods(this).all();
        this.rpc = new RpcServer(dir, loop, clock, config.maxPorts(), methods, events, captures);
        PortFactory factory = new PortFactory(loop, workers, config.portBacklog(), captures);
        Stations stations = new Stations(fabric, clock);
        this.room = new Room(config.maxPorts());
        Listeners listeners = new Listeners(supervisor, room);
        this.errands = Errands.forPorts(loop);
        this.names = Errands.forNames(loop);
        this.own = errands.lane(() -> {});
        this.access = new AccessLookup(own, dir);
        this.ports =
                new Ports(dir, loop, clock, factory, statics, stations, listeners, errands, names);
        ports.configure(config.ports());
        rpc.keepOut(ports::isProcess);
        this.settings = new Settings(config, file, own, access, rpc, ports, fabric, events, loop);
    }

    /**
     * Opens all ports, forwards until asked to stop, and leaves nothing behind.
     *
     * @param ready called once when guests can connect and every port can be used, but those that
     *     wait for somebody outside who takes his time
     * @return whether it ended because it was asked to
     * @throws IOException when a port can't be opened; then nothing stays open
     */
    public boolean run(Runnable ready) throws IOException {
        try {
            dir.create();
            RuntimeDir.Hold hold = dir.claim();
            try {
                live(ready);
            } finally {
                hold.close();
            }
        } catch (RuntimeException | Error e) {
            outOfControl = true;
            died(Thread.currentThread().getName(), e);
            throw e;
        } finally {
            hasEnded.countDown();
        }
        return !failed;
    }

    private void live(Runnable ready) throws IOException {
        whenReady = ready;
        lastWords.await(this::endInOrder, lastResort);
        for (Worker worker : workers) {
            worker.onDeath(cause -> died("lanyard-data-" + worker.number(), cause));
            worker.start();
        }
        loop.execute(this::begin);
        loop.after(1, TimeUnit.SECONDS, this::everySecond);
        List<Consumer<Runnable>> threads = new ArrayList<>();
        workers.forEach(worker -> threads.add(worker::ask));
        new Watchdog(supervisor, loop, threads).start();
        loop.run();
        errands.close();
        names.close();
        supervisor.close();
        if (refusal != null) {
            throw refusal;
        }
        LOG.info("switch {} stopped", config().name());
    }

    private void begin() {
        try {
            rpc.start(Access.ofOwner(LibC.geteuid()));
            ports.start(this::refuse);
            letIn();
        } catch (IOException e) {
            refuse(e);
        }
    }

    private void refuse(IOException why) {
        if (refusal == null && !stopping) {
            refusal = why;
            beginStop();
        }
    }

    /** Until it is known who besides its owner may use it, the control socket is the owner's. */
    private void letIn() {
        access.of(
                config(),
                (access, trouble) -> {
                    try {
                        if (trouble != null) {
                            throw trouble;
                        }
                        rpc.admit(access);
                        isLetIn = true;
                    } catch (IOException e) {
                        if (announced) {
                            LOG.warn("{}; trying again in {} s", e.getMessage(), RETRY_SECONDS);
                            loop.after(RETRY_SECONDS, TimeUnit.SECONDS, this::letIn);
                        } else {
                            refuse(e);
                        }
                    }
                    announce();
                });
    }

    /** When all is ready, or whatever is not takes its time. */
    private void announce() {
        if (announced || stopping) {
            return;
        }
        boolean isKnown = isLetIn || own.isHeldUp(Ports.PATIENT_NANOS);
        if (!isKnown || !ports.isReady()) {
            if (look == null) {
                look = loop.after(LOOK_MILLIS, TimeUnit.MILLISECONDS, this::lookAgain);
            }
            return;
        }
        announced = true;
        ports.announced();
        LOG.info(
                "switch {} {}, pid {}, in {}",
                config().name(),
                Version.CURRENT,
                ProcessHandle.current().pid(),
                dir.path());
        whenReady.run();
        supervisor.ready(summary());
        loop.forgetTurns();
    }

    private void lookAgain() {
        look = null;
        announce();
    }

    private void everySecond() {
        if (!stopping) { // first, so that an error below does not end the keeping of time
            loop.after(1, TimeUnit.SECONDS, this::everySecond);
        }
        upkeep.age((int) config().macAgeing().toSeconds());
        for (PortView view : ports.views()) {
            watch.look(view.name(), view.counters());
        }
        ports.everySecond(events::refused);
        watch.keepOnly(guests);
        guests.forEach(watch::lookForHalfFrame);
        watch.look(fabric.fdb());
        addresses.look(fabric.fdb(), fabric.topology());
        if (!stopping) {
            supervisor.status(summary());
        }
    }

    /** One line for the service manager. */
    private String summary() {
        Map<String, Long> states =
                ports.views().stream()
                        .collect(groupingBy(PortView::state, TreeMap::new, counting()));
        return "ports: "
                + states.entrySet().stream()
                        .map(state -> state.getValue() + " " + state.getKey())
                        .collect(joining(", "));
    }

    /** Any thread; returns at once. */
    public void requestStop() {
        loop.execute(this::beginStop);
    }

    /** Any thread: waits until {@link #run} is done; false when it takes longer. */
    public boolean awaitEnd(long millis) throws InterruptedException {
        return hasEnded.await(millis, TimeUnit.MILLISECONDS);
    }

    /** What ends the process when the switch can't end in order; to be said before {@link #run}. */
    public void lastResort(Runnable action) {
        lastResort = action;
    }

    /** A thread on which it depends has died: the whole ends, and says why. Any thread. */
    public void died(String thread, Throwable cause) {
        failed = true;
        lastWords.died(thread, cause);
    }

    private boolean endInOrder() {
        requestStop();
        try {
            return !outOfControl && awaitEnd(LAST_MILLIS) && !outOfControl;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void beginStop() {
        if (stopping) {
            return;
        }
        stopping = true;
        supervisor.stopping();
        captures.beginStop();
        ports.stop();
        rpc.stopListening();
        workers.forEach(Worker::stop);
        loop.after(1, TimeUnit.MILLISECONDS, () -> finishStop(clock.nanoTime()));
    }

    /** The loop goes on while ports depart, so that their descriptors are closed in order. */
    private void finishStop(long since) {
        boolean late = clock.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(WORKER_END_MILLIS);
        boolean ended = workers.stream().allMatch(Worker::hasEnded);
        if (!ended && !late) {
            loop.after(1, TimeUnit.MILLISECONDS, () -> finishStop(since));
            return;
        }
        if (ended) {
            workers.forEach(Worker::close);
            captures.workersEnded();
        } else {
            LOG.error("the data plane did not end within {} ms", WORKER_END_MILLIS);
        }
        loop.execute(() -> leaveClients(clock.nanoTime())); // behind the last departures
    }

    /**
     * Whoever captures is to get the end of the file, if it reads; and what ports had is to be
     * taken back.
     */
    private void leaveClients(long since) {
        long waited = TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - since);
        boolean isTold = captures.isEmpty() || waited > CLIENT_END_MILLIS;
        boolean isClean = ports.hasGone() || waited > CLEAN_MILLIS;
        if (!isTold || !isClean) {
            loop.after(1, TimeUnit.MILLISECONDS, () -> leaveClients(since));
            return;
        }
        if (!ports.hasGone()) {
            LOG.warn("not all is taken back: {}; see: lanyard doctor", ports.unfinished());
        }
        captures.close();
        rpc.close();
        loop.end();
    }

    private final class WorkerEvents implements PortEvents {
        @Override
        public void plugged(KernelPort port) {
            loop.execute(
                    () -> {
                        if (port instanceof StreamPort guest) {
                            guests.add(guest);
                        }
                        events.portUp(port.name());
                        ports.plugged(port);
                        announce();
                    });
        }

        @Override
        public void departed(KernelPort port, Departure why) {
            loop.execute(
                    () -> {
                        guests.remove(port);
                        watch.look(port.name(), port.counters());
                        events.portDown(port.name(), why.sentence());
                        ports.departed(port, why);
                        upkeep.sweep();
                    });
        }
    }

    SwitchConfig config() {
        return settings.config();
    }

    /** Null without a configuration file. */
    Path file() {
        return settings.file();
    }

    RuntimeDir dir() {
        return dir;
    }

    StaticAddresses statics() {
        return statics;
    }

    FdbUpkeep upkeep() {
        return upkeep;
    }

    /** Who is at the control socket. */
    ObjectNode controlFigures() {
        return rpc.figures();
    }

    Room room() {
        return room;
    }

    Fabric fabric() {
        return fabric;
    }

    Clock clock() {
        return clock;
    }

    long uptimeSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(clock.nanoTime() - startedAt);
    }

    /** For how long, in nanoseconds, whoever asks had to wait at most. */
    long longestTurn() {
        return loop.longestTurn();
    }

    /** What it is told to be, and how that changes. */
    Settings settings() {
        return settings;
    }

    Ports ports() {
        return ports;
    }

    /** Any thread: its file is read again and applied, as a whole or not at all. */
    public void requestReload() {
        loop.execute(this::reload);
    }

    private void reload() {
        if (stopping) {
            return;
        }
        if (announced) {
            supervisor.reloading(clock.nanoTime());
        }
        settings.readAgain()
                .whenComplete(
                        (done, thrown) -> {
                            if (announced) {
                                supervisor.ready(summary());
                            }
                        });
    }

    List<PortView> portViews() {
        return ports.views();
    }

    /** As {@link #portViews} has them: listening ports and their guests too. */
    List<String> portNames() {
        return portViews().stream().map(PortView::name).toList();
    }

    List<PortCounters> allCounters() {
        return ports.counters();
    }
}

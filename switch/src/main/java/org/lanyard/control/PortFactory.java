package org.lanyard.control;

import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lanyard.frame.PortCounters;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.KernelPort;
import org.lanyard.port.PacketPort;
import org.lanyard.port.StreamPort;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.PacketSocket;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Departure;
import org.lanyard.worker.Worker;

/** Makes ports with the memory of the worker that is to have them, and hands them over. */
final class PortFactory {
    /** Asked of the kernel, which gives at most twice net.core.wmem_max: room for one slab. */
    private static final int SOCKET_BUFFER = 4 << 20;

    /** Who has a port, and whose it is. */
    private record Owner(Worker worker, PortFactory factory) {}

    private final ControlLoop loop;
    private final List<Worker> workers;
    private final Map<KernelPort, Owner> owners;
    private int backlogLimit;
    private final Captures captures;
    private PortPolicy policy;

    PortFactory(ControlLoop loop, List<Worker> workers, int backlogLimit, Captures captures) {
        this(loop, workers, new IdentityHashMap<>(), backlogLimit, captures, PortPolicy.NONE);
    }

    private PortFactory(
            ControlLoop loop,
            List<Worker> workers,
            Map<KernelPort, Owner> owners,
            int backlogLimit,
            Captures captures,
            PortPolicy policy) {
        this.loop = loop;
        this.workers = workers;
        this.owners = owners;
        this.backlogLimit = backlogLimit;
        this.captures = captures;
        this.policy = policy;
    }

    /** One whose ports obey this, among the same workers. */
    PortFactory with(PortPolicy newPolicy) {
        return new PortFactory(loop, workers, owners, backlogLimit, captures, newPolicy);
    }

    /** What its ports obey. */
    PortPolicy policy() {
        return policy;
    }

    /** From now on its ports obey another policy; those that are up when this completes. */
    CompletableFuture<Void> obey(PortPolicy newPolicy) {
        policy = newPolicy;
        List<KernelPort> own = own();
        Turns obeying = new Turns(loop, own.size(), "some ports obey a little later");
        own.forEach(port -> owners.get(port).worker().change(port, newPolicy, obeying::done));
        return obeying.all();
    }

    /** From now on so many bytes may wait for each of its ports, those that are up included. */
    void limitBacklogs(int bytes) {
        backlogLimit = bytes;
        own().forEach(port -> port.limitBacklog(bytes));
    }

    private List<KernelPort> own() {
        return owners.entrySet().stream()
                .filter(e -> e.getValue().factory() == this)
                .map(Map.Entry::getKey)
                .toList();
    }

    StreamPort adopt(String name, PortCounters counters, Connection connection)
            throws ErrnoException {
        connection.setBuffers(SOCKET_BUFFER, SOCKET_BUFFER);
        Worker worker = leastBusy();
        StreamPort port =
                new StreamPort(
                        name,
                        counters,
                        connection.fd(),
                        worker.chunks(),
                        worker.pieces(),
                        backlogLimit);
        handOver(port, worker);
        return port;
    }

    private void handOver(KernelPort port, Worker worker) {
        port.obey(policy);
        owners.put(port, new Owner(worker, this));
        captures.adopting(port, worker);
        worker.adopt(port);
    }

    TapPort adopt(String name, PortCounters counters, Tap tap) {
        Worker worker = leastBusy();
        TapPort port =
                new TapPort(
                        name,
                        counters,
                        tap.fd(),
                        worker.chunks(),
                        worker.offloads(),
                        tap.offloads(),
                        backlogLimit);
        handOver(port, worker);
        return port;
    }

    PacketPort adopt(String name, PortCounters counters, PacketSocket socket) throws IOException {
        Worker worker = leastBusy();
        PacketPort port =
                new PacketPort(
                        name,
                        counters,
                        socket.fd(),
                        worker.chunks(),
                        worker.offloads(),
                        socket.mtu(),
                        backlogLimit);
        handOver(port, worker);
        return port;
    }

    void retire(KernelPort port) {
        owners.get(port).worker().retire(port);
    }

    /** Lets a port depart; one that does already goes on with its own reason. */
    void retire(KernelPort port, Departure why) {
        owners.get(port).worker().retire(port, why);
    }

    /** Lets all its ports depart; how many there are. */
    int retireAll() {
        List<KernelPort> own = own();
        own.forEach(this::retire);
        return own.size();
    }

    boolean hasPorts() {
        return owners.values().stream().anyMatch(owner -> owner.factory() == this);
    }

    /** The port has left its worker. */
    void departed(KernelPort port) {
        owners.remove(port);
        captures.departed(port);
    }

    /** The worker with the fewest ports, so that two lone guests have one each. */
    private Worker leastBusy() {
        Worker best = workers.get(0);
        long fewest = Long.MAX_VALUE;
        for (Worker worker : workers) {
            long count = owners.values().stream().filter(owner -> owner.worker() == worker).count();
            if (count < fewest) {
                fewest = count;
                best = worker;
            }
        }
        return best;
    }
}

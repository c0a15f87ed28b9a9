package org.lanyard.control;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.lanyard.frame.PortCounters;
import org.lanyard.policy.PortPolicy;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.port.TapPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.Tap;
import org.lanyard.worker.Worker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes ports with the memory of the worker that is to have them, and hands them over. */
final class PortFactory {
    private static final Logger LOG = LoggerFactory.getLogger(PortFactory.class);
    private static final long PATIENCE_SECONDS = 1;

    /** Asked of the kernel, which gives at most twice net.core.wmem_max: room for one slab. */
    private static final int SOCKET_BUFFER = 4 << 20;

    /** Who has a port, and whose it is. */
    private record Owner(Worker worker, PortFactory factory) {}

    private final List<Worker> workers;
    private final Map<KernelPort, Owner> owners;
    private final int backlogLimit;
    private PortPolicy policy;

    PortFactory(List<Worker> workers, int backlogLimit) {
        this(workers, new IdentityHashMap<>(), backlogLimit, PortPolicy.NONE);
    }

    private PortFactory(
            List<Worker> workers,
            Map<KernelPort, Owner> owners,
            int backlogLimit,
            PortPolicy policy) {
        this.workers = workers;
        this.owners = owners;
        this.backlogLimit = backlogLimit;
        this.policy = policy;
    }

    /** One whose ports obey this, among the same workers. */
    PortFactory with(PortPolicy newPolicy) {
        return new PortFactory(workers, owners, backlogLimit, newPolicy);
    }

    /** What its ports obey. */
    PortPolicy policy() {
        return policy;
    }

    /** From now on its ports obey another policy; those that are up when this returns. */
    void obey(PortPolicy newPolicy) {
        policy = newPolicy;
        List<Map.Entry<KernelPort, Owner>> own =
                owners.entrySet().stream().filter(e -> e.getValue().factory() == this).toList();
        CountDownLatch obeying = new CountDownLatch(own.size());
        own.forEach(e -> e.getValue().worker().change(e.getKey(), newPolicy, obeying::countDown));
        try {
            // A turn of each worker. Workers never wait for this thread.
            if (!obeying.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a data-plane thread is busy: some ports obey a little later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        worker.adopt(port);
    }

    TapPort adopt(String name, PortCounters counters, Tap tap) {
        Worker worker = leastBusy();
        TapPort port =
                new TapPort(
                        name, counters, tap.fd(), worker.chunks(), worker.offloads(), backlogLimit);
        handOver(port, worker);
        return port;
    }

    void retire(KernelPort port) {
        owners.get(port).worker().retire(port);
    }

    /** Lets all its ports depart; how many there are. */
    int retireAll() {
        List<KernelPort> own =
                owners.entrySet().stream()
                        .filter(e -> e.getValue().factory() == this)
                        .map(Map.Entry::getKey)
                        .toList();
        own.forEach(this::retire);
        return own.size();
    }

    boolean hasPorts() {
        return owners.values().stream().anyMatch(owner -> owner.factory() == this);
    }

    /** The port has left its worker. */
    void departed(KernelPort port) {
        owners.remove(port);
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

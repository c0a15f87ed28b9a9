package org.lanyard.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanyard.forward.Clock;
import org.lanyard.forward.Fabric;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.port.KernelPort;
import org.lanyard.port.StreamPort;
import org.lanyard.tapio.Connection;
import org.lanyard.tapio.Endpoint;
import org.lanyard.tapio.StreamListener;

/**
 * The hand-over between workers under stress, assertions on: a full mesh of guests spread over all
 * workers sends bursts of random sizes to random others. Every frame arrives or is counted, none
 * twice, and within a flow in the order sent.
 */
@Timeout(120)
class ManyWorkersTest {
    private static final int BACKLOG = 4 << 20;
    private static final int SEQUENCE = 14;
    private static final int SENDER = 22;
    private static final long END = -1;

    @TempDir private Path dir;

    private final List<Worker> workers = new ArrayList<>();
    private final List<Guest> guests = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final AtomicReference<String> fault = new AtomicReference<>();
    private CountDownLatch gone;

    private final class Guest {
        final int number;
        final SocketChannel socket;
        final PortCounters counters = new PortCounters();
        final AtomicLong received = new AtomicLong();
        final long[] lastSequence;
        long sent;
        volatile int ends;

        Guest(int number, int guestCount, SocketChannel socket) {
            this.number = number;
            this.socket = socket;
            this.lastSequence = new long[guestCount];
        }

        void send(int frames, int guestCount) {
            Random random = new Random(number);
            long[] sequences = new long[guestCount];
            ByteBuffer batch = ByteBuffer.allocateDirect(256 * 1024);
            int left = frames;
            while (left > 0) {
                int run = Math.min(left, 1 + random.nextInt(32));
                batch.clear();
                for (int i = 0; i < run; i++) {
                    int to = (number + 1 + random.nextInt(guestCount - 1)) % guestCount;
                    int size = 60 + random.nextInt(1455);
                    frame(batch, to, size, ++sequences[to]);
                }
                write(batch.flip());
                left -= run;
            }
            sent = frames;
        }

        /** Tells every other guest that no more comes: a broadcast, repeated by the caller. */
        void sendEnd() {
            ByteBuffer one = ByteBuffer.allocateDirect(128);
            frame(one, -1, 60, END);
            write(one.flip());
        }

        private void frame(ByteBuffer out, int to, int size, long sequence) {
            int start = out.position() + 4;
            out.putInt(size);
            out.putShort((short) (to < 0 ? 0xffff : 0x5254)).putInt(to < 0 ? -1 : to);
            out.putShort((short) 0x5254).putInt(number);
            out.putShort((short) 0x88b5);
            out.putLong(sequence).putInt(number);
            out.position(start + size);
        }

        private void write(ByteBuffer batch) {
            try {
                while (batch.hasRemaining()) {
                    socket.write(batch);
                }
            } catch (Exception e) {
                fault.compareAndSet(null, "guest " + number + " writes: " + e);
            }
        }

        void receive() {
            ByteBuffer in = ByteBuffer.allocateDirect(512 * 1024);
            try {
                while (socket.read(in) >= 0) {
                    in.flip();
                    while (in.remaining() >= 4 && in.remaining() >= 4 + in.getInt(in.position())) {
                        int size = in.getInt();
                        look(in, in.position());
                        in.position(in.position() + size);
                    }
                    in.compact();
                }
            } catch (Exception e) {
                fault.compareAndSet(null, "guest " + number + " reads: " + e);
            }
        }

        private void look(ByteBuffer in, int frame) {
            long sequence = in.getLong(frame + SEQUENCE);
            int from = in.getInt(frame + SENDER);
            if (sequence == END) {
                ends++;
                return;
            }
            if (in.getInt(frame + 2) != number) {
                return; // flooded before the address was learned; counted by its own guest
            }
            if (sequence <= lastSequence[from]) {
                fault.compareAndSet(
                        null,
                        String.format(
                                "%d → %d: %d came after %d",
                                from, number, sequence, lastSequence[from]));
            }
            lastSequence[from] = sequence;
            received.incrementAndGet();
        }
    }

    private void open(int workerCount, int guestCount) throws Exception {
        Fabric fabric = new Fabric(new Fdb(1024), 64);
        CountDownLatch plugged = new CountDownLatch(guestCount);
        gone = new CountDownLatch(guestCount);
        PortEvents events =
                new PortEvents() {
                    @Override
                    public void plugged(KernelPort port) {
                        plugged.countDown();
                    }

                    @Override
                    public void departed(KernelPort port, Departure why) {
                        gone.countDown();
                    }
                };
        for (int i = 0; i < workerCount; i++) {
            workers.add(new Worker(i, fabric, Clock.SYSTEM, 256 << 20, events));
        }
        Worker.join(workers);
        for (Worker worker : workers) {
            worker.onDeath(e -> fault.compareAndSet(null, "a worker died: " + e));
            worker.start();
        }
        Path path = dir.resolve("mesh.sock");
        try (StreamListener listener = StreamListener.listen(new Endpoint.Unix(path))) {
            for (int i = 0; i < guestCount; i++) {
                SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path));
                Guest guest = new Guest(i, guestCount, socket);
                Connection accepted = listener.accept();
                connections.add(accepted);
                Worker worker = workers.get(i % workerCount);
                worker.adopt(
                        new StreamPort(
                                "guest" + i,
                                guest.counters,
                                accepted.fd(),
                                worker.chunks(),
                                worker.pieces(),
                                BACKLOG));
                guests.add(guest);
            }
        }
        assertTrue(plugged.await(10, TimeUnit.SECONDS), "not every guest was plugged in");
    }

    private void close() throws Exception {
        workers.forEach(Worker::stop);
        assertTrue(gone.await(10, TimeUnit.SECONDS), "not every guest departed");
        for (int i = 0; i < 1000 && !workers.stream().allMatch(Worker::hasEnded); i++) {
            Thread.sleep(10);
        }
        assertTrue(workers.stream().allMatch(Worker::hasEnded), "a worker goes on");
        workers.forEach(Worker::close);
        for (Connection connection : connections) {
            connection.close(); // the readers see the end
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "2, 4", "3, 7", "4, 8"})
    void shouldKeepEveryFlowInOrderAndAccountForEveryFrame(int workerCount, int guestCount)
            throws Exception {
        open(workerCount, guestCount);
        List<Thread> readers = new ArrayList<>();
        for (Guest guest : guests) {
            guest.sendEnd(); // teaches the switch where everybody is
            readers.add(start(guest::receive, "reader"));
        }
        awaitEnds(guestCount - 1);
        List<Thread> senders = new ArrayList<>();
        for (Guest guest : guests) {
            senders.add(start(() -> guest.send(60_000, guestCount), "sender"));
        }
        for (Thread sender : senders) {
            sender.join(TimeUnit.SECONDS.toMillis(60));
        }
        long sent = guests.stream().mapToLong(guest -> guest.sent).sum();
        assertEquals(60_000L * guestCount, sent, "a sender did not get through");
        awaitAll(sent);
        close();
        for (Thread reader : readers) {
            reader.join(TimeUnit.SECONDS.toMillis(10));
        }
        for (Guest guest : guests) {
            guest.socket.close();
        }
        assertEquals(null, fault.get());
        assertEquals(
                sent, received() + dropped(), "a frame was lost without a count, or came twice");
    }

    private static Thread start(Runnable action, String name) {
        Thread thread = new Thread(action, name);
        thread.start();
        return thread;
    }

    private void awaitEnds(int each) throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            if (guests.stream().allMatch(guest -> guest.ends >= each)) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("the first broadcasts did not arrive");
    }

    private void awaitAll(long sent) throws InterruptedException {
        for (int i = 0; i < 3000 && received() + dropped() < sent && fault.get() == null; i++) {
            Thread.sleep(10);
        }
    }

    private long received() {
        return guests.stream().mapToLong(guest -> guest.received.get()).sum();
    }

    private long dropped() {
        long sum = 0;
        for (Guest guest : guests) {
            sum += guest.counters.drops(DropReason.BACKLOG_FULL);
            sum += guest.counters.drops(DropReason.WORKER_BUSY);
        }
        return sum;
    }

    @Test
    void shouldEndTogetherWhileTrafficStillCrosses() throws Exception {
        open(3, 6);
        List<Thread> threads = new ArrayList<>();
        for (Guest guest : guests) {
            guest.sendEnd();
            threads.add(start(guest::receive, "reader"));
        }
        awaitEnds(5);
        for (Guest guest : guests) {
            threads.add(start(() -> guest.send(200_000, 6), "sender"));
        }
        Thread.sleep(200); // amid the traffic
        workers.forEach(Worker::stop);
        assertTrue(gone.await(10, TimeUnit.SECONDS), "not every guest departed");
        for (Connection connection : connections) {
            connection.close();
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        }
        for (int i = 0; i < 1000 && !workers.stream().allMatch(Worker::hasEnded); i++) {
            Thread.sleep(10);
        }
        assertTrue(workers.stream().allMatch(Worker::hasEnded), "a worker goes on");
        String told = String.valueOf(fault.get());
        assertTrue(!told.contains("died") && !told.contains("came after"), told);
        workers.forEach(Worker::close);
        for (Guest guest : guests) {
            guest.socket.close();
        }
    }
}

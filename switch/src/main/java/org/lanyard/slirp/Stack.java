package org.lanyard.slirp;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Region;

/**
 * One TCP/IP stack of libslirp's: frames of the guests' in, sockets of this process out. One thread
 * makes it and calls it.
 */
final class Stack {
    private static final int LONGEST_WAIT_MILLIS = 60_000;

    /** fec0::/64, ::2 and ::3 in it: QEMU's defaults. */
    private static final int SITE_LOCAL = order(0xfec00000);

    private static final byte PREFIX_LENGTH_6 = 64;

    private final Timers timers = new Timers();
    private final PollSet polled;
    private final Flows flows;
    private final Hairpin hairpin;
    private final Region ending = Region.allocate(128);
    private final Set<HostForward> forwards = new LinkedHashSet<>();

    /** Referred to as long as the library may call them. */
    private final List<Callback> callbacks = new ArrayList<>();

    private final LibSlirp.Config config;
    private final Region functions = Region.allocate(16 * Long.BYTES);
    private final Region timeout = Region.allocate(Integer.BYTES);
    private final long addPoll;
    private final long getEvents;
    private final long slirp;

    /**
     * @param polled where it puts its descriptors
     * @param guests takes frames for them, at once
     * @param smb is told of the descriptors that the library opens
     * @param flows the same, and of those that it closes
     * @throws IOException when the library refuses the network
     */
    Stack(
            UserNetwork network,
            PollSet polled,
            FrameSocket.Taker guests,
            SmbConnections smb,
            Flows flows)
            throws IOException {
        this.polled = polled;
        this.flows = flows;
        this.hairpin = new Hairpin(network);
        ByteBuffer table = functions.bytes().order(ByteOrder.nativeOrder());
        // SlirpCb, in its order.
        long[] pointers = {
            function(
                    (LibSlirp.SendPacket)
                            (frame, length, opaque) -> {
                                guests.take(frame, (int) length);
                                return length;
                            }),
            // What a guest does wrong is its own business.
            function((LibSlirp.GuestError) (message, opaque) -> {}),
            function((LibSlirp.Clock) opaque -> System.nanoTime()),
            function((LibSlirp.NewTimer) (to, argument, opaque) -> timers.add(to, argument)),
            function((LibSlirp.FreeTimer) (timer, opaque) -> timers.remove(timer)),
            function((LibSlirp.SetTimer) (timer, at, opaque) -> timers.set(timer, at)),
            // All descriptors are asked for before each wait.
            function(
                    (LibSlirp.Descriptor)
                            (fd, opaque) -> {
                                flows.opened(fd);
                                smb.opened(fd);
                            }),
            function((LibSlirp.Descriptor) (fd, opaque) -> flows.closed(fd)),
            // There is no other thread to wake.
            function((LibSlirp.Notify) opaque -> {})
        };
        for (int i = 0; i < pointers.length; i++) {
            table.putLong(i * Long.BYTES, pointers[i]);
        }
        addPoll =
                function(
                        (LibSlirp.AddPoll)
                                (fd, events, opaque) ->
                                        polled.add(fd, flows.mayPoll(fd) ? toPoll(events) : 0));
        getEvents =
                function((LibSlirp.GetEvents) (index, opaque) -> fromPoll(polled.events(index)));
        config = config(network);
        slirp = LibSlirp.slirp_new(config, functions.address(), 0);
        if (slirp == 0) {
            throw new IOException("libslirp refuses the network " + network.cidr());
        }
        if (network.smb().isPresent()) {
            share(network.smb().get(), smb.path());
        }
    }

    /** What guests send to the server is for whoever listens there. */
    private void share(SmbShare share, String path) throws IOException {
        Region server = Region.allocate(Integer.BYTES); // the library keeps no pointer to it
        server.bytes().putInt(0, Ip4.number(share.server()));
        for (int port : SmbShare.PORTS) {
            if (LibSlirpUnix.slirp_add_unix(slirp, path, server.address(), port) < 0) {
                throw new IOException("libslirp refuses smb at " + share.server().getHostAddress());
            }
        }
        server.close();
    }

    private long function(Callback callback) {
        callbacks.add(callback);
        return Pointer.nativeValue(CallbackReference.getFunctionPointer(callback));
    }

    private static LibSlirp.Config config(UserNetwork network) {
        LibSlirp.Config config = new LibSlirp.Config();
        config.restricted = network.restrict() ? 1 : 0;
        config.inEnabled = 1;
        config.network = order(network.network());
        config.netmask = order(Ip4.mask(network.prefixLength()));
        config.host = order(network.host());
        config.in6Enabled = (byte) (network.ipv6() ? 1 : 0);
        config.prefix6[0] = SITE_LOCAL;
        config.prefixLength6 = PREFIX_LENGTH_6;
        config.host6 = new int[] {SITE_LOCAL, 0, 0, order(2)};
        config.tftpPath = network.tftp().map(Path::toString).orElse(null);
        config.bootfile = network.bootfile().orElse(null);
        config.dhcpStart = order(network.dhcpStart());
        config.nameserver = order(network.dns());
        config.nameserver6 = new int[] {SITE_LOCAL, 0, 0, order(3)};
        config.disableHostLoopback = (byte) (network.loopback().orElse(false) ? 0 : 1);
        return config;
    }

    private static int order(Inet4Address address) {
        return order(Ip4.number(address));
    }

    /** A number whose bytes in this machine's memory are in network order. */
    private static int order(int number) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? Integer.reverseBytes(number)
                : number;
    }

    private static int toPoll(int events) {
        return move(events, LibSlirp.POLL_IN, PollSet.IN)
                | move(events, LibSlirp.POLL_OUT, PollSet.OUT)
                | move(events, LibSlirp.POLL_PRI, PollSet.PRI)
                | move(events, LibSlirp.POLL_ERR, PollSet.ERR)
                | move(events, LibSlirp.POLL_HUP, PollSet.HUP);
    }

    private static int fromPoll(int events) {
        return move(events, PollSet.IN, LibSlirp.POLL_IN)
                | move(events, PollSet.OUT, LibSlirp.POLL_OUT)
                | move(events, PollSet.PRI, LibSlirp.POLL_PRI)
                | move(events, PollSet.ERR, LibSlirp.POLL_ERR)
                | move(events, PollSet.HUP, LibSlirp.POLL_HUP);
    }

    private static int move(int bits, int from, int to) {
        return (bits & from) == 0 ? 0 : to;
    }

    /**
     * Adds its descriptors to the set.
     *
     * @return how many milliseconds to wait at most
     */
    int fill() {
        ByteBuffer cell = timeout.bytes().order(ByteOrder.nativeOrder());
        cell.putInt(0, LONGEST_WAIT_MILLIS);
        LibSlirp.slirp_pollfds_fill(slirp, timeout.address(), addPoll, 0);
        return timers.untilNext(Math.max(0, cell.getInt(0)));
    }

    /**
     * Serves its descriptors and timers after the wait.
     *
     * @param well whether the wait went well
     */
    void serve(boolean well) {
        LibSlirp.slirp_pollfds_poll(slirp, well ? 0 : 1, getEvents, 0);
        timers.fire();
    }

    /** A frame of a guest's. */
    void input(long address, int length) {
        if (!hairpin.refuses(address, length) && flows.admits(address, length)) {
            LibSlirp.slirp_input(slirp, address, length);
            flows.passed();
        }
    }

    /** Whether guests reach each other through what is forwarded; they do unless it is said. */
    void hairpin(boolean allowed) {
        hairpin.allow(allowed);
    }

    /** The guest at that port of the switch's is gone: its TCP connections end. */
    void left(String port) {
        flows.left(
                port,
                new Flows.Ending() {
                    @Override
                    public void send(byte[] frame) {
                        ending.bytes().put(0, frame);
                        LibSlirp.slirp_input(slirp, ending.address(), frame.length);
                    }

                    @Override
                    public void shutDown(int fd) {
                        LibC.shutdown(fd, LibC.SHUT_RDWR);
                    }
                });
    }

    /**
     * From now on there are these forwards and no others.
     *
     * @throws IOException when a port can't be had; then nothing has changed
     */
    void forward(Set<HostForward> next) throws IOException {
        List<HostForward> gone = new ArrayList<>(forwards);
        gone.removeAll(next);
        gone.forEach(this::remove);
        List<HostForward> come = new ArrayList<>(next);
        come.removeAll(forwards);
        List<HostForward> added = new ArrayList<>();
        try {
            for (HostForward forward : come) {
                add(forward);
                added.add(forward);
            }
        } catch (IOException e) {
            added.forEach(this::remove);
            for (HostForward forward : gone) {
                add(forward);
            }
            throw e;
        }
        forwards.clear();
        forwards.addAll(next);
        hairpin.forwards(next);
    }

    private void add(HostForward forward) throws IOException {
        flows.listening(true);
        int result =
                LibSlirp.slirp_add_hostfwd(
                        slirp,
                        forward.udp() ? 1 : 0,
                        forward.host().map(Stack::order).orElse(0),
                        forward.hostPort(),
                        forward.guest().map(Stack::order).orElse(0),
                        forward.guestPort());
        int errno = Native.getLastError();
        flows.listening(false);
        if (result < 0) {
            throw new IOException("hostfwd " + forward + ": " + Errno.text(errno));
        }
    }

    private void remove(HostForward forward) {
        LibSlirp.slirp_remove_hostfwd(
                slirp,
                forward.udp() ? 1 : 0,
                forward.host().map(Stack::order).orElse(0),
                forward.hostPort());
    }
}

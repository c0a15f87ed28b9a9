package org.lanyard.offload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.NetNamespace;
import org.lanyard.tapio.Region;
import org.lanyard.tapio.Tap;

/**
 * The kernel as it cuts super-frames up: what goes in by a TAP with vnet headers comes out, over a
 * kernel bridge, by one without any offload. Needs root.
 */
final class KernelSwitch implements AutoCloseable {
    private static final int ROOM = 80_000;
    private static final int PATIENCE_MILLIS = 5_000;

    private final NetNamespace namespace;
    private final Tap in;
    private final Tap out;
    private final Region scratch = Region.allocate(ROOM);

    KernelSwitch() throws IOException {
        namespace = NetNamespace.create();
        namespace.exec("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6");
        namespace.exec("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        namespace.exec("ip", "link", "set", "br0", "up");
        in = attach(namespace.call(() -> Tap.openWithHeaders("in0")));
        out = attach(namespace.call(() -> Tap.open("out0")));
    }

    private Tap attach(Tap tap) throws IOException {
        String name = tap.name();
        namespace.exec("ip", "link", "set", name, "mtu", "20000", "master", "br0");
        namespace.exec("ip", "link", "set", name, "txqueuelen", "70000", "up");
        return tap;
    }

    /** Where the test puts what it sends: a vnet header and a frame. */
    ByteBuffer scratch() {
        return scratch.bytes();
    }

    long address() {
        return scratch.address();
    }

    int fd() {
        return in.fd();
    }

    /**
     * Sends what is in {@link #scratch}.
     *
     * @param size vnet header included
     */
    void send(int size) throws IOException {
        if (LibC.write(in.fd(), scratch.address(), size) != size) {
            throw new IOException("write: " + Errno.text(LibC.errno()));
        }
    }

    /** The next frames that come out. */
    List<byte[]> receive(int count) throws IOException, InterruptedException {
        List<byte[]> frames = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
        while (frames.size() < count && System.nanoTime() - deadline < 0) {
            int size = (int) LibC.read(out.fd(), scratch.address(), ROOM);
            if (size < 0) {
                Thread.sleep(1);
                continue;
            }
            byte[] frame = new byte[size];
            scratch.bytes().get(0, frame);
            frames.add(frame);
        }
        return frames;
    }

    /** Waits until frames pass: a bridge's ports take a moment. */
    void awaitLink() throws IOException, InterruptedException {
        byte[] hello = new byte[60];
        Arrays.fill(hello, 0, 6, (byte) 0xff);
        hello[6] = 2;
        hello[12] = (byte) 0x88;
        hello[13] = (byte) 0xb5;
        for (int i = 0; i < 100; i++) {
            VirtioHeader.writePlain(scratch.bytes(), 0);
            scratch.bytes().put(VirtioHeader.SIZE, hello);
            LibC.write(in.fd(), scratch.address(), VirtioHeader.SIZE + hello.length);
            Thread.sleep(20);
            if (LibC.read(out.fd(), scratch.address(), ROOM) > 0) {
                break;
            }
        }
        Thread.sleep(100);
        while (LibC.read(out.fd(), scratch.address(), ROOM) > 0) {
            // The other hellos.
        }
    }

    @Override
    public void close() {
        in.close();
        out.close();
        scratch.close();
        namespace.close();
    }
}

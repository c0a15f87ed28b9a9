package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.lanyard.guest.Accelerator;
import org.lanyard.guest.GuestException;
import org.lanyard.guest.GuestImage;
import org.lanyard.guest.LinuxGuest;
import org.lanyard.guest.Nic;
import org.lanyard.guest.Qemu;

/**
 * Two real Linux guests for each candidate. One boot may be half as fast as the next, and a machine
 * drifts: several pairs are booted one after the other, and each takes several turns with its
 * rivals. An idle guest needs 0.3 % of a core.
 *
 * @param directory for what QEMU is started by
 */
record GuestPair(Iperf iperf, Path directory) implements Load {
    private static final String NETWORK = "10.77.0.";
    private static final int QUICK_SECONDS = 30;

    @Override
    public String words() {
        return String.format(
                "guests: %s, 1 virtual CPU, 256 MiB, virtio-net-pci, MTU 1500; iperf3 over TCP,"
                        + " %d s that do not count, %d s of window; booted anew for each"
                        + " repetition, in which they have several turns",
                machine(), iperf.warmup(), iperf.seconds());
    }

    private static String machine() {
        try {
            Qemu qemu = Qemu.forHost();
            Accelerator accelerator = Accelerator.of(qemu, GuestImage.find());
            return "QEMU " + qemu.version() + " (" + accelerator + ")";
        } catch (GuestException e) {
            return e.getMessage();
        }
    }

    @Override
    public Load brief() {
        return new GuestPair(new Iperf(1, 2), directory);
    }

    @Override
    public Attached attach(Candidate.Running candidate) throws IOException, InterruptedException {
        Cable cable = Cable.of(candidate.target());
        cable.prepare();
        Qemu qemu = qemu(cable);
        CompletableFuture<GuestHost> first =
                CompletableFuture.supplyAsync(() -> bootInBackground(cable, qemu));
        GuestHost second = null;
        try {
            second = boot(cable, qemu, 1);
            GuestHost server = join(first);
            server.serve();
            Iperf.await(second, NETWORK + 1);
            return new HostPair(iperf, candidate.pid(), second, server, NETWORK + 1);
        } catch (IOException | InterruptedException | RuntimeException e) {
            first.thenAccept(GuestHost::close);
            if (second != null) {
                second.close();
            }
            throw e;
        }
    }

    private static GuestHost join(CompletableFuture<GuestHost> guest) throws IOException {
        try {
            return guest.join();
        } catch (CompletionException e) {
            throw new IOException(e.getCause().getMessage(), e);
        }
    }

    private static GuestHost bootInBackground(Cable cable, Qemu qemu) {
        try {
            return boot(cable, qemu, 0);
        } catch (IOException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private static GuestHost boot(Cable cable, Qemu qemu, int end)
            throws IOException, InterruptedException {
        String address = NETWORK + (end + 1);
        Nic nic = Nic.virtio(cable.netdev(end), "02:00:00:00:77:0" + (end + 1));
        try {
            // How it runs is asked of the real QEMU: a program in front of it is not probed again.
            LinuxGuest guest =
                    LinuxGuest.named("bench" + end)
                            .nic(nic)
                            .qemu(qemu)
                            .accelerator(Accelerator.of(Qemu.forHost(), GuestImage.find()))
                            .boot();
            GuestHost host = new GuestHost(guest);
            host.run("ip addr add " + address + "/24 dev eth0; ip link set eth0 up", QUICK_SECONDS);
            return host;
        } catch (GuestException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** QEMU itself, or a program that replaces itself with it in the cable's namespace. */
    private Qemu qemu(Cable cable) throws IOException {
        try {
            Qemu qemu = Qemu.forHost();
            List<String> prefix = cable.prefix();
            if (prefix.isEmpty()) {
                return qemu;
            }
            Path script = directory.resolve("qemu-in-namespace");
            String words = "exec " + String.join(" ", prefix) + " " + qemu.path();
            Files.writeString(script, "#!/bin/sh\n" + words + " \"$@\"\n");
            Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
            return new Qemu(script, qemu.version());
        } catch (GuestException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}

package org.lanyard.doctor;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lanyard.gateway.HostFirewall;
import org.lanyard.gateway.Nat;
import org.lanyard.gateway.Programs;
import org.lanyard.guest.GuestException;
import org.lanyard.guest.Qemu;
import org.lanyard.tapio.BridgeRules;
import org.lanyard.tapio.Enclosure;
import org.lanyard.tapio.KernelBridge;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.Tap;

/** The machine as this process may see it. */
public class Host {
    /** S_ISUID (inode(7)). */
    private static final int SETUID = 04000;

    private static final int LARGEST_TEXT = 1 << 20;

    /** What a try to open a device came to. */
    enum Access {
        OPEN,
        DENIED,
        ABSENT
    }

    Map<String, String> environment() {
        return System.getenv();
    }

    String property(String name) {
        return System.getProperty(name, "");
    }

    /** A small text file, or nothing where it can't be read. */
    String read(String path) {
        // Not by readString: its first read of what tells no size is of one byte, and some of
        // /proc/sys give nothing more after that.
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return new String(in.readNBytes(LARGEST_TEXT), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Opens it for reading and writing, and lets go of it. */
    Access open(String device) {
        try (FileChannel channel =
                FileChannel.open(
                        Path.of(device), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.isOpen() ? Access.OPEN : Access.DENIED;
        } catch (NoSuchFileException e) {
            return Access.ABSENT;
        } catch (IOException e) {
            return Access.DENIED;
        }
    }

    /**
     * Whether the libraries that speak to the kernel can be loaded.
     *
     * @throws LinkageError when not
     */
    int effectiveUid() {
        return LibC.geteuid();
    }

    /**
     * Whether a program could load that library.
     *
     * @throws LinkageError when JNA's own can't be
     */
    boolean hasLibrary(String file) {
        LibC.errno(); // which tells JNA's own trouble from a library that is missing
        try {
            NativeLibrary.getInstance(file).close();
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    /**
     * @throws IOException with the reason and the mend
     */
    void checkTapDriver() throws IOException {
        Tap.checkDriver();
    }

    /** What the process of a user port would be shut in by; takes a moment. */
    Enclosure.Kind enclosure() {
        return Enclosure.best(program("unshare"), program("setpriv"), true).kind();
    }

    /** A program of the system's. */
    Optional<Path> program(String name) {
        return Programs.find(name);
    }

    /** Rules for NAT whose TAP is gone. */
    List<String> leftTables() {
        try {
            return Nat.left();
        } catch (IOException | LinkageError e) {
            return List.of(); // other findings tell of what is missing
        }
    }

    /** Other programs' chains that drop what is forwarded. */
    List<String> droppingChains() {
        try {
            return Nat.dropping();
        } catch (IOException | LinkageError e) {
            return List.of();
        }
    }

    /** Rules that would keep guests from the servers of that TAP. */
    List<HostFirewall.Obstacle> firewall(String tap) {
        try {
            return HostFirewall.inTheWay(tap);
        } catch (IOException | LinkageError e) {
            return List.of();
        }
    }

    Optional<Path> bridgeHelper() {
        return KernelBridge.program();
    }

    boolean isSetuidRoot(Path program) {
        try {
            boolean setuid = ((Integer) Files.getAttribute(program, "unix:mode") & SETUID) != 0;
            return setuid && (Integer) Files.getAttribute(program, "unix:uid") == 0;
        } catch (IOException e) {
            return false;
        }
    }

    BridgeRules bridgeRules() {
        return BridgeRules.read(BridgeRules.place());
    }

    /** Those that tell their version. */
    List<Qemu> qemus() {
        List<Qemu> found = new ArrayList<>();
        for (Path program : Qemu.programs()) {
            try {
                found.add(Qemu.at(program));
            } catch (GuestException e) {
                // Something else of that name.
            }
        }
        return found;
    }
}

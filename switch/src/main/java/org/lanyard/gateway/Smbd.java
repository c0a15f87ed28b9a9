package org.lanyard.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.lanyard.slirp.SmbShare;
import org.lanyard.tapio.Account;
import org.lanyard.tapio.InetdProgram;

/**
 * Samba's smbd(8), one for each connection of a guest's, as QEMU starts it (net/slirp.c,
 * slirp_smb): it serves one directory to whoever connects, and all of its state is in a directory
 * of its own. It listens nowhere, starts no other process, and dies with the thread that started
 * it.
 *
 * <p>It runs as the user of the switch, or, where that is root, as an {@link SmbUser} with no right
 * more.
 */
public final class Smbd {
    private static final String NOBODY = "nobody";

    private static final String STATE = "/proc/self/fd/" + InetdProgram.DIRECTORY;

    private final Path program;
    private final List<String> arguments;
    private final Path state;

    private Smbd(Path program, List<String> arguments, Path state) {
        this.program = program;
        this.arguments = List.copyOf(arguments);
        this.state = state;
    }

    /**
     * Makes what it needs.
     *
     * @param state a directory that is made for it, in one that is the switch's alone
     * @throws IOException with a sentence for the user, when the directory can't be shared
     */
    public static Smbd prepare(SmbShare share, Path state) throws IOException {
        Path directory = share.directory();
        if (!Files.isDirectory(directory)) {
            throw new IOException("smb: there is no directory " + directory);
        }
        Path smbd =
                Programs.need(
                        "smbd",
                        "smb",
                        "samba; unless this host shares something itself: systemctl disable --now"
                                + " smbd nmbd");
        Path setpriv = Programs.need("setpriv", "smb", "util-linux");
        SmbUser user = SmbUser.of(directory);
        Files.createDirectory(
                state,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<String> words = new ArrayList<>(List.of("--pdeathsig", "KILL", "--no-new-privs"));
        if (user.isAnother()) {
            Account account = user.account();
            giveAway(state, account);
            words.addAll(Programs.asAnother("" + account.uid(), "" + account.gid(), "-all"));
        }
        Files.writeString(
                state.resolve("smb.conf"), configuration(directory, user.account().name()));
        List<String> test = new ArrayList<>(List.of(setpriv.toString()));
        test.addAll(words);
        test.addAll(List.of("test", "-r", directory.toString(), "-a", "-x", directory.toString()));
        Programs.Result tested = Programs.run("", test);
        if (tested.status() != 0) {
            String name = user.account().name();
            throw new IOException(
                    tested.said().isEmpty()
                            ? "smb: " + name + " may not read the directory " + directory
                            : "smb: nothing can be run as " + name + ": " + tested.said());
        }
        // -i: all in one process, which writes no log.
        words.addAll(List.of(smbd.toString(), "-i", "-s", STATE + "/smb.conf", "-l", STATE));
        return new Smbd(setpriv, words, state);
    }

    /** Without it smbd would have to run as root, which it never does. */
    private static void giveAway(Path state, Account to) throws IOException {
        try {
            Files.setAttribute(state, "unix:uid", to.uid());
        } catch (IOException e) {
            throw UserNamespace.mayNotGive("smb: smbd", to.name(), e);
        }
    }

    /** Guests need no password: who reaches the server is on their LAN. */
    static String configuration(Path directory, String user) {
        return String.join(
                "\n",
                "[global]",
                "private dir = " + STATE,
                "pid directory = " + STATE,
                "lock directory = " + STATE,
                "state directory = " + STATE,
                "cache directory = " + STATE,
                "ncalrpc dir = " + STATE + "/ncalrpc",
                "smb passwd file = " + STATE + "/smbpasswd",
                "security = user",
                "map to guest = Bad User",
                // Whoever may not write, as Samba sees it; it is never become.
                "guest account = " + (user.equals(NOBODY) ? "root" : NOBODY),
                "server min protocol = SMB2",
                "interfaces = 127.0.0.1",
                "bind interfaces only = yes",
                "disable netbios = yes",
                // Samba's daemon for it is any of these processes, whose end others do not survive.
                "change notify = no",
                "rpc start on demand helpers = no",
                "host msdfs = no",
                "load printers = no",
                "printing = bsd",
                "disable spoolss = yes",
                "usershare max shares = 0",
                "[" + SmbShare.NAME + "]",
                "path = " + directory,
                "read only = no",
                "guest ok = yes",
                "map archive = no",
                "force user = " + user,
                "");
    }

    /**
     * Starts one.
     *
     * @param connection of TCP; stays the caller's
     * @throws IOException when it can't be started
     */
    public InetdProgram serve(int connection) throws IOException {
        return InetdProgram.start(program, arguments, connection, state);
    }
}

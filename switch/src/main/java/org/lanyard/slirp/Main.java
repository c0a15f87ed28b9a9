package org.lanyard.slirp;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanyard.frame.Mac;
import org.lanyard.frame.StreamFormat;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.ErrnoException;
import org.lanyard.tapio.LibC;
import org.lanyard.tapio.PlainUnixSocket;
import org.lanyard.tapio.Region;

/**
 * The child process of a {@code user} port. It connects to the switch, gives up what it does not
 * need, and serves one network until its standard input ends. Each line there is a command, and is
 * answered by one line on standard output.
 *
 * <pre>
 *   ◀── ready UID                       once, to begin with
 *   ──▶ forward tcp::2222-:22 …         all forwards that there are to be
 *   ◀── done, or: refused SENTENCE      nothing has changed then
 *   ──▶ alive                           now and then
 *   ◀── alive TCP OTHER REFUSED PORT    flows, those refused so far, who was refused last
 *   ◀── who MAC                         at any time, for each of few at once
 *   ──▶ hairpin true                    no answer; whether guests reach forwards, true to begin with
 *   ──▶ guest MAC PORT                  no answer; "-" for a port that is not known
 *   ──▶ left PORT                       no answer; the guest there has gone
 * </pre>
 *
 * <p>All happens on the main thread, as libslirp wants it.
 */
public final class Main {
    public static final String SOCKET = "socket=";
    public static final String PARENT = "parent=";

    /** Where the switch takes connections to a shared directory's server. */
    public static final String SMB_SOCKET = "smb-socket=";

    /** Whether it was started in namespaces of its own; see {@link Cell}. */
    public static final String NAMESPACES = "namespaces=";

    /** In namespaces: the directory that it sees as /etc. */
    public static final String ETC = "etc=";

    /** Begins the line that says that it serves, and as which user. */
    public static final String READY = "ready ";

    public static final String DONE = "done";

    /** Begins the line that says why something can't be. */
    public static final String REFUSED = "refused ";

    public static final String FORWARD = "forward";

    /** Begins the answer to a question, and is the question. */
    public static final String ALIVE = "alive";

    public static final String WHO = "who ";
    public static final String GUEST = "guest";
    public static final String HAIRPIN = "hairpin";
    public static final String LEFT = "left";

    /** Flows of all guests together, of which one may have as many as it leaves free. */
    public static final int MOST_TCP = Flows.MOST_TCP;

    public static final int MOST_OTHER = Flows.MOST_OTHER;

    /** Guests' flows, and forwards and a few of our own. */
    static final int MOST_DESCRIPTORS = Flows.MOST_TCP + Flows.MOST_OTHER + 256;

    private static final int LONGEST_COMMAND = 64 << 10;
    private static final int STDIN = 0;

    private final PrintStream answers = System.out;
    private final PollSet polled = new PollSet(MOST_DESCRIPTORS);
    private final Region input = Region.allocate(LONGEST_COMMAND);
    private final FrameSocket frames;
    private final Flows flows;
    private final Stack stack;
    private int inputEnd;

    private Main(UserNetwork network, FrameSocket frames, SmbConnections smb) throws IOException {
        this.frames = frames;
        this.flows = new Flows(mac -> answer(WHO + Mac.format(mac)), network);
        this.stack = new Stack(network, polled, frames::send, smb, flows);
    }

    /** Ends the process: 0 when the switch is gone, 1 when it can't serve. */
    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments)));
    }

    private static int run(List<String> arguments) {
        try {
            Map<String, String> values = UserNetwork.values(arguments);
            UserNetwork network = UserNetwork.parse(arguments);
            Cell cell = Cell.of(values, network);
            LibC.setsid(); // a terminal's Ctrl-C is for the switch
            int fd = PlainUnixSocket.connect(UserNetwork.value(values, "socket"));
            // Loads and starts what is needed, before that can't be done any more.
            SmbConnections smb =
                    network.smb().isPresent()
                            ? SmbConnections.to(
                                    UserNetwork.value(values, "smb-socket"), cell.smbSeenAt())
                            : SmbConnections.NONE;
            Main main = new Main(cell.seen(network), new FrameSocket(fd), smb);
            warmUp();
            main.stack.left("none");
            cell.lock();
            main.answer(READY + LibC.geteuid());
            main.serve();
            return 0;
        } catch (UnsatisfiedLinkError e) {
            if (String.valueOf(e.getMessage()).contains(LibSlirpUnix.FIRST)) {
                return refuse("smb needs libslirp 4.2 or later; upgrade it: apt install libslirp0");
            }
            return refuse(
                    "this host has no "
                            + LibSlirp.FILE
                            + ", which a user port needs; install it: apt install libslirp0");
        } catch (IOException | IllegalArgumentException e) {
            return refuse(String.valueOf(e.getMessage()));
        }
    }

    /** Classes of our own that are wanted later: who is nobody may not read their files. */
    private static boolean warmUp() {
        HostForward forward = HostForward.parse("tcp:0.0.0.0:1-0.0.0.0:1");
        String text = new ErrnoException(forward.toString(), Errno.EPERM).getMessage();
        Flows.warmUp();
        Hairpin.warmUp();
        return StreamFormat.isPlausible(text.length()) && Mac.parse(Mac.format(1)) == 1;
    }

    private static int refuse(String sentence) {
        System.out.println(REFUSED + sentence);
        System.out.flush();
        return 1;
    }

    private void answer(String line) {
        answers.println(line);
        answers.flush();
    }

    private void serve() throws IOException {
        while (true) {
            polled.clear();
            int commands = polled.add(STDIN, PollSet.IN);
            int fromSwitch = polled.add(frames.fd(), frames.interest());
            boolean well = polled.await(stack.fill());
            stack.serve(well);
            if (polled.events(commands) != 0 && !command()) {
                return;
            }
            if ((polled.events(fromSwitch) & ~PollSet.OUT) != 0 && !frames.receive(stack::input)) {
                return;
            }
            frames.flush();
        }
    }

    /** Reads once; false when the switch has closed its end. */
    private boolean command() throws IOException {
        int room = LONGEST_COMMAND - inputEnd;
        if (room == 0) {
            throw new IOException("a command of over " + LONGEST_COMMAND + " bytes");
        }
        long read = LibC.read(STDIN, input.address() + inputEnd, room);
        if (read <= 0) {
            return false;
        }
        inputEnd += (int) read;
        ByteBuffer bytes = input.bytes();
        int start = 0;
        for (int at = inputEnd - (int) read; at < inputEnd; at++) {
            if (bytes.get(at) == '\n') {
                byte[] line = new byte[at - start];
                bytes.get(start, line);
                obey(new String(line, StandardCharsets.UTF_8));
                start = at + 1;
            }
        }
        bytes.put(0, bytes, start, inputEnd - start);
        inputEnd -= start;
        return true;
    }

    private void obey(String line) {
        String[] words = line.split(" ");
        try {
            if (words[0].equals(ALIVE)) {
                flows.askAgain();
                answer(ALIVE + " " + flows);
                return;
            }
            if (words[0].equals(GUEST) && words.length == 3) {
                flows.isOf(Mac.parse(words[1]), words[2]);
                return;
            }
            if (words[0].equals(HAIRPIN) && words.length == 2) {
                stack.hairpin(Boolean.parseBoolean(words[1]));
                return;
            }
            if (words[0].equals(LEFT) && words.length == 2) {
                stack.left(words[1]);
                return;
            }
            if (!words[0].equals(FORWARD)) {
                throw new IOException("'" + words[0] + "' is no command");
            }
            Set<HostForward> forwards = new LinkedHashSet<>();
            for (int i = 1; i < words.length; i++) {
                forwards.add(HostForward.parse(words[i]));
            }
            stack.forward(forwards);
            answer(DONE);
        } catch (IOException | IllegalArgumentException e) {
            answer(REFUSED + e.getMessage());
        }
    }
}

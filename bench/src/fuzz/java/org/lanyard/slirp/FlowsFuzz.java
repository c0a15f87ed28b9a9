package org.lanyard.slirp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.lanyard.frame.StreamFormat;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;
import org.lanyard.tapio.Region;

/**
 * Whatever guests send, and whichever sockets come of it: what is counted is what is open, resets
 * are frames, and nothing is left of what was closed.
 */
public final class FlowsFuzz {
    private static final UserNetwork NETWORK =
            UserNetwork.of(UserNetwork.DEFAULT_NETWORK, UserNetwork.DEFAULT_PREFIX);
    private static final Region FRAME = Region.allocate(StreamFormat.MAX_FRAME);

    private final Set<Long> asked = new HashSet<>();
    private final Flows flows = new Flows(asked::add, NETWORK);
    private final Map<Integer, Boolean> open = new HashMap<>();

    private FlowsFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        new FlowsFuzz().run(new Input(bytes));
    }

    private void run(Input input) {
        int nextFd = 3;
        while (!input.isEmpty()) {
            int kind = input.u8();
            switch (kind & 7) {
                case 0 -> flows.askAgain();
                case 1 -> answer("p" + (kind >>> 4));
                case 2 -> close(3 + input.u8());
                case 3 -> leave("p" + (kind >>> 4));
                case 4 -> {
                    boolean listens = (kind & 8) != 0;
                    flows.listening(listens);
                    opened(nextFd++, listens, true);
                    flows.listening(false);
                }
                default -> {
                    byte[] frame = input.frame(2000);
                    FRAME.bytes().put(0, frame);
                    if (frame.length > 0 && flows.admits(FRAME.address(), frame.length)) {
                        Headers headers = Headers.of(FRAME.address(), frame.length);
                        for (int i = kind >>> 3 & 3; i > 0; i--) {
                            opened(nextFd++, false, headers.isTcp());
                        }
                        flows.passed();
                    }
                }
            }
            compare();
        }
        Set.copyOf(open.keySet()).forEach(this::close);
        while (!asked.isEmpty()) {
            answer("-");
        }
        compare();
    }

    private void opened(int fd, boolean listens, boolean tcp) {
        flows.opened(fd);
        flows.mayPoll(fd);
        if (!listens) {
            open.put(fd, tcp);
        }
    }

    private void close(int fd) {
        flows.closed(fd);
        open.remove(fd);
    }

    private void answer(String port) {
        asked.stream()
                .findFirst()
                .ifPresent(
                        mac -> {
                            asked.remove(mac);
                            flows.isOf(mac, port);
                        });
    }

    private void leave(String port) {
        flows.left(
                port,
                new Flows.Ending() {
                    @Override
                    public void send(byte[] frame) {
                        Check.that(frame.length >= 14 + 40 && frame.length <= 128 + 20, "a reset");
                        FRAME.bytes().put(0, frame);
                        Check.that(
                                Headers.of(FRAME.address(), frame.length).isTcp(),
                                "a reset that is no TCP segment");
                    }

                    @Override
                    public void shutDown(int fd) {
                        Check.that(open.getOrDefault(fd, false), "fd " + fd + " is no TCP flow's");
                        close(fd);
                    }
                });
    }

    private void compare() {
        long tcp = open.values().stream().filter(isTcp -> isTcp).count();
        String told = flows.toString();
        Check.that(
                told.startsWith(tcp + " " + (open.size() - tcp) + " "),
                told + ", not " + tcp + " of TCP and " + (open.size() - tcp) + " others");
    }
}

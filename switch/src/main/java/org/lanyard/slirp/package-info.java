/**
 * The rootless way out: the child process of a {@code user} port, and what it serves as values.
 *
 * <pre>
 *                      the switch                ┊            the child, one for each user port
 *                                                ┊
 *   guests ─▶ worker ─▶ StreamPort ◀─ [len|frame]… ─▶ FrameSocket ◀─▶ Stack ◀─ JNA ─▶ libslirp
 *                                                ┊                                      │
 *   UserAttachment ── forward tcp::2222-:22 ─▶ stdin ── Main ─┐                     sockets of
 *                  ◀─ ready, done, alive, who ─ stdout         │                     an ordinary
 *                  ◀── the log ────────────── stderr          └ PollSet: poll(2)    user
 * </pre>
 *
 * <p>libslirp, the C library behind QEMU's {@code -netdev user}, turns the guests' TCP connections
 * and UDP datagrams into sockets of an ordinary user, and answers ARP, DHCP, DNS, TFTP and ping
 * itself. It parses whatever guests send, so it is not in the switch: {@link
 * org.lanyard.slirp.Main} is a process of its own. To the switch it is one more stream port.
 *
 * <p>libslirp itself and not libvdeslirp, a smaller interface in front of it: that one runs it on a
 * thread of its own behind a socket pair, which is one hop and one copy more for each frame, and
 * hides its answers. Here one thread calls the library and is called back by it.
 *
 * <p>The child connects to a socket in the runtime directory, which only its owner can reach, and
 * the switch takes it only from the process that it started: Java lets no other descriptor be
 * inherited than the three standard ones. It was started in namespaces of its own, or under
 * Landlock ({@link org.lanyard.tapio.Enclosure}); before it takes the first frame it shuts itself
 * in ({@link org.lanyard.slirp.Cell}, {@link org.lanyard.tapio.Confinement}), all of which holds
 * for good:
 *
 * <pre>
 *                    in namespaces                        without
 *   files            an empty root: the name servers,     Landlock: Java and libraries; the main thread
 *                    tftp and smb, all read-only          (Linux 7: all) resolv.conf and tftp only
 *   processes        none in its pid namespace            Landlock: no signal, no trace beyond itself
 *   abstract sockets none: Landlock; no unix socket at all, but with smb, which the kernel then
 *                    connects to what it sees: one        connects to whatever its user may
 *   user             root becomes nobody, and keeps the right to listen below port 1024
 *   rights           none on this host; another user's    none but that one
 *                    threads keep theirs to its own
 *                    namespaces, of which no call is left
 *   system calls     a list: no program, process, namespace, mount, key, other family of sockets
 *   limits           no file, no core, 2304 descriptors, 640 MiB; not dumpable; no new privileges
 * </pre>
 *
 * <p>The network is the host's: that is what it is for. What {@code tftp} names must be readable
 * for all where root runs the switch. Where /etc/resolv.conf is replaced and there are no
 * namespaces, it is started again, for Landlock shows it the old file only. It dies with the
 * switch, by SIGKILL and by the end of its standard input. The control socket refuses it, whatever
 * uid it has.
 *
 * <p>No guest takes all of the sockets that there may be, and a departed one's connections end: see
 * {@link org.lanyard.slirp.Flows}. The child asks which port of the switch an address is behind,
 * and is told when a port has gone. It is asked whether it is alive every few seconds; one that
 * does not say so is killed and started again.
 *
 * <p>What guests send to the server of a shared directory is for an smbd, and the child may start
 * none:
 *
 * <pre>
 *   libslirp ─ connects ─▶ socket of the switch's ─▶ control.UserShare ─▶ smbd, one a connection
 *      │          ▲ one end of a TCP connection, by SCM_RIGHTS                 │ standard input
 *      └── the other end, which SmbConnections puts in that socket's place ────┘
 * </pre>
 *
 * <p>So the switch sees none of their bytes, and nobody else can reach an smbd.
 *
 * <p>The switch uses {@link org.lanyard.slirp.UserNetwork}, {@link org.lanyard.slirp.HostForward}
 * and {@link org.lanyard.slirp.SmbShare} only, and never loads the library.
 */
package org.lanyard.slirp;

/**
 * The switch as a process: one thread, {@code lanyard-control}, that accepts, dials, answers and
 * keeps time. It allocates freely and never touches a frame.
 *
 * <pre>
 *   control.sock ──▶ RpcServer ── RpcConnection ──▶ RpcMethods ──┐  PortMethods, FdbMethods
 *                                      ▲                        ▼
 *                                      ├────── Events ◀──── Switch ──▶ Fabric (counters, FDB)
 *                                      └──── Captures ◀══ rings of capture.Capture ══ workers
 *   guests.sock ──▶ ListeningPort ─┐                           ││
 *   other switch ◀── DialledPort ──┼── Attachment ◀── Ports ◀──┘│ 1 s: age the FDB, PortWatch
 *   HostTap, BridgeTap, ┐               │   │                   │
 *   Host-, OwnMacvtap ─ TapAttachment ──┤   │                   │
 *   network card ──▶ PacketAttachment ──┤   │                   │
 *   libslirp ◀ UserChild ◀ UserAttachment   │                   │
 *                                           ▼                   ▼
 *                     Worker.adopt / change / retire        log, rate-limited
 *                     ◀── plugged / departed
 *
 *   UserShare: the directory that a user port shares, an smbd for each connection.
 *   Enclosures: what its process is shut in by; NameServers: the host's, for who sees no files of it.
 *   HostLoopback: whether guests reach servers there where nothing is said.
 *   LatePorts: those whose interface a port that leaves has still.
 *   TapGateway: what the host does for those behind its TAP, by the room gateway.
 *   Errands: threads for what may wait; Lane: those of one port, one after another, with deadlines.
 *   Notices: what the service manager has no room for yet.
 *   ControlLoop: epoll over all these descriptors, timers, and an MPSC ring for other threads.
 *   RuntimeDir: where the sockets are, the pid file and its lock. Access: who may do what;
 *   SocketAccess: who reaches guests' sockets.
 *   RpcMethod: a method with what it takes and needs; conf/RPC.md is held against these.
 *   ClientPool: places and memory, root's and the owner's apart from all others'. Rounds: who is
 *   answered next, and for how long; Share: a part of this thread's time. Exchange: one line.
 *   Supervisor: systemd, told how the switch is (Watchdog, too); Listeners takes its sockets.
 * </pre>
 *
 * <p>Everything here happens on the control thread unless a method says otherwise. What a guest or
 * a client of the control socket can make happen is bounded: connections, bytes kept, lines logged.
 */
package org.lanyard.control;

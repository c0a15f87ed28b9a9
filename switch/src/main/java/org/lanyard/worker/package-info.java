/**
 * Data-plane threads. A worker owns its ports, its slab and its backlogs outright.
 *
 * <pre>
 *                     ┌────────────────────── lanyard-data-N ───────────────────────┐
 *   control ─command─▶│ MPSC ring ─▶ adopt / change / retire / stop                  │
 *     │      doorbell │                                                             │
 *     └──────────────▶│ sleep ─▶ port readable: fill ─▶ Intake: parse, forward, flush│
 *                     │       ├▶ port writable: drain     ▲                         │
 *                     │       └▶ timer: Wires: what is due┘                         │
 *                     └───────────────────────────────┬─────────────────────────────┘
 *   control ◀── departed(port, why): the fd is let go ─┘
 * </pre>
 *
 * <p>A port that somebody captures has a {@link org.lanyard.port.Recorder}, which copies its frames
 * to rings without waiting; {@link org.lanyard.worker.Worker#ask} has it set.
 *
 * <p>A turn takes what epoll reports (level-triggered), one read's worth from each readable port,
 * and sends it on before the next port is read. With nothing to do the thread sleeps in epoll; a
 * doorbell is rung for it only if it has said that it sleeps ({@link org.lanyard.tapio.Sleeper}).
 *
 * <p>Where there are several workers, each port belongs to one of them. Frames for another's port
 * are not written but handed over: a parcel lists runs of a slab, an SPSC ring for each ordered
 * pair carries it, and it goes home by an MPSC ring when its runs were sent or kept.
 *
 * <pre>
 *   worker 0: fill ▶ slab ▶ forward ─┬▶ own ports
 *                ▲                   └▶ Parcel ══SPSC══▶ worker 1 ─▶ its ports
 *                └────────── slab free again ◀══MPSC═════════┘
 * </pre>
 *
 * <p>A slab that is lent is not filled; a worker has several, and one whose slabs are all lent
 * waits for the doorbell. A parcel is never waited for: when all are under way the frame is dropped
 * and counted ({@code worker-busy}), so two workers can't wait for each other. Frames of one flow
 * have one ingress and one egress, hence one way, and stay in order.
 *
 * <p>A connection is never closed with its data unread: QEMU would keep stale state and its guest's
 * transmit side would stay dead. A port that departs is unplugged, then read to quiet and its
 * backlog sent, within a deadline; only then is its descriptor let go.
 */
package org.lanyard.worker;

/**
 * Data-plane threads. A worker owns its ports, its slab and its backlogs outright.
 *
 * <pre>
 *                     ┌────────────────────── lanyard-data-N ───────────────────────┐
 *   control ─command─▶│ MPSC ring ─▶ adopt / retire / stop                           │
 *     │      doorbell │                                                             │
 *     └──────────────▶│ epoll ─▶ port readable: fill ▶ parse ▶ forward ▶ flush       │
 *                     │       └▶ port writable: drain                               │
 *                     └───────────────────────────────┬─────────────────────────────┘
 *   control ◀── departed(port, why): the fd is let go ─┘
 * </pre>
 *
 * <p>A turn takes what epoll reports (level-triggered), one read's worth from each readable port,
 * and sends it on before the next port is read. With nothing to do the thread sleeps in epoll; a
 * doorbell is rung for it only if it has said that it sleeps.
 *
 * <p>A connection is never closed with its data unread: QEMU would keep stale state and its guest's
 * transmit side would stay dead. A port that departs is unplugged, then read to quiet and its
 * backlog sent, within a deadline; only then is its descriptor let go.
 */
package org.lanyard.worker;

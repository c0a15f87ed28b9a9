/**
 * Ports: where frames enter and leave, and where they wait when somebody reads too slowly.
 *
 * <pre>
 *      fd ──read──▶ fill(slab) ─────────────▶ the worker parses and forwards
 *                     ▲ half a frame, kept for the next read
 *
 *      Outbox: runs per egress                     nothing waits: writev straight from the slab
 *        run  run  run ──transmit(outbox)──▶ ┬────────────────────────────────────────▶ fd
 *                                            │ what the kernel did not take             ▲
 *                                            └──copy──▶ Backlog [chunk][chunk] ──drain──┘ EPOLLOUT
 *                                                          │ full
 *                                                          ▼
 *                                                      tail drop, counted at this port
 * </pre>
 *
 * <p>A <em>run</em> is a piece of slab with whole frames in stream format that leave by the same
 * port: the unit of egress. Only back-pressure copies; no port waits for another; a frame that was
 * written in part is finished before anything else. A port, its backlog and its half frame belong
 * to one worker thread; its counters are read by any.
 *
 * <p>Whoever captures is shown frames at the descriptor: what {@code fill} brought, before it is
 * parsed any further than into frames, and what {@code transmit} wrote or kept, not what it
 * dropped.
 *
 * <p>A TAP and a network card take and give {@link org.lanyard.frame.SuperFrame}s, frame by frame
 * with a vnet header each: a {@code FramePort}. {@link org.lanyard.port.Segmenting} cuts them up
 * before they get to a port that does not.
 *
 * <p>Between a port and its other end there may be an impaired {@link org.lanyard.port.Wire} each
 * way: what the port read passes it before it is forwarded, what was forwarded before it is sent.
 *
 * <p>Memory per port: one chunk for half a frame, and a backlog and two wires' queues of at most
 * their limits, out of the worker's {@link org.lanyard.port.ChunkPool}.
 */
package org.lanyard.port;

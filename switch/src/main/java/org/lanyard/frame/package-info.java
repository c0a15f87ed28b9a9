/**
 * Frames as the whole switch sees them: bytes in a slab, and where each one stands.
 *
 * <pre>
 *   Slab    [len|frame][len|frame][len|fra…            …][len|frame 0 0]…
 *            ◀──── read area: what a port filled ────▶    ◀─ scratch: frames that had to change ─▶
 *                  │            │                              │
 *   Burst     offset,length  offset,length  …            offset,length
 * </pre>
 *
 * <p>The format is that of QEMU's stream sockets (net/stream.c, net_fill_rstate): a 4-byte
 * big-endian length, then the frame, without FCS. {@link org.lanyard.frame.StreamFormat} reads it
 * and is the only place that believes a length from outside, after checking it. Every frame that
 * leaves it has at least 60 bytes, for a guest must not see less (IEEE 802.3, 4.2.3.3: minimum
 * frame size less FCS).
 *
 * <p>A slab and its burst belong to one thread at a time.
 */
package org.lanyard.frame;

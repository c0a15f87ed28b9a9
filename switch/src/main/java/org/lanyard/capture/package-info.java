/**
 * Captures: copies of the frames that pass ports, on their way to whoever asked, as pcapng.
 *
 * <pre>
 *   data-plane thread                              control thread
 *   Port ─▶ PortRecorder ─┬▶ Sight ─▶ FrameRing ═SPSC═▶ Capture ─▶ Pcapng ─▶ batch ─▶ control.sock
 *    reads, writes        │   │          (one for each            │
 *                         │   └ full? counted, not waited for     └ one interface for each port,
 *                         └▶ Sight of another capture …             oldest frame of all rings first
 * </pre>
 *
 * <p>A port is seen at its descriptor, outside of its impaired wire: inbound is what was read,
 * padded to 60 bytes, before any rule; outbound what was written or waits in the backlog to be.
 * Without a capture a port has no recorder, and a burst pays for one look at that.
 *
 * <p>Memory per capture: one ring for each worker, and one batch. What a ring has no room for is
 * missed by that capture alone, and counted; frames are not held up by it, nor are others'
 * captures.
 *
 * <p>Format: draft-ietf-opsawg-pcapng.
 */
package org.lanyard.capture;

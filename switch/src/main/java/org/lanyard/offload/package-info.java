/**
 * What a network card with offloads does, in software: checksums, cutting up and putting together.
 *
 * <pre>
 *   TAP, card ──▶ VirtioHeader ─▶ plain frame, its checksum completed (Checksum)
 *                       ├───────▶ in a tunnel ─▶ IntakeCutter ─▶ plain frames
 *                       └───────▶ super-frame ──┬──▶ another of them: as it is
 *                                               └──▶ a guest: Segmenter, into the slab's scratch
 *   guests' frames ──▶ Coalescer ─▶ HeldFlow: one super-frame, by writev from the slab ──▶ TAP, card
 *                          └──────▶ HeldFlow: another flow's
 *
 *   Headers: where network, transport and payload begin in a frame that somebody else wrote
 *   Encapsulation: what is in a tunnel; PieceWriter: one piece, its headers made right
 * </pre>
 *
 * <p>A super-frame is up to 64 KiB of one TCP or UDP flow under one header; the kernel gives and
 * takes such frames with a {@code struct virtio_net_hdr} in front (Virtual I/O Device 1.2, 5.1.6;
 * linux/virtio_net.h; drivers/net/tun.c). That header tells what is to be cut, and where that
 * begins only by where a checksum is to be completed; the frame's own headers have to lead there,
 * through tunnels too, or it is dropped and counted as {@code not-segmented}. What becomes of what:
 *
 * <table>
 * <caption>Super-frames, and checksums left undone</caption>
 * <tr><th>TCP over IPv4 and IPv6, UDP (USO)</th><td>whole to who takes it, else cut</td></tr>
 * <tr><th>the same in VXLAN (with policies, GPE), Geneve, GRE (with checksum, key), IP in IP of
 * either version, bare IP over UDP, in one another</th><td>cut where it is read: the kernel would
 * take the whole for a plain super-frame, and lose it without a word</td></tr>
 * <tr><th>GRE with sequence numbers</th><td>dropped: the next numbers are taken</td></tr>
 * <tr><th>VXLAN with remote checksums, GUE, MPLS, PPPoE, ESP, AH, what is not known</th><td>dropped
 * </td></tr>
 * <tr><th>SCTP super-frames, UFO</th><td>dropped: no vnet header describes the one, and nobody asks
 * for the other</td></tr>
 * <tr><th>SCTP's checksum</th><td>completed, a CRC32c (RFC 9260)</td></tr>
 * <tr><th>UDP-Lite</th><td>passes: its sender's kernel completes the checksum itself</td></tr>
 * <tr><th>IPv6 routing headers of types 0, 2 and 4 (SRH)</th><td>as without: the checksum is over
 * the last destination. Others with segments left are dropped</td></tr>
 * <tr><th>CWR, said to be an answer to ECN (RFC 3168)</th><td>whole, or cut: in the first piece
 * </td></tr>
 * <tr><th>CWR, not said to be that: Accurate ECN (RFC 9768)</th><td>cut where it is read, in each
 * piece: the kernel has no word for it in the vnet header, and would clear it</td></tr>
 * </table>
 *
 * <p>All of it reads hostile bytes: every field is checked against the frame's end before it is
 * used.
 */
package org.lanyard.offload;

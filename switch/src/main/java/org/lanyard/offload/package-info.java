/**
 * What a network card with offloads does, in software: checksums, cutting up and putting together.
 *
 * <pre>
 *   TAP, card ──▶ VirtioHeader ─▶ plain frame, its checksum completed (Checksum)
 *                       └───────▶ super-frame ──┬──▶ another of them: as it is
 *                                               └──▶ a guest: Segmenter, into the slab's scratch
 *   guests' frames ──▶ Coalescer ─▶ HeldFlow: one super-frame, by writev from the slab ──▶ TAP, card
 *                          └──────▶ HeldFlow: another flow's
 *
 *   Headers: where network, transport and payload begin in a frame that somebody else wrote
 * </pre>
 *
 * <p>A super-frame is up to 64 KiB of one TCP or UDP flow under one header; the kernel gives and
 * takes such frames with a {@code struct virtio_net_hdr} in front (Virtual I/O Device 1.2, 5.1.6;
 * linux/virtio_net.h; drivers/net/tun.c). All of it reads hostile bytes: every field is checked
 * against the frame's end before it is used.
 */
package org.lanyard.offload;

/**
 * What other programs of the host's do for guests: behind its TAP they let them out and give them
 * addresses and files, behind a user port they share a directory.
 *
 * <pre>
 *   config.Gateway ─┬─ nat ───────▶ Nat ──▶ nft: a table of the TAP's own, inet lanyard-&lt;TAP&gt;
 *                   │                │ └─ NatRules: its text      HostChains: what others have
 *                   │                └──▶ Forwarding ──▶ /proc/sys/net/…
 *                   └─ dhcp, tftp ▶ Dnsmasq ──▶ setpriv ──▶ dnsmasq, for what comes in by the TAP
 *                                      ▲
 *                                      │ starts it again when it died
 *                              control.TapGateway
 *   slirp.SmbShare ── control.UserShare ─▶ Smbd ──▶ setpriv ──▶ smbd, one for each connection
 * </pre>
 *
 * <p>All is the work of other programs, found by {@code Programs}; nothing here sees a frame. What
 * a killed switch leaves is little: dnsmasq and smbd die with the thread that started them, and the
 * table is removed by the next start of a switch that has a TAP, or as the doctor says. {@code
 * SmbUser} is as whom smbd runs, and {@code FileTree} removes what that user may change.
 *
 * <p>The table of a TAP with nat says who reaches whom:
 *
 * <pre>
 *              input                       forward                         postrouting
 *   guest ──▶ gateway, host      ──▶ other guests, other TAPs  ✗ (hairpin)
 *                                ──▶ beyond                                ──▶ masquerade ──▶
 *                                    under a foreign address   ✗
 *   others ─▶ gateway    ✗       ──▶ guests: answers only
 *             host               ──▶ each other                            ──▶ fence ✗
 * </pre>
 *
 * <p>The fence is in it where nobody else has the host forward. That is known by its being there:
 * who finds a fence has one too, and who takes the last one back, or a killed switch's, switches
 * forwarding off again. Tables of several TAPs need not know of each other: what one lets out is
 * translated, which every fence lets pass.
 *
 * <p>{@code HostFirewall} tells which rules of the host's own keep guests from these servers, by
 * {@code InputRules}, which follows a packet through them.
 *
 * <p>One thread at a time, except where a method says otherwise: that of the port's errands, for
 * each of these programs may take its time.
 */
package org.lanyard.gateway;

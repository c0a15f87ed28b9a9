/**
 * What the host does for the guests behind its TAP: lets them out, gives them addresses and files.
 *
 * <pre>
 *   config.Gateway ─┬─ nat ───────▶ Nat ──▶ nft: a table of the TAP's own, inet lanyard-&lt;TAP&gt;
 *                   │               Forwarding ──▶ /proc/sys/net/…
 *                   └─ dhcp, tftp ▶ Dnsmasq ──▶ setpriv ──▶ dnsmasq, bound to the TAP
 *                                      ▲
 *                                      │ starts it again when it died
 *                              control.TapGateway
 * </pre>
 *
 * <p>All is the work of other programs, found by {@code Programs}; nothing here sees a frame. What
 * a killed switch leaves is little: dnsmasq dies with the thread that started it, and the table is
 * removed by the next start of a switch that has a TAP, or as the doctor says.
 *
 * <p>One thread: the control thread, except where a method says otherwise.
 */
package org.lanyard.gateway;

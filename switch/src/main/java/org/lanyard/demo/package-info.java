/**
 * The demonstration: real guests on a real switch, on a machine whose own network is left alone.
 *
 * <pre>
 *        ┌── network namespace of its own, gone with the switch ──┐
 *        │   dnsmasq ── TAP lan0 10.77.0.1/24                     │
 *        │                  │                                     │
 *        │             lanyard switch                             │
 *        └──────────────────┼─────────────────────────────────────┘
 *                     guests.sock (unix)
 *            ┌──────────────┼──────────────┐
 *       Linux guest    Linux guest    U-Boot guest (aarch64)
 *        10.77.0.11     10.77.0.12     by DHCP
 * </pre>
 *
 * <p>Each step is told as it happens, and the last word is success only if frames really crossed.
 */
package org.lanyard.demo;

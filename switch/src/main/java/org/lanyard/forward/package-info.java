/**
 * The switch core: which frame goes where. It knows ports, not descriptors, and is handed the time.
 *
 * <pre>
 *   Burst ──▶ Forwarder ──────────────────────────────────────────────▶ Outbox ──▶ ports
 *               │  per frame: valid source? ─▶ learn ─▶ look up ─▶ run of one egress, or of all
 *               │                               │        │            │
 *               │                               ▼        ▼            ▼
 *               │                              Fdb (MAC + VLAN)     Topology (ports now plugged in)
 *               ▼                               ▲ age, flush         ▲ plug, unplug
 *          DropReason at the ingress port       └────── Fabric ──────┘
 * </pre>
 *
 * <p>A Forwarder belongs to one worker thread. The {@link org.lanyard.forward.Fdb} is shared: its
 * lookups take no lock, its learning takes one only if it is free. The {@link
 * org.lanyard.forward.Fabric} publishes a new immutable topology at each plug and unplug, which
 * forwarders read once per burst.
 *
 * <p>Rules: IEEE 802.1Q-2022, 8.6 (the forwarding process), 8.7 (learning), 8.8 (the FDB). All
 * ports are in VLAN 1 for now; a tag is payload.
 */
package org.lanyard.forward;

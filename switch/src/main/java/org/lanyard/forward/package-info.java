/**
 * The switch core: which frame goes where. It knows ports, not descriptors, and is handed the time.
 *
 * <pre>
 *   Burst ──▶ Forwarder ──────────────────────────────────────────────▶ Outbox ──▶ ports
 *               │  per frame: valid source? ─▶ learn ─▶ look up ─▶ run of one egress, or of all
 *               │                               │        │            │
 *               │                               ▼        ▼            ▼
 *               │                              Fdb (MAC + VLAN)     Topology (ports now plugged in)
 *               │                               ▲ age, flush         ▲ plug, unplug
 *               │                               └────── Fabric ──────┘
 *               ▼ where any port has a policy
 *      PolicyForwarder:  VLAN ─▶ mirror ─▶ limit ─▶ source ─▶ learn ─▶ look up ─▶ storm
 *                                             ─▶ egress: VLAN, isolation, flooding ─▶ tag ─▶ mirror
 * </pre>
 *
 * <p>A Forwarder belongs to one worker thread. The {@link org.lanyard.forward.Fdb} is shared: its
 * lookups take no lock, its learning takes one only if it is free; what changes there a {@link
 * org.lanyard.forward.FdbJournal} is told while somebody listens. The {@link
 * org.lanyard.forward.Fabric} publishes a new immutable topology at each plug and unplug, which
 * forwarders read once per burst.
 *
 * <p>Where no port has a {@link org.lanyard.policy.PortPolicy}, all is one LAN and a tag is
 * payload: that way pays for none of the rest.
 *
 * <p>A frame whose tag changes is copied into the slab's scratch in the form that it leaves in,
 * once for each form: so neighbours stay one run, which two pieces for each frame (a new header and
 * the untouched rest) would not. Scratch is bounded: a copy that it has no room for is dropped, and
 * counted at the port that was to have it.
 *
 * <p>Who counts what: the port by which a frame came in counts it as received, and as dropped where
 * a rule refuses it; the port that it was for counts as dropped what it could not take, a mirror
 * its copies. So for each frame and each port that it was for, one port counts it sent or dropped.
 *
 * <p>Rules: IEEE 802.1Q-2022, 8.6 (the forwarding process), 8.7 (learning), 8.8 (the FDB).
 */
package org.lanyard.forward;

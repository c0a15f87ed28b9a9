/**
 * What a port may do, as values: immutable, without a thread, handed to a port before it is plugged
 * in.
 *
 * <pre>
 *   config ──makes──▶ PortPolicy ──▶ Port ──▶ Topology ──▶ Forwarder
 *                      │
 *                      ├ Vlans        in which it is, and how their frames look on its wire
 *                      ├ Flooding     what leaves by it unasked
 *                      ├ Learning     how many addresses are behind it, and how they stick
 *                      ├ Limits       how much may come in, leave, and be flooded
 *                      ├ Mirror       what it gets copies of
 *                      ├ Impairment   what its wire does to them, each way
 *                      └ isolated, transparent, allowed sources
 *
 *            port's wire            in the switch           port's wire
 *   access   untagged          ──▶  VLAN = access      ──▶  untagged
 *   trunk    tag type + VID    ──▶  VLAN = VID         ──▶  tag type + VID
 *            untagged          ──▶  VLAN = native      ──▶  untagged
 *   tunnel   anything, tags    ──▶  VLAN = tunnel      ──▶  as it came in, tags and all
 *            are payload
 * </pre>
 *
 * <p>Rules: IEEE 802.1Q-2022, 6.9 (tags), 8.6.2 (ingress), 8.6.4 (egress).
 */
package org.lanyard.policy;

/**
 * The comparison with peers: the same load on one candidate after the other, and the medians go
 * into a table.
 *
 * <pre>
 *   Compare ──▶ Suite ── Group ── for each Trial, repeat × (candidates in turn):
 *    Synthetic ·  │
 *    Guest · Tap  │ starts once                        Load.attach … measure … close
 *                 ▼                                               │
 *             Candidate ◀══════ its target ═══════ LoadGenerator  │  synthetic: src/main/c/loadgen.c
 *   ByteRelay · DirectCable ·                      GuestPair      │  two real guests, kept for some turns
 *   LanyardSwitch · VdeSwitch ·                    NamespacePair  │  two network namespaces
 *   OpenVSwitch · TapBridge, VethBridge                  │        ▼
 *                                                  Iperf, Host  Measurement
 *                                                                 ▼
 *                                         Outcome ──▶ Report (Markdown), Plot (SVG)
 *
 *   two guests:   Host ── Cable ── candidate ── Cable ── Host     Cable: which -netdev a target needs
 *   two TAPs:     Host ══ end0 ══ candidate ══ end1 ══ Host       TapLab: three namespaces
 * </pre>
 *
 * <p>Attacks are judged by the same ratios, in turns on two switches:
 *
 * <pre>
 *   AttackCommand ──▶ AttackTrial ──▶ Scene: a switch, attacked or calm ◀── Attack, its Attackers
 *                         │  Probe: the pair's window                        or as many that burn CPU
 *                         ▼
 *                     AttackResult ──▶ AttackReport (Markdown)
 * </pre>
 *
 * <p>Figures are ratios within one run: sender, switch and receiver share the machine's cores, so
 * what a machine delivers says little, and what two candidates deliver in turns on it says much.
 * The synthetic guests are C, because the floor is too: a JVM in their place would be the first to
 * saturate. Nothing depends on this module.
 */
package org.lanyard.bench;

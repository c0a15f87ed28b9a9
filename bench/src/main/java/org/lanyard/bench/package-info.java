/**
 * The comparison with peers: the same synthetic guests load one candidate after the other, and the
 * medians go into a table.
 *
 * <pre>
 *   Compare ──▶ SyntheticSuite ── for each Trial, repeat × (candidates in turn):
 *                    │
 *                    │ starts once, pins before each turn          runs, reads one line of JSON
 *                    ▼                                                      ▼
 *               Candidate ◀════════ unix sockets ════════════ LoadGenerator (src/main/c/loadgen.c)
 *      Relay (relay.c) · Lanyard · vde_switch                               │
 *                                                                     Measurement
 *                                                                           ▼
 *                                                       Outcome ──▶ Report (Markdown), Plot (SVG)
 * </pre>
 *
 * <p>Figures are ratios within one run: sender, switch and receiver share the machine's cores, so
 * what a machine delivers says little, and what two candidates deliver in turns on it says much.
 * The synthetic guests are C, because the floor is too: a JVM in their place would be the first to
 * saturate. Nothing depends on this module.
 */
package org.lanyard.bench;

/**
 * The command line: words in, tables or JSON out, and an exit code.
 *
 * <pre>
 *   lanyard ─┬─ run ─────────────▶ control.Switch (in this process)
 *            ├─ start ─spawns─▶ lanyard run, in a session of its own; waits until it is ready
 *            ├─ stop, restart, reload, status, port, fdb, vlan, mirror, config, attach
 *            ├─ events, capture (pcapng, or a line for each frame), top (Screen, or tables)
 *            │                                         ──JSON-RPC──▶ control.sock
 *            ├─ mac, completion (complete answers the shells)
 *            ├─ doctor ──────────▶ doctor.Doctor (this host)
 *            └─ demo ────────────▶ demo.Demo (real QEMU guests)
 * </pre>
 *
 * <p>Exit codes: 0 done, 1 failed, 2 usage, 3 no such running switch, 4 invalid configuration.
 * Commands that only talk to a switch load no native library. The build runs Rehearsal, which names
 * the classes for an archive that makes starts quicker, and ManPages.
 */
package org.lanyard.cli;

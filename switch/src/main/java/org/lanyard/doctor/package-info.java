/**
 * What this host can do for a switch and its guests, and the mend for what it can't.
 *
 * <pre>
 *   Host (files of /proc and /dev, QEMU, the TAP driver, the environment)
 *     │
 *     ▼
 *   Doctor, WaysOut ── one check a subject ──▶ Finding: subject, verdict, what was found, the mend
 * </pre>
 *
 * <p>Looking changes nothing: no TAP is made, no directory, and no guest is booted.
 */
package org.lanyard.doctor;

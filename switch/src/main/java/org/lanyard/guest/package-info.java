/**
 * Real QEMU guests, for the demonstration, the integration tests and the benchmarks. Nothing here
 * knows the switch: a guest has network cards, and each card has whatever {@code -netdev} it was
 * given.
 *
 * <pre>
 *   LinuxGuest.run("ping …")            UBootGuest.run("dhcp")
 *          │   one command, between markers    │
 *          └──────────────┬────────────────────┘
 *                    QemuProcess ── a process, killed by its pid at close, or when this JVM ends
 *                      │      ▲
 *                 stdin│      │stdout: the guest's serial console, and QEMU's own complaints
 *                      ▼      │
 *                     Console ─ a reader thread, a bounded transcript, expect(text, timeout)
 *
 *   GuestImage ─ kernel and initrd that the script `guest-image` made      (which guest)
 *   Qemu       ─ the program, its version; KVM where it works, else TCG    (which machine)
 *   Nic        ─ a raw -netdev argument, a device model, a MAC             (which cable)
 * </pre>
 *
 * <p>All waits have a limit. Whatever goes wrong is a {@link org.lanyard.guest.GuestException} that
 * ends with the last lines of the console.
 */
package org.lanyard.guest;

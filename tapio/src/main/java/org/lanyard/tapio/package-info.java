/**
 * Everything that touches the kernel, and nothing that knows what a switch is.
 *
 * <pre>
 *                 +----------------------------- a program ----------------------------+
 *                 |                                                                    |
 *   once per      |  Endpoint ──▶ StreamListener ──▶ Connection      Tap ── RtNetlink    |
 *   connection    |  "unix:…"     StreamConnector    (owns its fd)   (owns its fd)      |
 *                 |  "tcp:…"            │                 │              │               |
 *                 +---------------------┼-----------------┼--------------┼---------------+
 *                                  jnr-unixsocket         │ fd           │ fd
 *                                  and LibC               ▼              ▼
 *   per burst       Epoll, Sleeper, Doorbell, Timer, Nap ── LibC.read / write / writev ── Region, IoVec
 *                                                   (JNA direct mapping)          (off-heap)
 * </pre>
 *
 * <p>{@code KernelBridge} opens a TAP in a bridge of the kernel's: itself, or by QEMU's setuid
 * helper, a {@code Child} that sends the descriptor in an {@code FdMessage}; {@code BridgeRules}
 * tell whom that helper lets in. {@code InetdProgram} is one that serves a connection; {@code
 * Spawn} starts both.
 *
 * <p>{@code PacketSocket} is a network card, which {@code PacketMessage} reads frame by frame with
 * what the kernel tells beside each: vnet header, VLAN tag, losses.
 *
 * <p>{@code Macvtap} makes and opens one on a network card, by the device that {@code MacvtapNode}
 * finds; {@code Link} tells of interfaces what {@code RtNetlink} can set. {@code NamespaceLock} is
 * for what only one process may do in a network namespace.
 *
 * <p>{@code Wait} tells other threads for whom outside of this process one waits.
 *
 * <p>Two speeds live here. What happens once per connection may allocate and throws {@link
 * org.lanyard.tapio.ErrnoException}, whose message names the call, the object and the errno. What
 * happens per burst ({@link org.lanyard.tapio.LibC}, {@link org.lanyard.tapio.IoVec}, {@link
 * org.lanyard.tapio.Epoll#await}) takes primitive addresses, allocates nothing and reports errors
 * by return value: {@code EAGAIN} is an everyday answer there and costs no exception.
 *
 * <p>The owner of an fd ({@code Connection}, {@code Tap}, …) is the only one that closes it.
 * Whoever polls or reads the number must have let go before.
 *
 * <p>{@link org.lanyard.tapio.Confinement} is for a program that handles what others send with code
 * that may have holes: it takes away what such a program does not need, for good. {@link
 * org.lanyard.tapio.Enclosure} starts it, in namespaces of its own or under Landlock, which a JVM
 * that runs can't enter.
 *
 * <p>64-bit Linux only; structures and constants are those of x86-64 and aarch64.
 */
package org.lanyard.tapio;

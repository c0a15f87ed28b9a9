/**
 * What the user wrote, as immutable values.
 *
 * <pre>
 *   lab.toml ──tomlj──▶ tables with positions ──ConfigParser──▶ SwitchConfig ── PortConfig ── PortKind
 *                              │                    │
 *                              └── TableReader ─────┴──▶ every error: file:line:column: sentence
 * </pre>
 *
 * <p>Nothing here opens a socket or touches the network: a file is judged as text, all its errors
 * are told at once, and a bad file has no effect.
 */
package org.lanyard.config;

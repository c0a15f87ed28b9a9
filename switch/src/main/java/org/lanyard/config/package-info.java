/**
 * What the user wrote, as immutable values.
 *
 * <pre>
 *   lab.toml ──tomlj──▶ tables with positions ──ConfigParser──▶ SwitchConfig ── PortConfig ── PortKind
 *                              │                    │
 *                              └── TableReader ─────┴──▶ every error: file:line:column: sentence
 *
 *   SwitchConfig ──ConfigWriter──▶ the same as a file, defaults included
 *   SwitchConfig, SwitchConfig ──ConfigDiff──▶ what has to change, key by key
 * </pre>
 *
 * <p>Nothing here opens a socket or touches the network: a file is judged as text, all its errors
 * are told at once, and a bad file has no effect.
 */
package org.lanyard.config;

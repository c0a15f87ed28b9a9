/**
 * JMH benchmarks of the switch's room of this name, beside its classes so that they reach what is
 * private to it: what it costs to find frames in a slab.
 *
 * <pre>
 *   slab or burst made once ──▶ the room's own code, again and again ──▶ ns and bytes per frame
 * </pre>
 */
package org.lanyard.frame;

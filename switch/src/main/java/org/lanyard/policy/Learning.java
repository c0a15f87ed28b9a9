package org.lanyard.policy;

/**
 * What a port's addresses may do in the forwarding database.
 *
 * @param limit addresses that are learned behind the port at a time
 * @param dropBeyond whether frames from further ones are dropped, or else forwarded unlearned
 * @param sticky whether a learned address stays with the port while it is seen there
 */
public record Learning(int limit, boolean dropBeyond, boolean sticky) {
    public static final Learning FREE = new Learning(Integer.MAX_VALUE, false, false);
}

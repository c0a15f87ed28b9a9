package org.lanyard.port;

import java.util.List;

/**
 * A port of one kind, and what a test does at the other end of it. Nothing here waits: the test
 * calls again until what it wants has happened. One thread.
 */
interface PortRig extends AutoCloseable {
    KernelPort port();

    /** The longest frame that this kind carries, in bytes. */
    int longest();

    /** Hands the other end a frame to send as soon as it can. */
    void send(byte[] frame);

    /** Lets the other end send what it was handed, as far as there is room. */
    void push();

    /** Lets the other end read up to so many bytes, or one frame where frames are not bytes. */
    List<byte[]> read(int bytes);

    /** The other end goes away. */
    void disconnect();

    @Override
    void close();
}

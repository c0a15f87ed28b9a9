package org.lanyard.control;

import java.io.IOException;
import org.lanyard.tapio.Tap;

/** Where a port's TAP comes from, again and again. */
interface TapSource {
    /**
     * Opens it and sets it up.
     *
     * @throws IOException with a sentence for the user; nothing is left open then
     */
    Tap open() throws IOException;

    /** Where a port list shows it to lead. */
    String endpoint();

    /** In bytes, 0 where it is as the kernel has it. */
    int mtu();
}

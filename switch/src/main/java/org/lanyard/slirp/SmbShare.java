package org.lanyard.slirp;

import java.net.Inet4Address;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A directory of the host's that guests reach by SMB, as with QEMU's {@code smb=}: as the share
 * {@value #NAME} of a server that only they see.
 *
 * @param directory absolute
 * @param server its address in the guests' network
 */
public record SmbShare(Path directory, Inet4Address server) {
    /** A directory that smb.conf(5) does not take for something else. */
    public static final Pattern WRITTEN =
            Pattern.compile("/([^%\\\\\"\\x00-\\x1f]*[^%\\\\\"\\x00-\\x20])?");

    /** As QEMU calls it (net/slirp.c, slirp_smb), and what is written about it for guests. */
    public static final String NAME = "qemu";

    /** SMB over TCP, and over NetBIOS (RFC 1002). */
    static final List<Integer> PORTS = List.of(445, 139);
}

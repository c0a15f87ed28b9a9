package org.lanyard.tapio;

import java.nio.ByteOrder;

/** Whether an address is this host's own, as bind(2) tells (ip(7)). */
public final class OwnAddress {
    /** sizeof(struct sockaddr_in). */
    private static final int SIZE = 16;

    private OwnAddress() {}

    /**
     * Three system calls. Where {@code net.ipv4.ip_nonlocal_bind} is 1 every address is its own.
     *
     * @param ip4 such as 0x7f000001
     * @return true where that can't be told
     */
    public static boolean isOwn(int ip4) {
        int fd = LibC.socket(LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_CLOEXEC, 0);
        if (fd < 0) {
            return true;
        }
        try (Region name = Region.allocate(SIZE)) {
            name.bytes().order(ByteOrder.nativeOrder()).putShort(0, (short) LibC.AF_INET);
            name.bytes().order(ByteOrder.BIG_ENDIAN).putInt(4, ip4);
            return LibC.bind(fd, name.address(), SIZE) == 0 || LibC.errno() != Errno.EADDRNOTAVAIL;
        } finally {
            LibC.close(fd);
        }
    }
}

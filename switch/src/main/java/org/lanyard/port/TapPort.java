package org.lanyard.port;

import java.nio.ByteBuffer;
import org.lanyard.frame.DropReason;
import org.lanyard.frame.PortCounters;
import org.lanyard.frame.Slab;
import org.lanyard.frame.StreamFormat;
import org.lanyard.offload.VirtioHeader;
import org.lanyard.tapio.Errno;
import org.lanyard.tapio.LibC;

/**
 * The host, or what lies behind it, on a TAP with vnet headers.
 *
 * <pre>
 *   slab    … frame n-1 ┊len┊ frame n …        the vnet header is read over the end of frame n-1,
 *                  ┊ vnet ┊                    which is put back when it has been looked at
 * </pre>
 */
public final class TapPort extends FramePort {
    /** Set by any thread. */
    private volatile boolean down;

    /**
     * @param fd a non-blocking TAP without packet information, with vnet headers of {@link
     *     VirtioHeader#SIZE} bytes
     * @param with of the owning worker's thread
     * @param offloads whether super-frames may be written to it
     * @param backlogLimit bytes, at least {@link ChunkPool#CHUNK_SIZE}
     */
    public TapPort(
            String name,
            PortCounters counters,
            int fd,
            ChunkPool pool,
            Offloads with,
            boolean offloads,
            int backlogLimit) {
        super(name, counters, fd, pool, with, offloads, backlogLimit);
    }

    /** Whether the interface loses what is written to it; a macvtap's writes do not tell. */
    public void down(boolean isSo) {
        down = isSo;
    }

    @Override
    boolean isDown() {
        return down;
    }

    @Override
    public int fill(Slab slab) {
        ByteBuffer bytes = slab.bytesWithHeadroom();
        int end = 0;
        for (int i = 0; i < BUDGET && slab.takesMore(end); i++) {
            int headerAt = end + PREFIX - HEADER;
            int saveAt = Slab.HEADROOM + end - Long.BYTES;
            long saved = bytes.getLong(saveAt);
            long count =
                    LibC.read(fd(), slab.address() + headerAt, HEADER + StreamFormat.MAX_FRAME);
            if (count <= 0) {
                return end > 0 || count < 0 && isAlive(LibC.errno()) ? end : GONE;
            }
            with.header.read(bytes, Slab.HEADROOM + headerAt);
            bytes.putLong(saveAt, saved);
            end = settle(slab, end, (int) count - HEADER);
        }
        return end;
    }

    /** After a read that failed; an interface that is down gives EIO. */
    private static boolean isAlive(int errno) {
        return errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.EIO;
    }

    @Override
    DropReason refused(int errno) {
        return switch (errno) {
            case Errno.EAGAIN, Errno.EINTR -> null;
            case Errno.EIO -> DropReason.INTERFACE_DOWN;
            default -> DropReason.WRITE_FAILED;
        };
    }
}

package org.lanyard.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lanyard.tapio.Region;

/**
 * Off-heap memory for one port's read: a read area that the port fills with frames in stream
 * format, and behind it a scratch area for frames that had to be changed. Owned by one thread at a
 * time.
 */
public final class Slab implements AutoCloseable {
    /** What one read may bring: as much as the kernel's socket buffers usually hold. */
    public static final int READ_SIZE = 256 * 1024;

    /** Forms in which a frame may leave: without a tag, and with one of either type. */
    private static final int FORMS = 3;

    private static final int MOST_FRAMES =
            READ_SIZE / (StreamFormat.PREFIX + StreamFormat.MIN_HEADER) + 1;

    /**
     * Room for a padded copy of every frame of a read area full of the shortest ones, and for each
     * form of every frame; the kernel gives memory only for what is touched.
     */
    private static final int SCRATCH_SIZE =
            (1 + FORMS)
                            * MOST_FRAMES
                            * (StreamFormat.PREFIX + StreamFormat.MIN_FRAME + VlanTag.SIZE)
                    + FORMS * READ_SIZE;

    /** Room before the first frame, for what a port has to read in front of it. */
    public static final int HEADROOM = 16;

    private final Region region = Region.allocate(HEADROOM + READ_SIZE + SCRATCH_SIZE);
    private final ByteBuffer bytes =
            region.bytes().slice(HEADROOM, READ_SIZE + SCRATCH_SIZE).order(ByteOrder.BIG_ENDIAN);
    private int scratchEnd = READ_SIZE;
    private int lent;
    private boolean superFrames;
    private int enough = READ_SIZE;

    public long address() {
        return region.address() + HEADROOM;
    }

    /** Bounds-checked, big-endian. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** The same with the headroom in front: what is at i there is at {@link #HEADROOM} + i here. */
    public ByteBuffer bytesWithHeadroom() {
        return region.bytes();
    }

    /**
     * Once it holds so many bytes, a port is to read no further frame.
     *
     * @param bytes 1 to {@link #READ_SIZE}
     */
    public void enough(int bytes) {
        enough = bytes;
    }

    /** Whether a port that has filled it so far may read another frame. */
    public boolean takesMore(int end) {
        return end < enough && end + StreamFormat.PREFIX + StreamFormat.MAX_FRAME <= READ_SIZE;
    }

    /**
     * How much of a stream a port may read.
     *
     * @param rest bytes of an unfinished frame that are there already
     */
    public int room(int rest) {
        return Math.min(READ_SIZE, rest + enough) - rest;
    }

    /** For the port that fills it: a prefix may be a {@link SuperFrame}'s. */
    public void holdSuperFrames() {
        superFrames = true;
    }

    /** Whether {@link #holdSuperFrames} was called since the last {@link #clear}. */
    public boolean holdsSuperFrames() {
        return superFrames;
    }

    /** {@link #claimScratch}: there is not so much left. */
    public static final int NO_SCRATCH = -1;

    /** Whether {@link #claimScratch} can still give so many bytes. */
    public boolean hasScratch(int size) {
        return bytes.capacity() - scratchEnd >= size;
    }

    /**
     * Reserves scratch until the next {@link #clear}; pieces claimed in turn are contiguous.
     *
     * @return the piece's offset, or {@link #NO_SCRATCH}
     */
    public int claimScratch(int size) {
        if (!hasScratch(size)) {
            return NO_SCRATCH;
        }
        int at = scratchEnd;
        scratchEnd += size;
        return at;
    }

    /** Counts a parcel that holds runs of this slab; for the thread that owns the slab. */
    public void lend() {
        lent++;
    }

    /** Counts a parcel that came home; for the thread that owns the slab. */
    public void comeHome() {
        if (lent == 0) {
            throw new IllegalStateException("a parcel came home twice");
        }
        lent--;
    }

    /** Whether another thread may still read the slab: then it can't be filled anew. */
    public boolean isLent() {
        return lent > 0;
    }

    /** Forgets all contents, once every run over them was sent or copied. */
    public void clear() {
        scratchEnd = READ_SIZE;
        superFrames = false;
    }

    @Override
    public void close() {
        region.close();
    }
}

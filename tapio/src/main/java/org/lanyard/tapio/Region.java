package org.lanyard.tapio;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Off-heap memory with both views that the data plane needs: an address for system calls, and a
 * bounds-checked big-endian buffer for everything that reads or writes its bytes in Java.
 *
 * <p>Pages are the kernel's lazy zero pages: a region costs physical memory only where it was
 * touched. Not thread-safe; its owner decides who may use it when. After {@link #close()} neither
 * view may be used again: the buffer would then reach memory that is gone.
 */
public final class Region implements AutoCloseable {
    private final long address;
    private final int size;
    private final ByteBuffer bytes;

    private Region(long address, int size) {
        this.address = address;
        this.size = size;
        this.bytes = new Pointer(address).getByteBuffer(0, size).order(ByteOrder.BIG_ENDIAN);
    }

    /**
     * @param size in bytes, at least 1
     * @throws OutOfMemoryError when the kernel refuses the mapping
     */
    public static Region allocate(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a region of " + size + " bytes");
        }
        long address =
                LibC.mmap(
                        0, size, LibC.PROT_READ_WRITE, LibC.MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0);
        if (address == -1) {
            throw new OutOfMemoryError("mmap of " + size + " bytes: " + Errno.text(LibC.errno()));
        }
        return new Region(address, size);
    }

    public long address() {
        return address;
    }

    /** In bytes. */
    public int size() {
        return size;
    }

    /** Big-endian, as the network and QEMU's stream are. Use absolute access only. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /** Gives physical pages back to the kernel; the contents read as zeros afterwards. */
    public void discard() {
        LibC.madvise(address, size, LibC.MADV_DONTNEED);
    }

    @Override
    public void close() {
        LibC.munmap(address, size);
    }
}

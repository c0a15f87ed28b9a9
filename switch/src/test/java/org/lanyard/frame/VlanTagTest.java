package org.lanyard.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VlanTagTest {
    private static final int CUSTOMER = 0x8100;
    private static final int SERVICE = 0x88a8;

    private final Slab slab = new Slab();

    @AfterEach
    void unmap() {
        slab.close();
    }

    /** The frame stands in the slab, is copied in another form, and the copy is read back. */
    private byte[] copy(byte[] frame, int from, int to, int control) {
        int offset = 1_000;
        slab.clear();
        slab.bytes().putInt(offset - StreamFormat.PREFIX, frame.length);
        slab.bytes().put(offset, frame);
        int at = VlanTag.copy(slab, offset, frame.length, from, to, control);
        byte[] original = new byte[frame.length];
        slab.bytes().get(offset, original);
        assertArrayEquals(frame, original, "the original stays as it is");
        byte[] copy = new byte[slab.bytes().getInt(at)];
        slab.bytes().get(at + StreamFormat.PREFIX, copy);
        assertEquals(VlanTag.lengthAs(frame.length, from, to), copy.length);
        return copy;
    }

    private static byte[] frame(int length) {
        return Frames.frame(0x5254_0000_0001L, 0x5254_0000_0002L, length, length);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 1514, 9014, 65_535, StreamFormat.MAX_FRAME - VlanTag.SIZE})
    void shouldAddTakeAndReplaceTags(int length) {
        byte[] bare = frame(length);
        byte[] customer = Frames.tagged(bare, CUSTOMER, 0xb00a);
        byte[] service = Frames.tagged(bare, SERVICE, 0x6fff);
        assertArrayEquals(customer, copy(bare, VlanTag.UNTAGGED, CUSTOMER, 0xb00a));
        assertArrayEquals(service, copy(bare, VlanTag.UNTAGGED, SERVICE, 0x6fff));
        assertArrayEquals(service, copy(customer, CUSTOMER, SERVICE, 0x6fff));
        assertArrayEquals(bare, copy(customer, CUSTOMER, VlanTag.UNTAGGED, 0));
        assertArrayEquals(bare, copy(service, SERVICE, VlanTag.UNTAGGED, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15, 60, 1514, 65_535, StreamFormat.MAX_FRAME - VlanTag.SIZE})
    void shouldInsertATagInPlace(int length) {
        byte[] bare = Frames.tagged(frame(Math.max(60, length)), SERVICE, 0x0064);
        bare = Arrays.copyOf(bare, length);
        slab.bytes().put(7, bare).put(7 + length + VlanTag.SIZE, (byte) 0x5a);
        VlanTag.insert(slab.bytes(), 7, length, CUSTOMER, 0xb00a);
        byte[] tagged = new byte[length + VlanTag.SIZE];
        slab.bytes().get(7, tagged);
        assertArrayEquals(Frames.tagged(bare, CUSTOMER, 0xb00a), tagged);
        assertEquals(0x5a, slab.bytes().get(7 + tagged.length), "what is behind it");
    }

    @Test
    void shouldLeaveAnInnerTagAlone() {
        byte[] inner = Frames.tagged(frame(100), CUSTOMER, 0x2014);
        byte[] outer = Frames.tagged(inner, SERVICE, 0x0064);
        assertArrayEquals(inner, copy(outer, SERVICE, VlanTag.UNTAGGED, 0));
        assertArrayEquals(outer, copy(inner, VlanTag.UNTAGGED, SERVICE, 0x0064));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 62, 63})
    void shouldPadWhatIsTooShortWithoutItsTag(int length) {
        byte[] tagged = Frames.tagged(frame(length - VlanTag.SIZE), CUSTOMER, 0x000a);
        byte[] bare = Arrays.copyOf(frame(length - VlanTag.SIZE), StreamFormat.MIN_FRAME);
        assertArrayEquals(bare, copy(tagged, CUSTOMER, VlanTag.UNTAGGED, 0));
    }

    @Test
    void shouldReadPriorityAndVlanApart() {
        int control = 0xf00a;
        assertEquals(10, VlanTag.vlan(control));
        assertEquals(0xf014, VlanTag.withVlan(control, 20));
        slab.bytes().put(0, Frames.tagged(frame(64), SERVICE, control));
        assertEquals(SERVICE, VlanTag.type(slab.bytes(), 0));
        assertEquals(control, VlanTag.control(slab.bytes(), 0));
    }

    /** The most that one read can ask for: the shortest frames, padded, in all three forms. */
    @Test
    void shouldHaveScratchForEveryFormOfEveryFrame() {
        int frames = Slab.READ_SIZE / (StreamFormat.PREFIX + StreamFormat.MIN_HEADER);
        byte[] one = Frames.prefix(StreamFormat.MIN_HEADER);
        byte[] bytes = new byte[frames * (one.length + StreamFormat.MIN_HEADER)];
        for (int i = 0; i < frames; i++) {
            System.arraycopy(one, 0, bytes, i * (one.length + StreamFormat.MIN_HEADER), one.length);
        }
        slab.bytes().put(0, bytes);
        StreamFormat format = new StreamFormat();
        Burst burst = new Burst();
        int at = 0;
        int seen = 0;
        do {
            burst.clear();
            format.parse(slab, at, bytes.length, burst);
            at = format.next();
            for (int i = 0; i < burst.count(); i++) {
                for (int form : new int[] {CUSTOMER, SERVICE, VlanTag.UNTAGGED}) {
                    VlanTag.copy(slab, burst.offset(i), burst.length(i), VlanTag.UNTAGGED, form, 1);
                }
            }
            seen += burst.count();
        } while (format.unfinished());
        assertEquals(frames, seen);
    }
}

package org.lanyard.tapio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lanyard.fuzz.Check;
import org.lanyard.fuzz.Input;

/** Whatever stands where the kernel tells of a frame, it is read within its bounds, and at once. */
public final class PacketMessageFuzz {
    private static final int MESSAGES = PacketMessage.CMSGS_SIZE;
    private static final PacketMessage MESSAGE = new PacketMessage();

    private PacketMessageFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        Input input = new Input(bytes);
        long length = (long) input.i32() << (input.u8() & 31);
        byte[] messages = Arrays.copyOf(input.rest(), MESSAGES);
        String first = look(messages, length, (byte) 0);
        // Behind what the kernel has written stands what it wrote before.
        int end = (int) Math.max(0, Math.min(length, MESSAGES));
        for (int filling : new int[] {0xff, 0x14}) {
            byte[] other = Arrays.copyOf(messages, end);
            other = Arrays.copyOf(other, MESSAGES);
            Arrays.fill(other, end, MESSAGES, (byte) filling);
            Check.same(first, look(other, length, (byte) filling), "read behind the end");
        }
        Check.same(told(messages, end), first, "what is told");
    }

    private static String look(byte[] messages, long length, byte behind) {
        int end = (int) Math.max(0, Math.min(length, MESSAGES));
        byte[] all = messages.clone();
        Arrays.fill(all, end, MESSAGES, behind);
        ByteBuffer native_ = MESSAGE.bytes().duplicate().order(ByteOrder.nativeOrder());
        native_.put(PacketMessage.CMSGS, all);
        native_.putLong(PacketMessage.CONTROL_LENGTH, length);
        MESSAGE.look();
        int type = MESSAGE.tagType();
        return type + " " + (type == 0 ? 0 : MESSAGE.tagControl()) + " " + MESSAGE.lost();
    }

    /** cmsg(3), written plainly. */
    private static String told(byte[] messages, int end) {
        ByteBuffer in = ByteBuffer.wrap(messages).order(ByteOrder.nativeOrder());
        int type = 0;
        int control = 0;
        int lost = 0;
        int at = 0;
        while (at + 16 <= end) {
            long size = in.getLong(at);
            if (size < 16 || size > end - at) {
                break;
            }
            int level = in.getInt(at + 8);
            int kind = in.getInt(at + 12);
            if (level == 263 && kind == 8 && size >= 16 + 20) {
                int status = in.getInt(at + 16);
                if ((status & 0x10) != 0) {
                    type = (status & 0x40) != 0 ? in.getShort(at + 34) & 0xffff : 0x8100;
                    control = in.getShort(at + 32) & 0xffff;
                }
            } else if (level == 1 && kind == 40 && size >= 20) {
                lost = in.getInt(at + 16);
            }
            at += (int) (size + 7 & -8);
        }
        return type + " " + (type == 0 ? 0 : control) + " " + lost;
    }
}

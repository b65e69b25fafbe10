package io.windrow.core.contract;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.FieldVector;
import org.jspecify.annotations.Nullable;

/** A set of texts, compared as UTF-8. An open hash table of bytes, at most half full. */
final class TextSet implements ColumnCheck {
    private final byte @Nullable [][] slots;

    TextSet(List<String> members) {
        slots = new byte[Math.max(4, Integer.highestOneBit(members.size()) * 4)][];
        for (String member : members) {
            byte[] bytes = member.getBytes(StandardCharsets.UTF_8);
            int hash = 0;
            for (byte b : bytes) {
                hash = 31 * hash + b;
            }
            int slot = slot(hash);
            while (slots[slot] != null) {
                slot = slot + 1 & slots.length - 1;
            }
            slots[slot] = bytes;
        }
    }

    private int slot(int hash) {
        return (hash ^ hash >>> 15) & slots.length - 1;
    }

    @Override
    public int next(FieldVector column, int from, int rows) {
        long offsets = column.getOffsetBufferAddress();
        long data = column.getDataBufferAddress();
        long valid = column.getValidityBufferAddress();
        int start = from < rows ? MemoryUtil.getInt(offsets + 4L * from) : 0;
        for (int row = from; row < rows; row++) {
            int end = MemoryUtil.getInt(offsets + 4L * (row + 1));
            if (!has(data + start, end - start) && !NullCheck.isNull(valid, row)) {
                return row;
            }
            start = end;
        }
        return rows;
    }

    private boolean has(long at, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + MemoryUtil.getByte(at + i);
        }
        int slot = slot(hash);
        while (true) {
            byte[] member = slots[slot];
            if (member == null) {
                return false;
            }
            if (same(member, at, length)) {
                return true;
            }
            slot = slot + 1 & slots.length - 1;
        }
    }

    private static boolean same(byte[] member, long at, int length) {
        if (member.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (member[i] != MemoryUtil.getByte(at + i)) {
                return false;
            }
        }
        return true;
    }
}

package io.windrow.connectors.files.parquet;

import java.util.Arrays;

/** Numbers in order of first sight, by an open hash table. */
final class NumberDictionary {
    private long[] values = new long[256];
    private int[] slots = new int[512];
    private int shift = 64 - 9;
    private int size;

    int size() {
        return size;
    }

    long value(int index) {
        return values[index];
    }

    /** Puts the index of each value to {@code out} from {@code at} on. */
    void index(long[] source, int from, int count, int[] out, int at) {
        for (int i = 0; i < count; i++) {
            long value = source[from + i];
            int slot = (int) (value * 0x9E3779B97F4A7C15L >>> shift);
            while (true) {
                int entry = slots[slot];
                if (entry == 0) {
                    out[at + i] = add(value, slot);
                    break;
                }
                if (values[entry - 1] == value) {
                    out[at + i] = entry - 1;
                    break;
                }
                slot = slot + 1 & slots.length - 1;
            }
        }
    }

    private int add(long value, int slot) {
        int index = size++;
        values = ChunkContext.grown(values, size);
        values[index] = value;
        slots[slot] = size;
        if (size * 2 > slots.length) {
            slots = new int[slots.length * 2];
            shift--;
            for (int i = 0; i < size; i++) {
                int at = (int) (values[i] * 0x9E3779B97F4A7C15L >>> shift);
                while (slots[at] != 0) {
                    at = at + 1 & slots.length - 1;
                }
                slots[at] = i + 1;
            }
        }
        return index;
    }

    void clear() {
        if (size > 0) {
            Arrays.fill(slots, 0);
            size = 0;
        }
    }
}

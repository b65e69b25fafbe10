package io.windrow.connectors.files.parquet;

import java.util.Arrays;

/** Byte strings in order of first sight, by an open hash table. */
final class BytesDictionary {
    private final ByteSink data = new ByteSink(1024);
    /** Where each entry begins, and behind the last one its end. */
    private int[] offsets = new int[257];
    private int[] hashes = new int[256];
    private int[] seenOn = new int[256];
    /** First eight bytes of each entry, zeros behind a shorter one; with the length it settles most comparisons. */
    private long[] words = new long[256];
    private int[] slots = new int[512];
    private int size;

    int size() {
        return size;
    }

    /** Bytes of all entries, without lengths. */
    int bytes() {
        return data.size;
    }

    byte[] data() {
        return data.array;
    }

    int start(int index) {
        return offsets[index];
    }

    int length(int index) {
        return offsets[index + 1] - offsets[index];
    }

    /** Marks an entry as used on a page; false if it was already. */
    boolean firstOn(int page, int index) {
        if (seenOn[index] == page) {
            return false;
        }
        seenOn[index] = page;
        return true;
    }

    /** Puts the index of each value to {@code out} from {@code at} on. */
    void index(byte[] source, int[] starts, int[] lengths, int count, int[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = index(source, starts[i], lengths[i]);
        }
    }

    // The source has ByteSink.SLACK bytes behind its end, so whole words may be loaded.
    private int index(byte[] source, int start, int length) {
        long word = (long) ByteSink.LONG.get(source, start);
        if (length < 8) {
            word &= (1L << 8 * length) - 1;
        }
        long h = (word ^ length) * 0x9E3779B97F4A7C15L;
        h ^= h >>> 29;
        int i = 8;
        for (; i + 8 <= length; i += 8) {
            h = (h ^ (long) ByteSink.LONG.get(source, start + i)) * 0xBF58476D1CE4E5B9L;
            h ^= h >>> 29;
        }
        if (i < length) {
            long tail = (long) ByteSink.LONG.get(source, start + i) << (64 - 8 * (length - i));
            h = (h ^ tail) * 0xBF58476D1CE4E5B9L;
        }
        h ^= h >>> 32;
        int hash = (int) (h ^ h >>> 15);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (true) {
            int entry = slots[slot];
            if (entry == 0) {
                return add(source, start, length, hash, word, slot);
            }
            if (words[entry - 1] == word && hashes[entry - 1] == hash && same(entry - 1, source, start, length)) {
                return entry - 1;
            }
            slot = slot + 1 & mask;
        }
    }

    private boolean same(int index, byte[] source, int start, int length) {
        int own = start(index);
        if (offsets[index + 1] - own != length) {
            return false;
        }
        if (length <= 16) {
            // The last word overlaps the first, which is known to be equal.
            return length <= 8 || (long) ByteSink.LONG.get(data.array, own + length - 8)
                    == (long) ByteSink.LONG.get(source, start + length - 8);
        }
        return Arrays.equals(data.array, own + 8, own + length, source, start + 8, start + length);
    }

    private int add(byte[] source, int start, int length, int hash, long word, int slot) {
        int index = size++;
        data.put(source, start, length);
        offsets = ChunkContext.grown(offsets, size + 1);
        hashes = ChunkContext.grown(hashes, size);
        seenOn = ChunkContext.grown(seenOn, size);
        words = ChunkContext.grown(words, size);
        words[index] = word;
        offsets[size] = data.size;
        hashes[index] = hash;
        seenOn[index] = -1;
        slots[slot] = size;
        if (size * 2 > slots.length) {
            slots = new int[slots.length * 2];
            for (int i = 0; i < size; i++) {
                int at = hashes[i] & slots.length - 1;
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
            data.clear();
        }
    }
}

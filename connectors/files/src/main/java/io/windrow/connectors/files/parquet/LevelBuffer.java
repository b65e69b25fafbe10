package io.windrow.connectors.files.parquet;

import java.util.Arrays;

/** The levels of one page. Stays one run (no memory) as long as all levels are the same. */
final class LevelBuffer {
    private final int max;
    private final int width;
    private int[] levels = new int[0];
    private int constant;
    private int size;
    private boolean uniform = true;

    LevelBuffer(int max) {
        this.max = max;
        this.width = HybridEncoding.bitWidth(max);
    }

    void repeat(int level, int count) {
        if (max == 0 || count == 0) {
            return;
        }
        if (size == 0) {
            constant = level;
        }
        if (uniform && constant == level) {
            size += count;
            return;
        }
        spread(count);
        Arrays.fill(levels, size, size + count, level);
        size += count;
    }

    void append(int[] source, int count) {
        if (max == 0 || count == 0) {
            return;
        }
        spread(count);
        System.arraycopy(source, 0, levels, size, count);
        size += count;
    }

    private void spread(int more) {
        if (size + more > levels.length) {
            levels = Arrays.copyOf(levels, Math.max(size + more, levels.length * 2));
        }
        if (uniform) {
            Arrays.fill(levels, 0, size, constant);
            uniform = false;
        }
    }

    /** Appends the length-prefixed levels of a version 1 page; nothing for a level that is always 0. */
    void encode(ByteSink out) {
        if (max == 0) {
            return;
        }
        int start = out.size;
        out.putInt(0);
        if (uniform) {
            HybridEncoding.run(constant, size, width, out);
        } else {
            HybridEncoding.encode(levels, size, width, out);
        }
        ByteSink.INT.set(out.array, start, out.size - start - 4);
    }

    void clear() {
        size = 0;
        uniform = true;
    }
}

package io.windrow.connectors.files.parquet;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Small heap segments that hold encoded pages until their row group is written, reused from group to group. */
final class SegmentPool {
    private static final int SEGMENT = 32 << 10;

    private final ArrayDeque<byte[]> free = new ArrayDeque<>();

    private byte[] take() {
        byte[] segment = free.pollFirst();
        return segment == null ? new byte[SEGMENT] : segment;
    }

    /** Takes bytes out of a chain, in order. */
    interface Target {
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /** An append-only chain of segments. */
    final class Chain {
        private final List<byte[]> segments = new ArrayList<>();
        private int used = SEGMENT;
        private long size;

        long size() {
            return size;
        }

        void append(byte[] source, int offset, int length) {
            int from = offset;
            int left = length;
            while (left > 0) {
                if (used == SEGMENT) {
                    segments.add(take());
                    used = 0;
                }
                int n = Math.min(left, SEGMENT - used);
                System.arraycopy(source, from, segments.getLast(), used, n);
                used += n;
                from += n;
                left -= n;
            }
            size += length;
        }

        /** Moves everything to the end of another chain; each segment is free for it as soon as it is copied. */
        void moveTo(Chain other) {
            for (int i = 0; i < segments.size(); i++) {
                byte[] segment = segments.get(i);
                other.append(segment, 0, i == segments.size() - 1 ? used : SEGMENT);
                free.addFirst(segment);
            }
            segments.clear();
            used = SEGMENT;
            size = 0;
        }

        /** Writes everything out and gives the segments back. */
        void drainTo(Target target) throws IOException {
            for (int i = 0; i < segments.size(); i++) {
                byte[] segment = segments.get(i);
                target.write(segment, 0, i == segments.size() - 1 ? used : SEGMENT);
                free.addFirst(segment);
            }
            segments.clear();
            used = SEGMENT;
            size = 0;
        }
    }
}

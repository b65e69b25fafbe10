package io.windrow.connectors.postgres.codec;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/** Dates, times, timestamps and intervals. PostgreSQL counts from 2000-01-01, Arrow from 1970-01-01; both proleptic Gregorian. */
final class TimeDecoders {
    static final int EPOCH_DAYS = 10_957;
    static final long EPOCH_MICROS = EPOCH_DAYS * 86_400_000_000L;
    private static final long DAY_MICROS = 86_400_000_000L;
    private static final long MAX_MICROS = Long.MAX_VALUE - EPOCH_MICROS;

    private TimeDecoders() {}

    static final class Date extends FixedDecoder {
        Date(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 4);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 4);
            int days = intAt(source, offset);
            if (days == Integer.MAX_VALUE || days == Integer.MIN_VALUE) {
                guard.outOfRange(days > 0 ? OutOfRangeKind.INFINITY : OutOfRangeKind.NEGATIVE_INFINITY);
                nullAt(index);
                return;
            }
            MemoryUtil.putInt(address + ((long) index << 2), Math.addExact(days, EPOCH_DAYS));
        }
    }

    static final class Timestamp extends FixedDecoder {
        Timestamp(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 8);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 8);
            long micros = longAt(source, offset);
            if (micros > MAX_MICROS || micros == Long.MIN_VALUE) {
                guard.outOfRange(
                        micros == Long.MAX_VALUE
                                ? OutOfRangeKind.INFINITY
                                : micros < 0 ? OutOfRangeKind.NEGATIVE_INFINITY : OutOfRangeKind.BEYOND_MICROSECONDS);
                nullAt(index);
                return;
            }
            MemoryUtil.putLong(address + ((long) index << 3), micros + EPOCH_MICROS);
        }
    }

    static final class Time extends FixedDecoder {
        Time(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard, 8);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 8);
            long micros = longAt(source, offset);
            if (micros < 0 || micros >= DAY_MICROS) {
                if (micros != DAY_MICROS) {
                    throw guard.malformed("a time of day outside the day");
                }
                guard.outOfRange(OutOfRangeKind.END_OF_DAY);
                nullAt(index);
                return;
            }
            MemoryUtil.putLong(address + ((long) index << 3), micros);
        }
    }

    /** Wire: micros, days, months. Arrow: struct of months, days, micros. */
    static final class Interval extends ValueDecoder {
        private final NumberDecoders.Int4 months;
        private final NumberDecoders.Int4 days;
        private final NumberDecoders.Int8 micros;

        Interval(BufferAllocator allocator, ColumnGuard guard) {
            super(allocator, guard);
            this.months = new NumberDecoders.Int4(allocator, guard);
            this.days = new NumberDecoders.Int4(allocator, guard);
            this.micros = new NumberDecoders.Int8(allocator, guard);
        }

        @Override
        void grow(int rows) {
            months.reserve(rows);
            days.reserve(rows);
            micros.reserve(rows);
        }

        @Override
        void value(int index, byte[] source, int offset, int length) {
            expect(length, 16);
            long us = longAt(source, offset);
            int d = intAt(source, offset + 8);
            int m = intAt(source, offset + 12);
            // PostgreSQL 17 and later: all three at their limits mean infinity.
            boolean high = m == Integer.MAX_VALUE && d == Integer.MAX_VALUE && us == Long.MAX_VALUE;
            boolean low = m == Integer.MIN_VALUE && d == Integer.MIN_VALUE && us == Long.MIN_VALUE;
            if (high || low) {
                guard.outOfRange(high ? OutOfRangeKind.INFINITY : OutOfRangeKind.NEGATIVE_INFINITY);
                nullAt(index);
                return;
            }
            months.set(index, m);
            days.set(index, d);
            micros.set(index, us);
        }

        @Override
        void nullAt(int index) {
            clear(index);
            months.set(index, 0);
            days.set(index, 0);
            micros.set(index, 0);
        }

        @Override
        int fixedBytes() {
            return 16;
        }

        @Override
        void emitValues(int count, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
            months.emit(count, nodes, buffers);
            days.emit(count, nodes, buffers);
            micros.emit(count, nodes, buffers);
        }

        @Override
        void release() {
            super.release();
            months.release();
            days.release();
            micros.release();
        }
    }
}

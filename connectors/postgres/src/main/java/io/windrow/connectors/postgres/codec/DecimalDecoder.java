package io.windrow.connectors.postgres.codec;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;

/**
 * numeric(p ≤ 38, s) into 128-bit decimals. Wire: int16 count, weight, sign, display scale, then digits of base 10 000.
 * A column of numeric(p, −s) has scale 0 here.
 */
final class DecimalDecoder extends FixedDecoder {
    static final int NEGATIVE = 0x4000;
    static final int NAN = 0xC000;
    static final int INFINITY = 0xD000;
    static final int NEGATIVE_INFINITY = 0xF000;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final int scale;
    private final int wholeDigits;
    private final boolean fitsLong;

    DecimalDecoder(BufferAllocator allocator, ColumnGuard guard, int precision, int scale) {
        super(allocator, guard, 16);
        this.scale = scale;
        this.wholeDigits = precision - scale;
        this.fitsLong = precision <= 18;
    }

    @Override
    void value(int index, byte[] source, int offset, int length) {
        if (length < 8) {
            throw guard.malformed("a numeric of " + length + " bytes");
        }
        long header = longAt(source, offset);
        int digits = (int) (header >>> 48);
        int weight = (short) (header >>> 32);
        int sign = (int) (header >>> 16) & 0xFFFF;
        expect(length, 8 + 2 * digits);
        if ((sign & ~NEGATIVE) != 0) {
            special(index, sign);
            return;
        }
        long at = address + ((long) index << 4);
        if (digits == 0) {
            MemoryUtil.putLong(at, 0);
            MemoryUtil.putLong(at + 8, 0);
            return;
        }
        int at0 = offset + 8;
        if (weight >= 0 && 4 * weight + width(shortAt(source, at0)) > wholeDigits) {
            tooManyDigits(index);
            return;
        }
        int shift = 4 * (weight - digits + 1) + scale;
        if (fitsLong && digits <= 4 && shift > -4) {
            long v = shortAt(source, at0);
            for (int i = 1; i < digits; i++) {
                v = v * 10_000 + shortAt(source, at0 + 2 * i);
            }
            if (shift >= 0) {
                v *= POWERS[shift];
            } else {
                long divisor = POWERS[-shift];
                long quotient = v / divisor;
                if (quotient * divisor != v) {
                    tooManyDigits(index);
                    return;
                }
                v = quotient;
            }
            v = sign == 0 ? v : -v;
            MemoryUtil.putLong(at, v);
            MemoryUtil.putLong(at + 8, v >> 63);
            return;
        }
        wide(index, source, at0, digits, shift, sign);
    }

    private void wide(int index, byte[] source, int at0, int digits, int shift, int sign) {
        long low = 0;
        long high = 0;
        int remaining = shift;
        int whole = remaining < 0 ? digits - 1 : digits;
        for (int i = 0; i < whole; i++) {
            long product = low * 10_000;
            high = high * 10_000 + Math.unsignedMultiplyHigh(low, 10_000);
            low = product + shortAt(source, at0 + 2 * i);
            high += Long.compareUnsigned(low, product) < 0 ? 1 : 0;
        }
        if (remaining < 0) {
            // The last group reaches beyond the scale: only its leading digits count, the others must be zero.
            int last = shortAt(source, at0 + 2 * whole);
            if (remaining <= -4 || last % POWERS[-remaining] != 0) {
                tooManyDigits(index);
                return;
            }
            long factor = POWERS[4 + remaining];
            long product = low * factor;
            high = high * factor + Math.unsignedMultiplyHigh(low, factor);
            low = product + last / POWERS[-remaining];
            high += Long.compareUnsigned(low, product) < 0 ? 1 : 0;
        }
        while (remaining > 0) {
            long factor = POWERS[Math.min(remaining, 18)];
            high = high * factor + Math.unsignedMultiplyHigh(low, factor);
            low *= factor;
            remaining -= Math.min(remaining, 18);
        }
        if (sign != 0) {
            low = -low;
            high = ~high + (low == 0 ? 1 : 0);
        }
        long at = address + ((long) index << 4);
        MemoryUtil.putLong(at, low);
        MemoryUtil.putLong(at + 8, high);
    }

    private void special(int index, int sign) {
        guard.outOfRange(
                switch (sign) {
                    case NAN -> OutOfRangeKind.NAN;
                    case INFINITY -> OutOfRangeKind.INFINITY;
                    case NEGATIVE_INFINITY -> OutOfRangeKind.NEGATIVE_INFINITY;
                    default -> throw guard.malformed("a numeric with sign " + sign);
                });
        nullAt(index);
    }

    private void tooManyDigits(int index) {
        guard.outOfRange(OutOfRangeKind.TOO_MANY_DIGITS);
        nullAt(index);
    }

    private static int width(int group) {
        return group >= 100 ? (group >= 1000 ? 4 : 3) : group >= 10 ? 2 : 1;
    }
}

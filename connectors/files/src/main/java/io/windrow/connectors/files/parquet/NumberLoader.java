package io.windrow.connectors.files.parquet;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;

/**
 * Copies fixed-width values out of Arrow buffers in bulk, widened to 64 bits: integers and dates by their sign, unsigned
 * ones by zeros, floats as their bits, decimals of up to 18 digits as the unscaled number, booleans as 0 and 1.
 */
final class NumberLoader {
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final Leaf leaf;
    private final int width;
    private final boolean unsigned;
    private final boolean bool;
    private int[] ints = new int[0];

    NumberLoader(Leaf leaf) {
        this.leaf = leaf;
        this.bool = leaf.type() instanceof ColumnType.Bool;
        this.unsigned = leaf.type() instanceof ColumnType.Int t && !t.signed();
        this.width = switch (leaf.type()) {
            case ColumnType.Int t -> t.bits() / 8;
            case ColumnType.Float t -> t.bits() / 8;
            case ColumnType.Date ignored -> 4;
            case ColumnType.Decimal ignored -> 16;
            case ColumnType.Bool ignored -> 0;
            default -> 8;
        };
    }

    /** The most values that {@link #load} may touch behind {@code at}. */
    static int span(LeafSlice slice) {
        return slice.high() - slice.low();
    }

    /** Fills {@code out} from {@code at} on with the slice's values; up to {@link #span} elements are overwritten. */
    void load(FieldVector vector, LeafSlice slice, long[] out, int at) {
        int low = slice.low();
        int span = span(slice);
        ArrowBuf data = vector.getDataBuffer();
        if (bool) {
            for (int i = 0; i < span; i++) {
                int position = low + i;
                out[at + i] = data.getByte(position >> 3) >> (position & 7) & 1;
            }
        } else {
            ByteBuffer bytes = data.nioBuffer((long) low * width, span * width).order(ByteOrder.LITTLE_ENDIAN);
            switch (width) {
                case 1 -> {
                    for (int i = 0; i < span; i++) {
                        out[at + i] = unsigned ? bytes.get(i) & 0xff : bytes.get(i);
                    }
                }
                case 2 -> {
                    for (int i = 0; i < span; i++) {
                        out[at + i] = unsigned ? bytes.getShort(2 * i) & 0xffff : bytes.getShort(2 * i);
                    }
                }
                case 4 -> load32(bytes, span, out, at);
                case 16 -> loadDecimal(bytes, slice, low, span, out, at);
                default -> bytes.asLongBuffer().get(out, at, span);
            }
        }
        if (!slice.dense) {
            int[] positions = slice.positions;
            for (int i = 0; i < slice.values; i++) {
                out[at + i] = out[at + positions[i] - low];
            }
        }
    }

    private void load32(ByteBuffer bytes, int span, long[] out, int at) {
        ints = ChunkContext.grown(ints, span);
        int[] source = ints;
        bytes.asIntBuffer().get(source, 0, span);
        if (unsigned) {
            for (int i = 0; i < span; i++) {
                out[at + i] = source[i] & 0xffff_ffffL;
            }
        } else {
            for (int i = 0; i < span; i++) {
                out[at + i] = source[i];
            }
        }
    }

    private void loadDecimal(ByteBuffer bytes, LeafSlice slice, int low, int span, long[] out, int at) {
        ColumnType.Decimal type = (ColumnType.Decimal) leaf.type();
        long limit = POWERS[type.precision()];
        int bad = 0;
        for (int i = 0; i < span; i++) {
            long value = bytes.getLong(16 * i);
            long high = bytes.getLong(16 * i + 8);
            out[at + i] = value;
            bad |= high != value >> 63 || value >= limit || value <= -limit ? 1 : 0;
        }
        if (bad != 0) {
            checkDecimal(bytes, slice, low, limit);
        }
    }

    // The bytes of a null may be anything: look again, at the values only.
    private void checkDecimal(ByteBuffer bytes, LeafSlice slice, int low, long limit) {
        for (int i = 0; i < slice.values; i++) {
            int position = slice.dense ? i : slice.positions[i] - low;
            long value = bytes.getLong(16 * position);
            if (bytes.getLong(16 * position + 8) != value >> 63 || value >= limit || value <= -limit) {
                throw WindrowException.of(ParquetError.DECIMAL_OUT_OF_RANGE,
                        "Writing column " + leaf.name() + ": a value does not fit " + leaf.type());
            }
        }
    }
}

package io.windrow.core.transform.shape;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;

/** Casts the values of one column into a new vector. */
final class CastColumn {
    private final Column from;
    private final Column to;
    private final Cast cast;

    CastColumn(Column from, Column to, Cast cast) {
        this.from = from;
        this.to = to;
        this.cast = cast;
    }

    /** Told of rows that do not fit. */
    @FunctionalInterface
    interface Misfits {
        void add(int row, ShapeError error);
    }

    /** The cast values, null where one does not fit. The caller owns the vector. */
    FieldVector over(FieldVector vector, int count, Misfits misfits) {
        FieldVector target = ArrowTypes.field(to).createVector(vector.getAllocator());
        try {
            if (target instanceof BaseFixedWidthVector fixed) {
                fixed.allocateNew(count);
            } else {
                target.allocateNew();
            }
            if (from.type() instanceof ColumnType.Int && to.type() instanceof ColumnType.Int type && signed(from.type())) {
                wholes((BaseIntVector) vector, (BaseIntVector) target, type, count, misfits);
            } else {
                for (int row = 0; row < count; row++) {
                    if (!vector.isNull(row)) {
                        one(vector, target, row, misfits);
                    }
                }
            }
            target.setValueCount(count);
            return target;
        } catch (RuntimeException e) {
            target.close();
            throw e;
        }
    }

    private static boolean signed(ColumnType type) {
        return type instanceof ColumnType.Int whole && (whole.signed() || whole.bits() < 64);
    }

    private static void wholes(BaseIntVector from, BaseIntVector to, ColumnType.Int type, int count, Misfits misfits) {
        int bits = type.signed() ? type.bits() - 1 : type.bits();
        long max = bits >= 63 ? Long.MAX_VALUE : (1L << bits) - 1;
        long min = type.signed() ? -max - 1 : 0;
        for (int row = 0; row < count; row++) {
            if (from.isNull(row)) {
                continue;
            }
            long value = from.getValueAsLong(row);
            if (value < min || value > max) {
                misfits.add(row, ShapeError.CAST_RANGE);
            } else {
                to.setWithPossibleTruncate(row, value);
            }
        }
    }

    private void one(FieldVector vector, FieldVector target, int row, Misfits misfits) {
        try {
            write(target, row, cast.of(read(vector, row)));
        } catch (Cast.Misfit e) {
            misfits.add(row, e.error);
        }
    }

    private static Object read(FieldVector vector, int row) {
        return switch (vector) {
            case BitVector bits -> bits.get(row) == 1;
            case UInt8Vector big -> new BigDecimal(new BigInteger(Long.toUnsignedString(big.get(row))));
            case BaseIntVector whole -> BigDecimal.valueOf(whole.getValueAsLong(row));
            case DecimalVector decimal -> decimal.getObject(row);
            case Float4Vector small -> (double) small.get(row);
            case Float8Vector large -> large.get(row);
            case VarCharVector text -> new String(text.get(row), StandardCharsets.UTF_8);
            case VarBinaryVector bytes -> bytes.get(row);
            case FixedSizeBinaryVector uuid -> {
                ByteBuffer bytes = ByteBuffer.wrap(uuid.get(row));
                yield new UUID(bytes.getLong(), bytes.getLong());
            }
            case DateDayVector date -> LocalDate.ofEpochDay(date.get(row));
            case TimeMicroVector time -> LocalTime.ofNanoOfDay(time.get(row) * 1000);
            case TimeStampVector time -> {
                Instant instant = Instant.ofEpochSecond(
                        Math.floorDiv(time.get(row), 1_000_000L), Math.floorMod(time.get(row), 1_000_000L) * 1000);
                yield vector.getField().getType().toString().contains("UTC")
                        ? instant
                        : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
            }
            default -> throw new IllegalStateException("No values of " + vector.getClass());
        };
    }

    private static void write(FieldVector target, int row, Object value) {
        switch (target) {
            case BitVector bits -> bits.set(row, (Boolean) value ? 1 : 0);
            case BaseIntVector whole -> whole.setWithPossibleTruncate(row, ((BigDecimal) value).toBigInteger().longValue());
            case DecimalVector decimal -> decimal.set(row, (BigDecimal) value);
            case Float4Vector small -> small.set(row, ((Double) value).floatValue());
            case Float8Vector large -> large.set(row, (Double) value);
            case VarCharVector text -> text.setSafe(row, ((String) value).getBytes(StandardCharsets.UTF_8));
            case VarBinaryVector bytes -> bytes.setSafe(row, (byte[]) value);
            case FixedSizeBinaryVector uuid -> {
                UUID id = (UUID) value;
                uuid.set(row, ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits()).array());
            }
            case DateDayVector date -> date.set(row, (int) ((LocalDate) value).toEpochDay());
            case TimeMicroVector time -> time.set(row, ((LocalTime) value).toNanoOfDay() / 1000);
            case TimeStampVector time -> {
                Instant instant = value instanceof Instant given ? given : ((LocalDateTime) value).toInstant(ZoneOffset.UTC);
                time.set(row, instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1000);
            }
            default -> throw new IllegalStateException("No values of " + target.getClass());
        }
    }
}

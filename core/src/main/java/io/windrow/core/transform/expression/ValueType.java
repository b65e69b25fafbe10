package io.windrow.core.transform.expression;

import io.windrow.api.schema.ColumnType;
import org.jspecify.annotations.Nullable;

/**
 * The type of a part of an expression.
 *
 * @param kind what it is
 * @param precision digits of a decimal, at most 38; else 0
 * @param scale digits after the point of a decimal; else 0
 */
record ValueType(Kind kind, int precision, int scale) {
    /** How many digits a long always holds. */
    static final int LONG_DIGITS = 18;

    static final ValueType BOOL = of(Kind.BOOL);

    static ValueType of(Kind kind) {
        return new ValueType(kind, 0, 0);
    }

    static ValueType decimal(int precision, int scale) {
        return new ValueType(Kind.DECIMAL, Math.min(38, precision), scale);
    }

    static ValueType of(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> BOOL;
            case ColumnType.Int t -> of(t.signed() || t.bits() < 64 ? Kind.INT : Kind.UINT);
            case ColumnType.Float ignored -> of(Kind.DOUBLE);
            case ColumnType.Decimal t -> decimal(t.precision(), t.scale());
            case ColumnType.Text ignored -> of(Kind.STRING);
            case ColumnType.Json ignored -> of(Kind.STRING);
            case ColumnType.Bytes ignored -> of(Kind.BYTES);
            case ColumnType.Date ignored -> of(Kind.DATE);
            case ColumnType.Time ignored -> of(Kind.TIME);
            case ColumnType.Timestamp t -> of(t.utc() ? Kind.TIMESTAMP : Kind.DATETIME);
            case ColumnType.Uuid ignored -> of(Kind.OTHER);
            case ColumnType.Interval ignored -> of(Kind.OTHER);
            case ColumnType.ListOf ignored -> of(Kind.OTHER);
            case ColumnType.Struct ignored -> of(Kind.OTHER);
        };
    }

    /** The type of a column that holds such values; null if there is none. */
    @Nullable ColumnType column() {
        return switch (kind) {
            case BOOL -> new ColumnType.Bool();
            case INT -> new ColumnType.Int(64, true);
            case UINT -> new ColumnType.Int(64, false);
            case DOUBLE -> new ColumnType.Float(64);
            case DECIMAL -> new ColumnType.Decimal(precision, scale);
            case STRING -> new ColumnType.Text();
            case BYTES -> new ColumnType.Bytes();
            case TIMESTAMP -> new ColumnType.Timestamp(true);
            case DATETIME -> new ColumnType.Timestamp(false);
            case DATE -> new ColumnType.Date();
            case TIME -> new ColumnType.Time();
            case DURATION, NULL, OTHER -> null;
        };
    }

    /** Whether its values are held as longs. */
    boolean inLongs() {
        return switch (kind) {
            case BOOL, INT, UINT, TIMESTAMP, DATETIME, DATE, TIME, DURATION -> true;
            case DECIMAL -> precision <= LONG_DIGITS;
            case DOUBLE, STRING, BYTES, NULL, OTHER -> false;
        };
    }

    /** A whole number as a decimal of the most digits that it can have. */
    ValueType asDecimal() {
        return switch (kind) {
            case INT -> decimal(19, 0);
            case UINT -> decimal(20, 0);
            default -> this;
        };
    }
}

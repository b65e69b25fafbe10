package io.windrow.api.schema;

import java.util.List;

/**
 * The closed set of value types that travel between a source and a sink. A source maps its own types to these in one
 * table; a sink maps these to its format. What a type cannot hold follows the column's {@link OutOfRange} rule.
 * {@link ArrowTypes} gives the Arrow layout of each.
 */
public sealed interface ColumnType {
    /** True or false. Arrow Bool. */
    record Bool() implements ColumnType {}

    /**
     * A whole number. Arrow Int.
     *
     * @param bits 8, 16, 32 or 64
     * @param signed whether negative values exist
     */
    record Int(int bits, boolean signed) implements ColumnType {
        public Int {
            if (bits != 8 && bits != 16 && bits != 32 && bits != 64) {
                throw new IllegalArgumentException("An integer has 8, 16, 32 or 64 bits, not " + bits);
            }
        }
    }

    /**
     * IEEE 754. NaN, the infinities and −0.0 are values like any other. Arrow FloatingPoint.
     *
     * @param bits 32 or 64
     */
    record Float(int bits) implements ColumnType {
        public Float {
            if (bits != 32 && bits != 64) {
                throw new IllegalArgumentException("A float has 32 or 64 bits, not " + bits);
            }
        }
    }

    /**
     * An exact decimal. Arrow Decimal128. Numbers of more than 38 digits or without a declared scale are {@link Text}.
     *
     * @param precision 1 to 38 digits
     * @param scale 0 to {@code precision}
     */
    record Decimal(int precision, int scale) implements ColumnType {
        public Decimal {
            if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
                throw new IllegalArgumentException("No decimal(" + precision + ", " + scale + ")");
            }
        }
    }

    /** Characters, valid UTF-8. Arrow Utf8. */
    record Text() implements ColumnType {}

    /** A JSON document, its text verbatim as the source gives it. Arrow Utf8. */
    record Json() implements ColumnType {}

    /** Bytes. Arrow Binary. */
    record Bytes() implements ColumnType {}

    /** A UUID: 16 bytes, most significant first. Arrow FixedSizeBinary(16). */
    record Uuid() implements ColumnType {}

    /** A day of the proleptic Gregorian calendar, as a signed count of days since 1970-01-01. Arrow Date(DAY). */
    record Date() implements ColumnType {}

    /** A time of day in microseconds since midnight, 0 up to 86 399 999 999. Arrow Time(MICROSECOND, 64). */
    record Time() implements ColumnType {}

    /**
     * Microseconds since 1970-01-01T00:00. Arrow Timestamp(MICROSECOND).
     *
     * @param utc true: an instant; false: a local date and time without a zone, which is never converted
     */
    record Timestamp(boolean utc) implements ColumnType {}

    /** A calendar interval: Arrow Struct{months: Int(32), days: Int(32), micros: Int(64)}, each part with its own sign. */
    record Interval() implements ColumnType {}

    /**
     * A list. Arrow List.
     *
     * @param element the element, a column of its own (its name is {@code element})
     */
    record ListOf(Column element) implements ColumnType {}

    /**
     * A structure. Arrow Struct.
     *
     * @param fields the fields, in order, names unique
     */
    record Struct(List<Column> fields) implements ColumnType {
        public Struct {
            fields = List.copyOf(fields);
        }
    }
}

package io.windrow.core.ledger;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/**
 * The secret numbers of one field, derived from the key, the path of stable ids that leads to it, and its type. Two
 * fields, or one field with two types, have nothing in common.
 */
final class FieldKeys {
    final Column column;
    final List<FieldKeys> children;
    /** Multipliers of the value's first and second 64 bits; each is a number of 128 bits. */
    final long firstLow;

    final long firstHigh;
    final long secondLow;
    final long secondHigh;
    /** Added for a value, for null and for unchanged (I8); absent adds nothing. */
    final long presentLow;

    final long presentHigh;
    final long nullLow;
    final long nullHigh;
    final long unchangedLow;
    final long unchangedHigh;
    /** For byte sequences and for values within nested ones. */
    final long seed;

    final long factor;
    final long lastFactor;
    final long nullWord;

    FieldKeys(SipHash key, long path, Column column) {
        this.column = column;
        long typed = key.of(path, column.id(), type(column.type()), 0).low();
        firstLow = key.of(typed, 1).low() | 1;
        firstHigh = key.of(typed, 1).high();
        secondLow = key.of(typed, 2).low() | 1;
        secondHigh = key.of(typed, 2).high();
        presentLow = key.of(typed, 3).low();
        presentHigh = key.of(typed, 3).high();
        nullLow = key.of(typed, 4).low();
        nullHigh = key.of(typed, 4).high();
        unchangedLow = key.of(typed, 5).low();
        unchangedHigh = key.of(typed, 5).high();
        seed = key.of(typed, 6).low();
        factor = key.of(typed, 7).low() | 1;
        lastFactor = key.of(typed, 8).low() | 1;
        nullWord = key.of(typed, 9).low();
        List<FieldKeys> nested = new ArrayList<>();
        for (Column child : ArrowTypes.children(column.type())) {
            nested.add(new FieldKeys(key, typed, child));
        }
        children = List.copyOf(nested);
    }

    /** A number for a type, never to be changed. Of a decimal only the scale counts: values are compared at it. */
    private static long type(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> 1;
            case ColumnType.Int t -> 2 | (long) t.bits() << 8 | (t.signed() ? 1L << 16 : 0);
            case ColumnType.Float t -> 3 | (long) t.bits() << 8;
            case ColumnType.Decimal t -> 4 | (long) t.scale() << 8;
            case ColumnType.Text ignored -> 5;
            case ColumnType.Json ignored -> 6;
            case ColumnType.Bytes ignored -> 7;
            case ColumnType.Uuid ignored -> 8;
            case ColumnType.Date ignored -> 9;
            case ColumnType.Time ignored -> 10;
            case ColumnType.Timestamp t -> 11 | (t.utc() ? 1L << 8 : 0);
            case ColumnType.Interval ignored -> 12;
            case ColumnType.ListOf ignored -> 13;
            case ColumnType.Struct ignored -> 14;
        };
    }
}

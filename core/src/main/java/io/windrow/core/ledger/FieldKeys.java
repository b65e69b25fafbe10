package io.windrow.core.ledger;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/**
 * The secret numbers of one field, derived from the key, the path of stable ids that leads to it, and its type. Two
 * fields, or one field with two types that the form of the hash tells apart, have nothing in common.
 */
final class FieldKeys {
    /** Words of 64 bits that a short byte sequence has at most, its length included. */
    static final int SHORT_WORDS = 16;

    final Column column;
    final List<FieldKeys> children;
    /** Whether values are read as a {@link Numeral}. */
    final boolean numeral;
    /** Multipliers of a value's first and second 64 bits. */
    final long first;

    final long second;
    /** Multipliers of a numeral's scale, and of one that is a float. */
    final long third;

    final long fourth;
    /** Of a short byte sequence, word {@code i} with its length in front is added to number {@code i} of these. */
    final long[] addends;

    /** Added for a value, for null and for unchanged (I8); absent adds nothing. The halves are added up apart. */
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

    FieldKeys(SipHash key, long path, Column column, HashForm form) {
        this.column = column;
        numeral = form.isNumeral(column.type());
        long typed = key.of(path, column.id(), type(form.speaker(column.type())), 0).low();
        first = key.of(typed, 1).low() | 1;
        second = key.of(typed, 2).low() | 1;
        third = key.of(typed, 11).low() | 1;
        fourth = key.of(typed, 12).low() | 1;
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
        addends = new long[SHORT_WORDS];
        for (int i = 0; i < SHORT_WORDS; i++) {
            addends[i] = key.of(typed, 10, i).low();
        }
        List<FieldKeys> nested = new ArrayList<>();
        for (Column child : ArrowTypes.children(column.type())) {
            nested.add(new FieldKeys(key, typed, child, form));
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

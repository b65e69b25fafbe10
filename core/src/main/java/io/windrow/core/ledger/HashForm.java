package io.windrow.core.ledger;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;

/** What two values of a field have in common if their hashes are the same. */
public enum HashForm {
    /** Value and type: what the ledger compares. */
    TYPED(1),
    /**
     * The value. A whole number is the same in every width, a decimal at every scale, a float in both sizes; a whole number is
     * also a decimal and a float, and each nested one likewise. All other types are told apart as in {@link #TYPED}.
     */
    VALUE(2);

    private static final ColumnType NUMBER = new ColumnType.Int(64, true);

    private final int number;

    HashForm(int number) {
        this.number = number;
    }

    /** What stands for it in stores, never to be changed. */
    public int number() {
        return number;
    }

    /** The form with a number; empty: there is none. */
    public static Optional<HashForm> of(int number) {
        return Arrays.stream(values()).filter(form -> form.number == number).findFirst();
    }

    /** Whether some values of these columns have other hashes in one form than in the other. */
    public static boolean differ(Collection<Column> columns) {
        return columns.stream().map(Column::type).anyMatch(type ->
                isNumber(type) && !type.equals(NUMBER) || differ(ArrowTypes.children(type)));
    }

    private static boolean isNumber(ColumnType type) {
        return type instanceof ColumnType.Int || type instanceof ColumnType.Decimal || type instanceof ColumnType.Float;
    }

    /** The type that speaks for another: values of types with one speaker may be the same. */
    ColumnType speaker(ColumnType type) {
        return this == VALUE && isNumber(type) ? NUMBER : type;
    }

    /** Whether the value has to be read as a {@link Numeral}: it is no whole number of up to 64 bits with a sign. */
    boolean isNumeral(ColumnType type) {
        return this == VALUE && isNumber(type)
                && !(type instanceof ColumnType.Int whole && (whole.signed() || whole.bits() < 64));
    }
}

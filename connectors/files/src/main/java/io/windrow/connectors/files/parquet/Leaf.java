package io.windrow.connectors.files.parquet;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.List;
import org.apache.parquet.format.Type;

/**
 * One leaf of the Parquet schema.
 *
 * @param index ordinal among the leaves
 * @param path names from the top-level column down, Parquet's own list levels included
 * @param type the value type
 * @param physical how values are stored
 * @param fixedLength bytes of a FIXED_LEN_BYTE_ARRAY, else 0
 * @param maxDefinition the definition level of a value that is there
 * @param maxRepetition number of lists around it
 * @param topLevel ordinal of the top-level column
 * @param steps the way from the top-level vector to the leaf's vector
 */
record Leaf(
        int index,
        List<String> path,
        ColumnType type,
        Type physical,
        int fixedLength,
        int maxDefinition,
        int maxRepetition,
        int topLevel,
        List<Step> steps) {
    /**
     * One vector on the way to a leaf.
     *
     * @param column its column
     * @param child ordinal of this vector in the one above; −1 for the top
     */
    record Step(Column column, int child) {
        boolean list() {
            return column.type() instanceof ColumnType.ListOf;
        }
    }

    /** How values are ordered in statistics. */
    enum Order {
        SIGNED, UNSIGNED, FLOAT, DOUBLE
    }

    Order order() {
        return switch (type) {
            case ColumnType.Int t -> t.signed() || t.bits() < 64 ? Order.SIGNED : Order.UNSIGNED;
            case ColumnType.Float t -> t.bits() == 32 ? Order.FLOAT : Order.DOUBLE;
            case ColumnType.Decimal ignored -> Order.SIGNED;
            case ColumnType.Date ignored -> Order.SIGNED;
            case ColumnType.Time ignored -> Order.SIGNED;
            case ColumnType.Timestamp ignored -> Order.SIGNED;
            case ColumnType.Bool ignored -> Order.SIGNED;
            case ColumnType.Text ignored -> Order.UNSIGNED;
            case ColumnType.Json ignored -> Order.UNSIGNED;
            case ColumnType.Bytes ignored -> Order.UNSIGNED;
            case ColumnType.Uuid ignored -> Order.UNSIGNED;
            case ColumnType.Interval ignored -> Order.SIGNED;
            case ColumnType.ListOf ignored -> Order.SIGNED;
            case ColumnType.Struct ignored -> Order.SIGNED;
        };
    }

    boolean text() {
        return type instanceof ColumnType.Text || type instanceof ColumnType.Json;
    }

    /** True for a leaf that is itself a top-level column, so that its levels come from one validity bitmap. */
    boolean flat() {
        return steps.size() == 1;
    }

    boolean bytes() {
        return physical == Type.BYTE_ARRAY || physical == Type.FIXED_LEN_BYTE_ARRAY;
    }

    String name() {
        return String.join(".", path);
    }
}

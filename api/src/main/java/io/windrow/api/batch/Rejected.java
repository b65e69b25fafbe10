package io.windrow.api.batch;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rows of a batch that were set aside as bad (I10). They travel with their batch through the mask, which treats them as it
 * treats the good ones, into quarantine (I11), and are counted as quarantined in its books (I1). Owned by the batch.
 *
 * @param schema the schema that {@code rows} follows: the batch's own, or what a source could still make of the input
 * @param rows the bad rows
 * @param reasons why, one per row, in order
 * @param masked columns that the pipeline masks and that could not be masked here: nobody stores their values, encrypted or
 *     not, but as length and keyed digest (I11)
 * @param operations of rows of a change stream what each did, in order; empty: rows of a table
 * @param place how the batch's position is stored with them
 */
public record Rejected(
        StreamSchema schema, VectorSchemaRoot rows, List<Reason> reasons, Set<String> masked, List<Operation> operations,
        Place place)
        implements AutoCloseable {
    public Rejected {
        reasons = List.copyOf(reasons);
        masked = Set.copyOf(masked);
        operations = List.copyOf(operations);
        if (reasons.size() != rows.getRowCount()) {
            throw new IllegalArgumentException(rows.getRowCount() + " rows, " + reasons.size() + " reasons");
        }
    }

    /** Rows of a table without a value that may not be stored. */
    public Rejected(StreamSchema schema, VectorSchemaRoot rows, List<Reason> reasons) {
        this(schema, rows, reasons, Set.of(), List.of(), Place.SHOWN);
    }

    /** The same rows, in the same order, in another form. The rows given are spent. */
    public Rejected as(StreamSchema newSchema, VectorSchemaRoot newRows) {
        return new Rejected(newSchema, newRows, reasons, masked, operations, place);
    }

    /**
     * The same rows, whose position holds a value that the target does not get: whoever keeps them stores its length and keyed
     * digest only, unless it encrypts them (I11). The rows given are spent.
     */
    public Rejected withPlaceWithheld() {
        return new Rejected(schema, rows, reasons, masked, operations, Place.WITHHELD);
    }

    /** How the position that rows were read up to is stored with them. */
    public enum Place {
        /** As it is. */
        SHOWN,
        /** As length and keyed digest, unless it is encrypted. */
        WITHHELD
    }

    /**
     * Why one row is bad.
     *
     * @param ordinal the row's place in the batch that was read, from 0
     * @param code the error code, {@code area.reason}
     * @param field the column; empty if it is the row as a whole
     * @param text one line; it never quotes a value (I11)
     */
    public record Reason(long ordinal, String code, String field, String text) {}

    /**
     * The same rows for nobody to read: their columns have ids below 0, of which no stream has any, and whoever keeps rows
     * stores such values as length and keyed digest only, unless it encrypts them (I11). For rows that a mask cannot be
     * applied to. The rows given are spent.
     *
     * @param hidden the columns that the mask would have hidden
     */
    public Rejected withheld(Set<String> hidden) {
        List<Column> columns = schema.columns().stream()
                .map(column -> new Column(
                        column.id() < 0 ? column.id() : -1 - column.id(), column.name(), column.type(), column.nullable(),
                        column.sourceType()))
                .toList();
        return new Rejected(
                new StreamSchema(schema.stream(), schema.version(), columns, schema.key()), rows, reasons, hidden, operations,
                place);
    }

    @Override
    public void close() {
        rows.close();
    }
}

package io.windrow.core.compact;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.transform.change.ChangeLog;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;

/** Rows of a change log, as {@link ChangeLog} made them, with what they say of themselves. Valid as long as they are. */
final class LogRows {
    private final StreamSchema schema;
    private final List<FieldVector> vectors;
    private final List<FieldVector> keys;
    private final VarCharVector operations;
    private final BigIntVector positions;
    private final BigIntVector ordinals;
    private final BigIntVector links;
    private final ListVector unchanged;
    private final ListVector absent;
    private final int rows;

    /** What a row says happened. */
    enum Kind {
        COPY,
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /**
     * Rows.
     *
     * @param schema the log's; the rows have its columns in its order
     */
    LogRows(VectorSchemaRoot root, StreamSchema schema) {
        this.schema = schema;
        this.vectors = root.getFieldVectors();
        this.keys = schema.key().stream().map(name -> vectors.get(schema.indexOf(name))).toList();
        this.operations = column("_op", VarCharVector.class);
        this.positions = column("_position", BigIntVector.class);
        this.ordinals = column("_ordinal", BigIntVector.class);
        this.links = column("_linked", BigIntVector.class);
        this.unchanged = column("_unchanged", ListVector.class);
        this.absent = column("_absent", ListVector.class);
        this.rows = root.getRowCount();
    }

    private <V extends FieldVector> V column(String name, Class<V> type) {
        FieldVector vector = vectors.get(schema.indexOf(name));
        if (!type.isInstance(vector)) {
            throw unreadable("its column " + name + " is a " + vector.getMinorType());
        }
        return type.cast(vector);
    }

    int count() {
        return rows;
    }

    /** All columns, in the order of the log's schema: those of the table come first. */
    List<FieldVector> vectors() {
        return vectors;
    }

    List<FieldVector> keys() {
        return keys;
    }

    Kind kind(int row) {
        String said = operations.isNull(row) ? "" : text(operations, row);
        return switch (said) {
            case "copy" -> Kind.COPY;
            case "insert" -> Kind.INSERT;
            case "update" -> Kind.UPDATE;
            case "delete" -> Kind.DELETE;
            case "truncate" -> Kind.TRUNCATE;
            // I10: what is not known is not passed over.
            default -> throw unreadable("its operation is none of copy, insert, update, delete and truncate");
        };
    }

    Place place(int row) {
        return new Place(positions.get(row), ordinals.get(row));
    }

    /** Of the two halves of a change of key, the other's ordinal. */
    OptionalLong link(int row) {
        return links.isNull(row) ? OptionalLong.empty() : OptionalLong.of(links.get(row));
    }

    /** Whether a column of the row kept the value that it had. */
    boolean leavesAnything(int row) {
        return !unchanged.isNull(row) && unchanged.getElementEndIndex(row) > unchanged.getElementStartIndex(row);
    }

    boolean leaves(int row, String column) {
        return names(unchanged, row, column);
    }

    /** Whether the log says nothing of the column. */
    boolean lacks(int row, String column) {
        return names(absent, row, column);
    }

    /** A column that a row speaks of and the log does not have by that name; empty: there is none. */
    Optional<String> unknown() {
        return Stream.of(unchanged, absent)
                .map(lists -> (VarCharVector) lists.getDataVector())
                .flatMap(texts -> IntStream.range(0, texts.getValueCount()).mapToObj(i -> text(texts, i)))
                .filter(name -> schema.indexOf(name) < 0)
                .findFirst();
    }

    private static boolean names(ListVector lists, int row, String column) {
        if (lists.isNull(row)) {
            return false;
        }
        VarCharVector texts = (VarCharVector) lists.getDataVector();
        for (int i = lists.getElementStartIndex(row); i < lists.getElementEndIndex(row); i++) {
            if (text(texts, i).equals(column)) {
                return true;
            }
        }
        return false;
    }

    private static String text(VarCharVector texts, int at) {
        return new String(texts.get(at), StandardCharsets.UTF_8);
    }

    private WindrowException unreadable(String why) {
        return WindrowException.of(CompactError.LOG_UNREADABLE, "Folding the change log of " + schema.stream() + ": " + why);
    }
}

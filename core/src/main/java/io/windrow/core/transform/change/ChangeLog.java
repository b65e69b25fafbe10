package io.windrow.core.transform.change;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.transform.Unchanged;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The last step of streams whose changes are appended: every change becomes a row, and what is said of it becomes columns.
 * So every target that can append can keep a change log, in every format.
 *
 * <p>The stream's own columns come first and may all be null, since a deleted row has only its key and an emptied table no
 * row. Then follow, in this order:
 * <ul>
 *   <li>{@code _op}: copy (read by the first copy), insert, update, delete, truncate
 *   <li>{@code _position}: the place of the commit, or of the copy, in the source's log
 *   <li>{@code _ordinal}: the row's place within its transaction, over all streams; with {@code _position} it orders all rows
 *   <li>{@code _transaction}, {@code _committed_at}: null for copied rows
 *   <li>{@code _linked}: of the two halves of a change of key the other's ordinal, else null
 *   <li>{@code _unchanged}: the columns that kept the value they had and were not sent; they are null here
 *   <li>{@code _absent}: the columns of which the source says nothing; they are null here
 * </ul>
 *
 * <p>A null of which neither list speaks is a null at the source (I8).
 *
 * @param streams the streams that it concerns
 */
public record ChangeLog(Set<StreamName> streams) implements Transform {
    static final ColumnType TEXT = new ColumnType.Text();
    static final ColumnType WHOLE = new ColumnType.Int(64, true);
    static final ColumnType NAMES =
            new ColumnType.ListOf(new Column(1, "element", TEXT, false, "column name"));
    static final ColumnType TIME = new ColumnType.Timestamp(true);
    /** The names of the columns that are added, in order. */
    public static final List<String> COLUMNS = List.of(
            "_op", "_position", "_ordinal", "_transaction", "_committed_at", "_linked", "_unchanged", "_absent");
    private static final List<ColumnType> TYPES = List.of(TEXT, WHOLE, WHOLE, WHOLE, TIME, WHOLE, NAMES, NAMES);
    private static final int NOT_NULL = 3;
    private static final int FIRST_ID = 1_000_000;

    public ChangeLog {
        streams = Set.copyOf(streams);
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        if (!streams.contains(input.stream())) {
            return new Unchanged(input);
        }
        List<Column> columns = new ArrayList<>();
        int id = 0;
        for (Column column : input.columns()) {
            columns.add(new Column(column.id(), column.name(), column.type(), true, column.sourceType()));
            id = Math.max(id, column.id());
        }
        for (int i = 0; i < COLUMNS.size(); i++) {
            String name = COLUMNS.get(i);
            if (input.indexOf(name) >= 0) {
                throw WindrowException.of(
                        ChangeLogError.NAME_TAKEN,
                        "Keeping the changes of " + input.stream() + ": the stream has a column " + name + " of its own");
            }
            // Ids far above those of the source, which a table never reaches, so that a new column takes none of them.
            columns.add(new Column(FIRST_ID + i, name, TYPES.get(i), i >= NOT_NULL, "windrow"));
        }
        return new BoundChangeLog(
                input, new StreamSchema(input.stream(), input.version(), columns, input.key()));
    }
}

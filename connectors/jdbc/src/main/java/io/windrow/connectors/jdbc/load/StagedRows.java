package io.windrow.connectors.jdbc.load;

import io.windrow.api.schema.Column;
import io.windrow.connectors.jdbc.sql.SqlType;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Rows on their way into a staging table: some of a batch's, with the facts of their changes in front if the table has
 * columns for them.
 *
 * @param schema the staging table's schema; empty: the database has none
 * @param name the staging table's name
 * @param table both, quoted
 * @param columns the stream's columns, as in {@code rows}
 * @param key the names of those that tell rows apart
 * @param types how the database holds them
 * @param rows the values; stay the caller's
 * @param selected which rows, ascending
 * @param facts what the changes say; empty: the table holds values only
 * @param firstSequence the sequence number of the first row
 */
public record StagedRows(
        Optional<String> schema,
        String name,
        String table,
        List<Column> columns,
        List<String> key,
        List<SqlType> types,
        VectorSchemaRoot rows,
        int[] selected,
        Optional<ChangeFacts> facts,
        long firstSequence) {
    /** The columns of a staging table that say what a row's change is, before the values {@code c0}, {@code c1} and so on. */
    public static final List<String> FACTS =
            List.of("w_seq", "w_op", "w_pos", "w_ord", "w_micros", "w_link", "w_unchanged");

    /** All columns of the staging table, comma separated. */
    String columnList() {
        StringBuilder list = new StringBuilder();
        if (facts.isPresent()) {
            list.append(String.join(", ", FACTS)).append(", ");
        }
        for (int i = 0; i < columns.size(); i++) {
            list.append(i == 0 ? "c" : ", c").append(i);
        }
        return list.toString();
    }

    /** How many columns the staging table has. */
    int width() {
        return columns.size() + (facts.isPresent() ? FACTS.size() : 0);
    }

    FieldVector vector(int column) {
        return rows.getVector(column);
    }
}

package io.windrow.connectors.connect.database;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The columns that are not delivered, each written {@code database.table.column}. Told apart without regard to upper and lower
 * case, as the connector tells them apart: else a column that only one of the two leaves out would arrive as absent. Immutable.
 */
final class ExcludedColumns {
    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    /** As the config has them. */
    ExcludedColumns(Collection<String> written) {
        names.addAll(written);
    }

    /** Whether a column is left out. */
    boolean contains(StreamName stream, String column) {
        return names.contains(prefix(stream) + column);
    }

    /**
     * Refuses a name that no column of its table has: whoever wrote it takes a column for left out that is not.
     *
     * @param present the table's columns
     */
    void expectAmong(StreamName stream, Collection<String> present) {
        Set<String> there = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        present.forEach(column -> there.add(prefix(stream) + column));
        String prefix = prefix(stream).toLowerCase(Locale.ROOT);
        for (String name : names) {
            if (name.toLowerCase(Locale.ROOT).startsWith(prefix) && !there.contains(name)) {
                throw WindrowException.of(
                        ConnectError.STREAM_INVALID, "Reading the columns of " + stream + ": exclude_columns names " + name
                                + ", and the table has no such column");
            }
        }
    }

    private static String prefix(StreamName stream) {
        return stream.namespace() + "." + stream.name() + ".";
    }
}

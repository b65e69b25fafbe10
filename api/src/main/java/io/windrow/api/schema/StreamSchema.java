package io.windrow.api.schema;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The schema of a stream's rows.
 *
 * @param stream the stream
 * @param version counts up from 1 with every change that the pipeline has seen
 * @param columns the columns in delivery order, names unique
 * @param key the names of the key columns in key order; empty if the stream has no key
 */
public record StreamSchema(StreamName stream, int version, List<Column> columns, List<String> key) {
    public StreamSchema {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        Set<String> names = new HashSet<>();
        for (Column column : columns) {
            if (!names.add(column.name())) {
                throw new IllegalArgumentException("Stream " + stream + " has two columns named " + column.name());
            }
        }
        if (!names.containsAll(key)) {
            throw new IllegalArgumentException("Stream " + stream + " has a key column that it does not deliver: " + key);
        }
    }

    /** Names that are one to readers that do not tell upper from lower case, group by group; empty if there are none. */
    public List<List<String>> namesAlikeButForCase() {
        Map<String, List<String>> alike = new LinkedHashMap<>();
        columns.forEach(column ->
                alike.computeIfAbsent(column.name().toLowerCase(Locale.ROOT), name -> new ArrayList<>()).add(column.name()));
        return alike.values().stream().filter(names -> names.size() > 1).map(List::copyOf).toList();
    }

    /** The position of a column by exact name, or −1. */
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}

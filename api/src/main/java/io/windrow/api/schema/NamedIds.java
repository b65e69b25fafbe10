package io.windrow.api.schema;

import java.util.Set;

/**
 * Ids of columns that a source knows by their names alone. A column keeps its id when others come and go; one that is renamed
 * is another column.
 */
public final class NamedIds {
    private NamedIds() {}

    /**
     * The id of a name.
     *
     * @param taken the ids of the stream's columns before it; the new one is added
     */
    public static int of(String name, Set<Integer> taken) {
        int id = first(name);
        while (!taken.add(id)) {
            id = id + 1 & Integer.MAX_VALUE;
        }
        return id;
    }

    private static int first(String name) {
        return name.hashCode() & Integer.MAX_VALUE;
    }

    /** Whether the ids of all columns of a stream are made of their names. */
    public static boolean are(StreamSchema schema) {
        return schema.columns().stream()
                .allMatch(column -> (column.id() - first(column.name()) & Integer.MAX_VALUE) < schema.columns().size());
    }
}

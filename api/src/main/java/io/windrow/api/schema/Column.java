package io.windrow.api.schema;

import java.util.Objects;

/**
 * One column (or struct field, or list element) of a stream.
 *
 * @param id stable within the stream for as long as the source can tell that it is the same column, through renames and
 *     reordering (PostgreSQL: attnum); hashes use it instead of the name
 * @param name the exact name
 * @param type the value type
 * @param nullable whether null can occur
 * @param sourceType the type as the source writes it, for people ({@code numeric(15,2)})
 */
public record Column(int id, String name, ColumnType type, boolean nullable, String sourceType) {
    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(sourceType, "sourceType");
    }
}

package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;

/**
 * A column as the database has it.
 *
 * @param id the column's id in the stream
 * @param name the exact name
 * @param type the declared type, as the database writes it
 * @param nullable whether NULL is allowed
 */
public record NativeColumn(int id, String name, String type, boolean nullable) {
    /** The column as it is delivered. */
    Column as(ColumnType delivered) {
        return new Column(id, name, delivered, nullable, type);
    }
}

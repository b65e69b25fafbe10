package io.windrow.connectors.jdbc.catalog;

import io.windrow.api.schema.Column;

/**
 * How a column is read.
 *
 * @param column the column as it is delivered
 * @param expression what is selected, in terms of the column's quoted name
 * @param cell how the driver's value becomes the delivered one
 * @param order whether the database compares a raw value that is bound again as it compares the column
 * @param parameter how such a value stands in a condition: {@code ?}, or {@code CAST(? AS …)}
 */
public record ReadColumn(Column column, String expression, Cell cell, Order order, String parameter) {
    /** What a raw value is good for. */
    public enum Order {
        /** A key, or a cursor if its values can grow: it sorts, and compares with a parameter, in one and the same order. */
        SORTS,
        /** To be delivered. */
        NONE
    }

    /** The same as a column that cannot be a key. */
    ReadColumn unsorted() {
        return new ReadColumn(column, expression, cell, Order.NONE, parameter);
    }
}

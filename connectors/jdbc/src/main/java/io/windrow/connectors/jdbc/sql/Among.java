package io.windrow.connectors.jdbc.sql;

import java.util.List;

/**
 * The rows of a table that have, in some columns, the values of any row of a query.
 *
 * @param columns of the table, quoted
 * @param values of the query, an expression for each column
 * @param from the query's rows: what follows its expressions, from {@code FROM} on
 */
public record Among(List<String> columns, List<String> values, String from) {
    public Among {
        columns = List.copyOf(columns);
        values = List.copyOf(values);
    }

    /** The condition. */
    String in() {
        return "(" + String.join(", ", columns) + ") IN (SELECT " + String.join(", ", values) + " " + from + ")";
    }
}

package io.windrow.connectors.jdbc.source;

import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes the statements that read a stream. The only place where a stream meets SQL: names quoted, values as parameters (H19). */
final class ReadSql {
    private final SourceDialect dialect;
    private final StreamShape shape;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> parameters = new ArrayList<>();

    private ReadSql(SourceDialect dialect, StreamShape shape) {
        this.dialect = dialect;
        this.shape = shape;
        shape.config().where().ifPresent(where -> conditions.add("(" + where + "\n)"));
        shape.config().start().ifPresent(start -> shape.cursor().ifPresent(cursor -> compare(cursor, ">=", start(cursor, start))));
    }

    private Object start(ReadColumn cursor, String start) {
        try {
            return dialect.raw(cursor, start);
        } catch (Misfit e) {
            throw StreamShape.invalid(shape.stream(), "its start is no " + cursor.column().sourceType() + ": " + e.kind().replace('_', ' '));
        }
    }

    /** The statement of a split, behind a position if there is one; its rows are the delivered columns and then {@link #orderAt}'s. */
    static Session.Sql rows(SourceDialect dialect, StreamShape shape, JdbcSplit split, Optional<JdbcPosition> from) {
        ReadSql sql = new ReadSql(dialect, shape);
        ReadColumn limited = split.isOfWindow() ? shape.cursor().orElseThrow() : shape.order().isEmpty() ? null : shape.order().getFirst();
        if (limited != null) {
            split.low().ifPresent(low -> sql.compare(limited, ">=", Raw.of(low)));
            split.high().ifPresent(high -> sql.compare(limited, "<", Raw.of(high)));
        }
        from.ifPresent(position -> sql.after(position.key().stream().map(Raw::of).toList()));
        return sql.selecting(sql.sorting());
    }

    /** The delivered columns and then those of the order that are not among them. */
    private Session.Sql selecting(String end) {
        List<String> select = new ArrayList<>(shape.columns().stream().map(ReadColumn::expression).toList());
        List<Integer> places = orderAt(shape);
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i) > select.size()) {
                select.add(shape.order().get(i).expression());
            }
        }
        return statement("SELECT " + String.join(", ", select), end);
    }

    /** Where the raw values of the order's columns stand in a row, from 1. */
    static List<Integer> orderAt(StreamShape shape) {
        List<Integer> places = new ArrayList<>();
        int next = shape.columns().size() + 1;
        for (ReadColumn column : shape.order()) {
            int found = 0;
            for (int i = 0; i < shape.columns().size(); i++) {
                ReadColumn delivered = shape.columns().get(i);
                if (delivered.column().name().equals(column.column().name()) && delivered.cell().getter() == column.cell().getter()
                        && delivered.expression().equals(column.expression())) {
                    found = i + 1;
                }
            }
            places.add(found == 0 ? next++ : found);
        }
        return places;
    }

    private String sorting() {
        return shape.order().isEmpty() || shape.lasting() == StreamShape.Lasting.ROWS_AS_THEY_COME
                ? ""
                : " ORDER BY " + shape.order().stream().map(this::name).collect(Collectors.joining(", "));
    }

    /** The highest and lowest raw values of a column. */
    static Session.Sql ends(SourceDialect dialect, StreamShape shape, ReadColumn column) {
        ReadSql sql = new ReadSql(dialect, shape);
        String name = sql.name(column);
        // The expression is in terms of the column's name, so the ends are called like it.
        return new Session.Sql(
                "SELECT lo, hi FROM (SELECT " + column.expression() + " AS lo FROM (SELECT MIN(" + name + ") AS " + name + " FROM "
                        + sql.source() + ") a) x, (SELECT " + column.expression() + " AS hi FROM (SELECT MAX(" + name + ") AS " + name
                        + " FROM " + sql.source() + ") b) y",
                sql.twice());
    }

    /** The order's first value that stands so many rows behind the last row with another one, in the order of its index. */
    static Session.Sql behind(SourceDialect dialect, StreamShape shape, Object from, long rows) {
        ReadSql sql = new ReadSql(dialect, shape);
        ReadColumn column = shape.order().getFirst();
        sql.compare(column, ">", from);
        return sql.statement("SELECT " + column.expression(), " ORDER BY " + sql.name(column) + dialect.oneBehind(rows - 1));
    }

    /** The distinct cursor values at or above a bound if there is one, the highest first. */
    static Session.Sql cursorsDown(SourceDialect dialect, StreamShape shape, Optional<String> low) {
        ReadColumn cursor = shape.cursor().orElseThrow();
        ReadSql sql = new ReadSql(dialect, shape);
        low.ifPresent(bound -> sql.compare(cursor, ">=", Raw.of(bound)));
        String name = sql.name(cursor);
        return new Session.Sql(
                "SELECT " + cursor.expression() + " FROM (SELECT DISTINCT " + name + " FROM " + sql.source() + ") d ORDER BY " + name + " DESC",
                sql.parameters);
    }

    /** How many rows have a cursor at or above the bound; without one: how many there are. */
    static Session.Sql countFrom(SourceDialect dialect, StreamShape shape, Optional<String> low) {
        ReadSql sql = new ReadSql(dialect, shape);
        low.ifPresent(bound -> sql.compare(shape.cursor().orElseThrow(), ">=", Raw.of(bound)));
        return sql.statement("SELECT COUNT(*)", "");
    }

    /** The row of a key if its cursor is at or above the bound; its columns are those of {@link #rows}. */
    static Session.Sql byKey(SourceDialect dialect, StreamShape shape, List<Object> key, Optional<String> low) {
        ReadSql sql = new ReadSql(dialect, shape);
        sql.equal(key);
        low.ifPresent(bound -> sql.compare(shape.cursor().orElseThrow(), ">=", Raw.of(bound)));
        return sql.selecting("");
    }

    /** How many rows have the key. */
    static Session.Sql countOf(SourceDialect dialect, StreamShape shape, List<Object> key) {
        ReadSql sql = new ReadSql(dialect, shape);
        sql.equal(key);
        return sql.statement("SELECT COUNT(*)", "");
    }

    private void equal(List<Object> key) {
        for (int i = 0; i < key.size(); i++) {
            compare(shape.columns().get(shape.schema().indexOf(shape.schema().key().get(i))), "=", key.get(i));
        }
    }

    /** How many rows have no cursor. */
    static Session.Sql countNulls(SourceDialect dialect, StreamShape shape) {
        return countWhere(dialect, shape, dialect.isNoCursor(shape.cursor().orElseThrow()), Optional.empty());
    }

    /** How many rows meet a condition, of those that {@code where} chooses and whose cursor is at or above the bound if there is one. */
    static Session.Sql countWhere(SourceDialect dialect, StreamShape shape, String condition, Optional<String> low) {
        ReadSql sql = new ReadSql(dialect, shape);
        sql.conditions.clear();
        sql.parameters.clear();
        shape.config().where().ifPresent(where -> sql.conditions.add("(" + where + "\n)"));
        low.ifPresent(bound -> sql.compare(shape.cursor().orElseThrow(), ">=", Raw.of(bound)));
        sql.conditions.add(condition);
        return sql.statement("SELECT COUNT(*)", "");
    }

    /** A statement without rows, which shows whether the stream may be read. */
    static Session.Sql nothing(SourceDialect dialect, StreamShape shape) {
        ReadSql sql = new ReadSql(dialect, shape);
        sql.conditions.add("1 = 0");
        return sql.statement("SELECT " + shape.columns().stream().map(ReadColumn::expression).collect(Collectors.joining(", ")), "");
    }

    private Session.Sql statement(String select, String end) {
        return new Session.Sql(select + " FROM " + source() + end, parameters);
    }

    private String source() {
        return dialect.qualified(shape.stream()) + (conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions));
    }

    private List<Object> twice() {
        List<Object> both = new ArrayList<>(parameters);
        both.addAll(parameters);
        return both;
    }

    /** A pseudo column is no identifier and is not quoted. */
    private String name(ReadColumn column) {
        return shape.lasting() != StreamShape.Lasting.KEY && shape.order().contains(column)
                ? column.column().name()
                : dialect.quoted(column.column().name());
    }


    private void compare(ReadColumn column, String operator, Object value) {
        conditions.add(name(column) + " " + operator + " " + column.parameter());
        parameters.add(value);
    }

    /** Behind a key, in the form that every database knows and reads from an index. */
    private void after(List<Object> key) {
        List<ReadColumn> order = shape.order();
        if (key.size() != order.size() || key.isEmpty()) {
            throw StateText.invalid("a position with a key of " + key.size() + " columns");
        }
        compare(order.getFirst(), ">=", key.getFirst());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < key.size(); i++) {
            String name = name(order.get(i));
            String parameter = order.get(i).parameter();
            boolean last = i == key.size() - 1;
            text.append("(").append(name).append(" > ").append(parameter);
            parameters.add(key.get(i));
            if (!last) {
                text.append(" OR (").append(name).append(" = ").append(parameter).append(" AND ");
                parameters.add(key.get(i));
            }
        }
        text.append(")".repeat(2 * key.size() - 1));
        conditions.add(text.toString());
    }
}

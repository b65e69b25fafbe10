package io.windrow.connectors.jdbc.source;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.NamedIds;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.jdbc.catalog.Cell;
import io.windrow.connectors.jdbc.catalog.NativeColumn;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceDialect.RowNumber;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a stream looks like and how it is read.
 *
 * @param config its settings
 * @param table the table
 * @param schema what is delivered
 * @param columns how each delivered column is read
 * @param order the columns in whose order rows come and by which a read goes on; empty: they have no order
 * @param lasting how far that order holds
 * @param cursor the cursor, if the stream has one
 */
record StreamShape(
        StreamConfig config,
        NativeTable table,
        StreamSchema schema,
        List<ReadColumn> columns,
        List<ReadColumn> order,
        Lasting lasting,
        Optional<ReadColumn> cursor) {
    /** How far an order holds. */
    enum Lasting {
        /** It is a key: also under another moment. */
        KEY,
        /** Within one moment; rows are sorted by the database. */
        SORTED_ROWS,
        /** Within one moment; rows come so by themselves, which is checked. */
        ROWS_AS_THEY_COME
    }

    StreamName stream() {
        return schema.stream();
    }

    static StreamShape of(Session session, SourceDialect dialect, StreamConfig config, NativeTable table) throws SQLException {
        StreamName stream = table.name();
        List<Object> names = stream.namespace().isEmpty() ? List.of(stream.name()) : List.of(stream.namespace(), stream.name());
        Map<String, NativeColumn> there = new LinkedHashMap<>();
        Set<Integer> ids = new HashSet<>();
        session.rows(new Session.Sql(dialect.columns(), names), row -> {
            String name = row.getString(1);
            String type = row.getString(2);
            return there.put(name, new NativeColumn(NamedIds.of(name, ids), name, type == null ? "" : type, row.getInt(3) != 0));
        });
        if (there.isEmpty()) {
            throw WindrowException.of(
                    SourceError.NO_SUCH_STREAM, "Reading the columns of " + stream + ": there are none, or they cannot be seen");
        }
        List<ReadColumn> columns = new ArrayList<>();
        for (String name : config.columns().isEmpty() ? there.keySet() : config.columns()) {
            columns.add(delivered(dialect, stream, known(there, stream, name), config.outOfRange()));
        }
        Map<String, List<String>> keys = new LinkedHashMap<>();
        session.rows(new Session.Sql(dialect.keys(), names), row ->
                keys.computeIfAbsent(row.getString(1), name -> new ArrayList<>()).add(row.getString(2)));
        keys.values().removeIf(key -> key.stream().anyMatch(name -> !there.containsKey(name) || there.get(name).nullable()));
        List<String> declared = keys.isEmpty() ? List.of() : keys.values().iterator().next();
        List<String> wanted = config.key().isEmpty() ? declared : config.key();
        wanted.forEach(name -> known(there, stream, name));
        List<String> names2 = columns.stream().map(column -> column.column().name()).toList();
        boolean whole = names2.containsAll(wanted);
        if (!config.key().isEmpty() && !whole) {
            throw invalid(stream, "a column of its key is not among its columns");
        }
        Optional<ReadColumn> cursor = config.cursor().map(name -> cursor(dialect, stream, known(there, stream, name)));
        StreamSchema schema = new StreamSchema(
                stream, 1, columns.stream().map(ReadColumn::column).toList(), whole ? wanted : List.of());
        Order order = order(dialect, table, there, keys.values());
        return new StreamShape(config, table, schema, List.copyOf(columns), order.columns(), order.lasting(), cursor);
    }

    private record Order(List<ReadColumn> columns, Lasting lasting) {}

    /** The first key of the database's own whose columns sort as they compare: only it is known to tell rows apart. */
    private static Order order(
            SourceDialect dialect, NativeTable table, Map<String, NativeColumn> there, Iterable<List<String>> keys) {
        for (List<String> key : keys) {
            List<ReadColumn> columns = key.stream()
                    .map(name -> dialect.read(there.get(name), OutOfRange.FAIL))
                    .flatMap(Optional::stream)
                    .filter(column -> column.order() == ReadColumn.Order.SORTS)
                    .toList();
            if (columns.size() == key.size()) {
                return new Order(columns, Lasting.KEY);
            }
        }
        Optional<RowNumber> number = dialect.rowNumber()
                .filter(one -> table.kind() == NativeTable.Kind.TABLE)
                .filter(one -> there.keySet().stream().noneMatch(one.name()::equalsIgnoreCase));
        if (number.isEmpty()) {
            return new Order(List.of(), Lasting.KEY);
        }
        Cell cell = new Cell((row, at) -> row.getLong(at), raw -> raw);
        Column column = new Column(0, number.get().name(), new ColumnType.Int(64, true), false, "");
        return new Order(
                List.of(new ReadColumn(column, number.get().name(), cell, ReadColumn.Order.SORTS, "?")),
                switch (number.get().comes()) {
                    case SORTED -> Lasting.SORTED_ROWS;
                    case BY_THEMSELVES -> Lasting.ROWS_AS_THEY_COME;
                });
    }

    private static NativeColumn known(Map<String, NativeColumn> there, StreamName stream, String name) {
        NativeColumn found = there.get(name);
        if (found == null) {
            throw invalid(stream, "it has no column " + name + "; it has " + there.keySet());
        }
        return found;
    }

    private static ReadColumn delivered(SourceDialect dialect, StreamName stream, NativeColumn column, OutOfRange rule) {
        ReadColumn read = dialect.read(column, rule).orElseThrow(() -> WindrowException.of(
                SourceError.TYPE_REFUSED, "Reading " + stream + ": column " + column.name() + " is a " + column.type()));
        Column as = read.column();
        return rule != OutOfRange.NULL ? read : new ReadColumn(
                new Column(as.id(), as.name(), as.type(), true, as.sourceType()), read.expression(), read.cell(), read.order(), read.parameter());
    }

    private static ReadColumn cursor(SourceDialect dialect, StreamName stream, NativeColumn column) {
        ReadColumn read = dialect.read(column, OutOfRange.FAIL)
                .filter(one -> one.order() == ReadColumn.Order.SORTS)
                .orElseThrow(() -> WindrowException.of(
                        SourceError.CURSOR_INVALID, "Reading " + stream + " by column " + column.name() + ": a " + column.type()
                                + " has no order that a bound could be compared in"));
        boolean grows = switch (read.column().type()) {
            case ColumnType.Int ignored -> true;
            case ColumnType.Decimal ignored -> true;
            case ColumnType.Float ignored -> true;
            case ColumnType.Date ignored -> true;
            case ColumnType.Timestamp ignored -> true;
            case ColumnType.Text ignored -> dialect.isNoTime("x").isPresent();
            default -> false;
        };
        if (!grows) {
            throw WindrowException.of(
                    SourceError.CURSOR_INVALID, "Reading " + stream + " by column " + column.name() + ": of a " + column.type()
                            + " later values need not be higher ones, and rows below the highest would never be read");
        }
        return read;
    }

    static WindrowException invalid(StreamName stream, String why) {
        return WindrowException.of(SourceError.STREAM_INVALID, "Planning " + stream + ": " + why);
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Rereading;
import io.windrow.api.source.Slice;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.PostgresSplit.Part;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Reads windows of a stream again at the moment of a {@link PostgresReconciliation}, whose session it uses and does not
 * close.
 */
final class PostgresRereading implements Rereading {
    private static final int KEYS_AT_ONCE = 500;

    private final PostgresSource source;
    private final Context context;
    private final Session session;
    private final Moment moment;

    PostgresRereading(PostgresSource source, Context context, Session session, Moment moment) {
        this.source = source;
        this.context = context;
        this.session = session;
        this.moment = moment;
    }

    @Override
    public Optional<String> cursor(StreamName stream) {
        return shape(stream).config().cursor();
    }

    @Override
    public Slice slice(
            StreamName stream, String column, Optional<String> from, Optional<String> to, Slice.End end) {
        Scale scale = scale(stream, column);
        return new Slice(
                column, from.map(text -> bound(stream, column, scale, text)), to.map(text -> bound(stream, column, scale, text)),
                end);
    }

    @Override
    public Slice slice(StreamName stream, String column, BigDecimal from, BigDecimal to) {
        Scale scale = scale(stream, column);
        return new Slice(
                column, Optional.of(bound(stream, column, scale, from)), Optional.of(bound(stream, column, scale, to)),
                Slice.End.INCLUSIVE);
    }

    private Scale scale(StreamName stream, String column) {
        RelationColumn found = shape(stream).column(column);
        return Scale.of(found.display()).orElseThrow(() -> WindrowException.of(
                PostgresError.SLICE_INVALID,
                "Cutting a window of " + stream + " by " + column + ": values of type " + found.display()
                        + " have no order that numbers could tell"));
    }

    /**
     * How values of a type are counted.
     *
     * @param type the type's name
     * @param number the number of a value v
     * @param value the value of a number n. Of a time by whole days and the rest, which an interval holds exactly; in UTC, where
     *     every day is as long
     */
    private record Scale(String type, String number, String value) {
        private static final String TIME = "('1970-01-01'::pg_catalog.timestamp + pg_catalog.make_interval(days =>"
                + " pg_catalog.floor(n / 86400000000)::pg_catalog.int4)"
                + " + (n - pg_catalog.floor(n / 86400000000) * 86400000000)::pg_catalog.float8 * '1 microsecond'::pg_catalog.interval)";

        static Optional<Scale> of(String display) {
            return switch (display) {
                case "smallint", "integer", "bigint" -> Optional.of(new Scale(display, "v", "n::pg_catalog." + sqlType(display)));
                case "date" -> Optional.of(new Scale(
                        display, "v - '1970-01-01'::pg_catalog.date", "'1970-01-01'::pg_catalog.date + n::pg_catalog.int4"));
                default -> display.startsWith("numeric")
                        ? Optional.of(new Scale("numeric", "v", "n"))
                        : display.startsWith("timestamp")
                                ? Optional.of(new Scale(
                                        display.endsWith("without time zone") ? "timestamp" : "timestamptz",
                                        "(extract(epoch FROM v) * 1000000)::pg_catalog.int8",
                                        display.endsWith("without time zone") ? TIME : TIME + " AT TIME ZONE 'UTC'"))
                                : Optional.empty();
            };
        }
    }

    private Slice.Bound bound(StreamName stream, String column, Scale scale, String text) {
        return bound(stream, column, scale, "?::pg_catalog." + sqlType(scale.type()), text);
    }

    private Slice.Bound bound(StreamName stream, String column, Scale scale, BigDecimal number) {
        Slice.Bound bound = bound(
                stream, column, scale, scale.value() + " FROM (SELECT ?::pg_catalog.numeric AS n) AS number", number.toPlainString());
        if (bound.value().compareTo(number) != 0) {
            throw invalid("Reading the bound " + number + " of a window of " + stream, column, scale);
        }
        return bound;
    }

    /** H19: the text travels as a parameter and is nothing but a value; what comes back is spelled by the database. */
    private Slice.Bound bound(StreamName stream, String column, Scale scale, String value, String text) {
        String doing = "Reading the bound '" + text + "' of a window of " + stream;
        try {
            return session.guarded(() -> {
                try (PreparedStatement query = session.connection().prepareStatement("SELECT v::pg_catalog.text, ("
                        + scale.number() + ")::pg_catalog.text FROM (SELECT " + value + ") AS bound (v)")) {
                    query.setString(1, text);
                    try (ResultSet row = query.executeQuery()) {
                        row.next();
                        return new Slice.Bound(row.getString(1), new BigDecimal(row.getString(2)));
                    }
                }
            });
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            // Infinity has no number either.
            if (state.startsWith("22") || state.equals("0A000")) {
                throw invalid(doing, column, scale);
            }
            throw SqlStates.coded(doing, e);
        } catch (NumberFormatException e) {
            throw WindrowException.of(PostgresError.BOUND_INVALID, doing + ": it is not finite; leave the bound out instead");
        }
    }

    private static WindrowException invalid(String doing, String column, Scale scale) {
        return WindrowException.of(
                PostgresError.BOUND_INVALID, doing + ": it is no finite value of column " + column + " of type " + scale.type());
    }

    private static String sqlType(String type) {
        return switch (type) {
            case "smallint" -> "int2";
            case "integer" -> "int4";
            case "bigint" -> "int8";
            default -> type;
        };
    }

    @Override
    public Place place(StreamName stream, String saved) {
        StreamShape shape = shape(stream);
        StateText text = parsed(stream, saved);
        List<String> key = text.texts("key");
        if (!key.isEmpty() && !shape.schema().key().isEmpty()) {
            return new Place(shape.schema().key().getFirst(), key.getFirst());
        }
        Optional<String> bound = text.optionalText("bound").or(() -> text.object("candidate").map(seen -> seen.text("value")));
        Optional<String> cursor = shape.config().cursor();
        if (bound.isEmpty() || cursor.isEmpty()) {
            throw WindrowException.of(
                    PostgresError.SLICE_INVALID,
                    "Looking for where a saved position of " + stream + " stands: it holds neither a key nor a cursor's value, "
                            + "and a place in the table's file says nothing of rows at the target");
        }
        return new Place(cursor.get(), bound.get());
    }

    /** A saved text comes from the command line here, so that what is wrong with it is the user's to mend. */
    private static StateText parsed(StreamName stream, String saved) {
        try {
            return StateText.parse(saved);
        } catch (WindrowException e) {
            throw WindrowException.of(
                    PostgresError.SLICE_INVALID, "Reading a saved position of " + stream + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered, Slice slice) {
        StreamShape shape = shape(stream);
        return read(shape, delivered, ReadSql.within(shape, slice));
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        StreamShape shape = shape(stream);
        return read(shape, delivered, List.of(keys.isEmpty()
                ? "false"
                : "EXISTS (SELECT FROM " + asked(shape, keys) + " WHERE " + matches(shape) + ")"));
    }

    private SplitReader read(StreamShape shape, PlannerState delivered, List<String> rows) {
        List<String> conditions = new ArrayList<>(rows);
        if (StateText.parse(delivered.text()).text("read").equals("windows")) {
            WindowState state = WindowState.of(delivered);
            expectSame(shape, state);
            delivered(shape, state, conditions);
        }
        return read(shape.stream(), conditions);
    }

    /** Transactions of another cluster, and a bound of another cursor, say nothing of what was delivered. */
    private void expectSame(StreamShape shape, WindowState state) {
        String system = moment.server().systemId();
        if (!state.system().isEmpty() && !system.isEmpty() && !state.system().equals(system)) {
            throw WindrowException.of(
                    PostgresError.OTHER_CLUSTER,
                    "Reading a part of " + shape.stream() + " again: it was delivered from the cluster " + state.system()
                            + ", and this is " + system);
        }
        String cursor = shape.config().cursor().orElse("");
        if (!state.cursor().equals(cursor)) {
            throw StateText.invalid("stream " + shape.stream() + " was read by the cursor " + state.cursor()
                    + ", and now it is to be " + cursor);
        }
    }

    /** What the next run will not deliver: rows of the transactions that were, or below the bound that it begins at. */
    private void delivered(StreamShape shape, WindowState state, List<String> conditions) {
        String within = ReadSql.within(
                ReadSql.writer(moment.next()), state.since().orElse(new Horizon(0, List.of())));
        Optional<String> passed =
                shape.config().guarantee() == Level.PROVEN ? Optional.empty() : state.bound();
        conditions.add(passed.map(bound -> "(" + within + " OR NOT " + ReadSql.reached(shape, bound) + ")").orElse(within));
        shape.config().start().ifPresent(start -> conditions.add(ReadSql.atLeast(shape, start)));
        if (!state.files().isEmpty()) {
            // A partition that came since is the next run's, whoever wrote its rows.
            conditions.add("tableoid IN ("
                    + state.files().stream().map(file -> Long.toString(file.oid())).collect(Collectors.joining(", ")) + ")");
        }
    }

    @Override
    public SplitReader all(StreamName stream) {
        return read(stream, List.of());
    }

    private SplitReader read(StreamName stream, List<String> conditions) {
        PostgresSplit whole = new PostgresSplit(
                Part.WHOLE, moment.exported(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        return new PostgresReader(source, context, stream, whole, Optional.empty(), conditions);
    }

    @Override
    public List<Boolean> held(StreamName stream, List<List<String>> keys) {
        StreamShape shape = shape(stream);
        Boolean[] held = new Boolean[keys.size()];
        Arrays.fill(held, false);
        for (int from = 0; from < keys.size(); from += KEYS_AT_ONCE) {
            int at = from;
            List<List<String>> some = keys.subList(from, Math.min(keys.size(), from + KEYS_AT_ONCE));
            try {
                session.guarded(() -> session.column(heldSql(shape, some)))
                        .forEach(number -> held[at + Integer.parseInt(number)] = true);
            } catch (SQLException e) {
                throw SqlStates.coded("Looking for rows of " + stream, e);
            }
        }
        return List.of(held);
    }

    private static String heldSql(StreamShape shape, List<List<String>> keys) {
        return "SELECT windrow_row FROM " + asked(shape, keys) + " WHERE EXISTS (SELECT FROM " + shape.from() + " WHERE "
                + matches(shape) + shape.where().map(where -> " AND " + where).orElse("") + ")";
    }

    /** Keys as a table, with their numbers from 0. */
    private static String asked(StreamShape shape, List<List<String>> keys) {
        List<String> names = shape.schema().key();
        List<String> tuples = new ArrayList<>();
        for (int row = 0; row < keys.size(); row++) {
            StringBuilder tuple = new StringBuilder("(").append(row);
            for (int i = 0; i < names.size(); i++) {
                tuple.append(", ").append(shape.keyLiteral(names.get(i), keys.get(row).get(i)));
            }
            tuples.add(tuple.append(")").toString());
        }
        List<String> columns = new ArrayList<>(List.of("windrow_row"));
        for (int i = 0; i < names.size(); i++) {
            columns.add("windrow_key" + i);
        }
        return "(VALUES " + String.join(", ", tuples) + ") AS asked(" + String.join(", ", columns) + ")";
    }

    private static String matches(StreamShape shape) {
        List<String> names = shape.schema().key();
        List<String> conditions = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            conditions.add(Identifier.quoted(names.get(i)) + " = asked.windrow_key" + i);
        }
        return String.join(" AND ", conditions);
    }

    private StreamShape shape(StreamName stream) {
        try {
            return session.guarded(() -> source.shape(stream, session));
        } catch (SQLException e) {
            throw SqlStates.coded("Reading the columns of " + stream, e);
        }
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.QueryColumns;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.catalog.TypeGraph;
import io.windrow.connectors.postgres.catalog.TypeReader;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import io.windrow.connectors.postgres.codec.TypeMapping;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A stream as the database has it now: where its rows come from and how each column travels.
 *
 * @param stream the stream
 * @param config its settings
 * @param relation the relation; empty for a query and for messages
 * @param available every column that the relation or the query has
 * @param plans the columns that are delivered, in order
 * @param schema the same for the SPI
 * @param leftOut columns that a stream which is followed does not deliver, because the log does not hold them
 */
record StreamShape(
        StreamName stream,
        StreamConfig config,
        Optional<Relation> relation,
        List<RelationColumn> available,
        List<ColumnPlan> plans,
        StreamSchema schema,
        Set<String> leftOut) {
    private static final Pattern ISO = Pattern.compile("([+-]?[0-9]{4,9})(-[0-9]{2}-[0-9]{2}.*)");

    StreamShape {
        leftOut = Set.copyOf(leftOut);
    }

    static StreamShape of(Session session, StreamName stream, StreamConfig config, Catalog catalog) throws SQLException {
        List<RelationColumn> available;
        Optional<Relation> relation = Optional.empty();
        TypeGraph types = catalog.types();
        if (config.sql().isPresent()) {
            available = QueryColumns.describe(session.connection(), "SELECT * FROM " + queryFrom(config.sql().get()));
            types = TypeReader.read(
                    session.connection(), available.stream().map(RelationColumn::typeOid).collect(Collectors.toSet()));
        } else {
            relation = catalog.relation(stream);
            available = relation.orElseThrow(() -> WindrowException.of(
                            PostgresError.NO_SUCH_STREAM, "Looking for the table " + stream + ": the database does not have it"))
                    .columns();
        }
        List<RelationColumn> selected = select(stream, config, available);
        expectNames(stream, available, selected.stream().map(RelationColumn::name).collect(Collectors.toCollection(LinkedHashSet::new)));
        List<ColumnPlan> plans = new TypeMapping(types, catalog.server()).plans(selected, config.outOfRange());
        List<Column> columns = plans.stream().map(ColumnPlan::column).toList();
        Set<String> names = columns.stream().map(Column::name).collect(Collectors.toCollection(LinkedHashSet::new));
        List<String> key = config.key();
        if (key.isEmpty() && relation.isPresent()) {
            key = relation.get().keys().stream()
                    .map(Relation.UniqueKey::columns)
                    .filter(names::containsAll)
                    .findFirst()
                    .orElse(List.of());
        } else if (!names.containsAll(key)) {
            throw invalid(stream, "the key " + key + " names a column that is not delivered; there are " + names);
        }
        StreamShape shape = new StreamShape(
                stream, config, relation, available, plans, new StreamSchema(stream, 1, columns, key), Set.of());
        shape.expectOrder(types);
        return config.mode() == ReadMode.CDC ? FollowedShape.of(session, shape) : shape;
    }

    /** What the server compares has to compare as it is sorted, and a bound has to grow. */
    private void expectOrder(TypeGraph types) {
        if (config.mode() == ReadMode.INCREMENTAL && config.guarantee() != StreamConfig.Level.PROVEN) {
            config.cursor().ifPresent(cursor -> CursorBounds.expect(this, cursor));
        }
        List<String> compared = new ArrayList<>();
        if (config.consistency() == StreamConfig.Consistency.PER_RANGE) {
            compared.addAll(schema.key());
        }
        if (config.start().isPresent()) {
            config.cursor().ifPresent(compared::add);
        }
        for (String name : compared) {
            RelationColumn column = column(name);
            if (types.hasOwnOperators(column.typeOid())) {
                throw invalid(stream, "column " + name + " is of type " + column.display() + ", whose own order a reader cannot ask"
                                + " for: operators outside pg_catalog are not on its search path")
                        .remedy("Leave out " + (config.start().isPresent() ? "start" : "consistency: per_range") + ", or name another column.");
            }
        }
    }

    /** The catalog of these streams' relations and of everything beneath them. */
    static Catalog catalog(Session session, Map<StreamName, StreamConfig> streams) throws SQLException {
        List<StreamName> tables = new ArrayList<>();
        streams.forEach((name, config) -> {
            if (config.table().isPresent()) {
                tables.add(name);
            }
        });
        return CatalogReader.read(session.connection(), tables);
    }

    /** Two columns of a query may have one name, which nothing else could tell apart. */
    private static void expectNames(StreamName stream, List<RelationColumn> available, Set<String> read) {
        for (String name : read) {
            if (available.stream().filter(column -> column.name().equals(name)).count() > 1) {
                throw invalid(stream, "its query has several columns named " + name)
                        .remedy("Give each a name of its own in the query: SELECT a.id AS a_id, b.id AS b_id …");
            }
        }
    }

    private static List<RelationColumn> select(StreamName stream, StreamConfig config, List<RelationColumn> available) {
        if (config.columns().isEmpty()) {
            if (available.isEmpty()) {
                throw invalid(stream, "it has no columns");
            }
            return available;
        }
        List<RelationColumn> selected = new ArrayList<>();
        for (String name : new LinkedHashSet<>(config.columns())) {
            selected.add(find(stream, available, name));
        }
        return selected;
    }

    private static RelationColumn find(StreamName stream, List<RelationColumn> available, String name) {
        return available.stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> invalid(
                        stream,
                        "it has no column " + name + "; it has "
                                + available.stream().map(RelationColumn::name).toList()));
    }

    /** A column by its exact name, whether it is delivered or not. */
    RelationColumn column(String name) {
        return find(stream, available, name);
    }

    /** A value of a column, from the text that the database wrote for it. */
    String literal(String column, String text) {
        return Identifier.literal(text) + "::" + column(column).display();
    }

    /**
     * A value of a key column, from the text that Windrow writes for it. PostgreSQL takes no sign before a year: the year after
     * 9999 goes on, and 0 is 1 BC.
     */
    String keyLiteral(String column, String text) {
        String base = column(column).base();
        Matcher written = ISO.matcher(text);
        if (!base.startsWith("timestamp") && !base.equals("date") || !written.matches()) {
            return literal(column, text);
        }
        long year = Long.parseLong(written.group(1));
        String rest = written.group(2).replace('T', ' ');
        return literal(column, String.format(Locale.ROOT, "%04d", year > 0 ? year : 1 - year) + rest + (year > 0 ? "" : " BC"));
    }

    /** What stands behind FROM when the whole stream is read. */
    String from() {
        return config.sql().map(StreamShape::queryFrom).orElseGet(() -> Identifier.quoted(stream));
    }

    /** The stream's own condition, in parentheses; a comment at its end stays harmless. */
    Optional<String> where() {
        return config.where().map(where -> "(\n" + where + "\n)");
    }

    /** A digest of the settings that choose rows, since a condition may hold values that belong into no state. */
    String selection() {
        String settings = config.where().orElse("") + '\0' + config.start().orElse("");
        return UUID.nameUUIDFromBytes(settings.getBytes(StandardCharsets.UTF_8)).toString();
    }

    static WindrowException invalid(StreamName stream, String why) {
        return WindrowException.of(PostgresError.STREAM_INVALID, "Reading the settings of stream " + stream + ": " + why);
    }

    private static String queryFrom(String query) {
        String text = query.strip();
        return "(\n" + (text.endsWith(";") ? text.substring(0, text.length() - 1) : text) + "\n) AS q";
    }
}

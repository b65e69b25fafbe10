package io.windrow.connectors.postgres.catalog;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Relation.UniqueKey;
import io.windrow.connectors.postgres.catalog.RelationColumn.Generation;
import io.windrow.connectors.postgres.catalog.RelationColumn.Nullability;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads pg_catalog over one connection, in a handful of queries whatever the number of relations. All of it sees the
 * transaction's snapshot if the caller has opened a repeatable read transaction. Raises the driver's {@link SQLException},
 * which the caller classifies.
 */
public final class CatalogReader {
    private static final String RELATIONS =
            """
            SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reltuples, c.relpages, c.relnatts
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'""";
    private static final String NO_SYSTEM =
            " AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";
    private static final String NAMED =
            " AND (n.nspname, c.relname) IN (SELECT s::name, r::name FROM unnest(?::text[], ?::text[]) AS q(s, r))";
    private static final String COLUMNS =
            """
            SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod,
                   pg_catalog.format_type(a.atttypid, a.atttypmod),
                   a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid
                       AND k.contype = 'n' AND NOT k.convalidated AND a.attnum = ANY (k.conkey)),
                   a.attidentity, a.attgenerated,
                   pg_catalog.format_type(CASE WHEN t.typtype = 'd' THEN (
                       WITH RECURSIVE beneath(oid, base) AS (SELECT t.oid, t.typbasetype
                           UNION ALL SELECT d.oid, d.typbasetype FROM beneath JOIN pg_catalog.pg_type d ON d.oid = beneath.base)
                       SELECT oid FROM beneath WHERE base = 0) ELSE t.oid END, -1)
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ANY (?) AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attrelid, a.attnum""";
    private static final String KEYS =
            """
            SELECT i.indrelid, x.relname, i.indisprimary, a.attname
            FROM pg_catalog.pg_index i
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
            WHERE i.indrelid = ANY (?) AND i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
            ORDER BY i.indrelid, i.indisprimary DESC, x.relname, k.place""";
    private static final String EDGES =
            """
            SELECT h.inhparent, pn.nspname, p.relname, h.inhrelid, cn.nspname, c.relname, c.relkind = 'f'
            FROM pg_catalog.pg_inherits h
            JOIN pg_catalog.pg_class p ON p.oid = h.inhparent JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
            JOIN pg_catalog.pg_class c ON c.oid = h.inhrelid JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
            ORDER BY h.inhrelid, h.inhseqno""";

    private static final String SIZES =
            """
            WITH RECURSIVE tree(o, part) AS (
                SELECT o, o FROM unnest(?::oid[]) AS q(o)
                UNION SELECT tree.o, h.inhrelid FROM tree JOIN pg_catalog.pg_inherits h ON h.inhparent = tree.part),
            locked(o) AS (
                SELECT tree.o FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.part
                LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
                JOIN pg_catalog.pg_locks l ON l.relation IN (c.oid, c.reltoastrelid, i.indexrelid)
                WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_catalog.pg_backend_pid()
                  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
            SELECT o, sum(pg_catalog.pg_total_relation_size(part))::int8
            FROM tree WHERE o NOT IN (SELECT o FROM locked) GROUP BY o""";

    private CatalogReader() {}

    /** All relations outside the system's schemas. Temporary ones are not streams. */
    public static Catalog read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELATIONS + NO_SYSTEM + " ORDER BY 2, 3")) {
            return read(connection, statement);
        }
    }

    /** The relations of exactly these names, those of the system too; names that do not exist are simply not in the answer. */
    public static Catalog read(Connection connection, Collection<StreamName> names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(RELATIONS + NAMED + " ORDER BY 2, 3")) {
            Object[] schemas = names.stream().map(StreamName::namespace).toArray();
            Object[] relations = names.stream().map(StreamName::name).toArray();
            statement.setArray(1, connection.createArrayOf("text", schemas));
            statement.setArray(2, connection.createArrayOf("text", relations));
            return read(connection, statement);
        }
    }

    /**
     * The bytes on disk of relations with their indexes, their TOAST and all that inherits from them, by oid. Left out are
     * relations that are gone, and those of which somebody holds or awaits an exclusive lock, which would be waited for.
     */
    public static Map<Long, Long> totalBytes(Connection connection, Collection<Long> oids) throws SQLException {
        Map<Long, Long> sizes = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SIZES)) {
            statement.setArray(1, connection.createArrayOf("oid", oids.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long size = rows.getLong(2);
                    if (!rows.wasNull()) {
                        sizes.put(rows.getLong(1), size);
                    }
                }
            }
        }
        return sizes;
    }

    private record Found(
            long oid, StreamName name, String kind, boolean partition, Relation.Estimate estimate, int width) {}

    private static Catalog read(Connection connection, PreparedStatement statement) throws SQLException {
        ServerFacts server = ServerReader.read(connection);
        List<Found> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(new Found(
                        rows.getLong(1),
                        new StreamName(rows.getString(2), rows.getString(3)),
                        rows.getString(4),
                        rows.getBoolean(5),
                        new Relation.Estimate(rows.getDouble(6), rows.getLong(7)),
                        rows.getInt(8)));
            }
        }
        Object[] oids = found.stream().map(Found::oid).toArray();
        Edges edges = edges(connection);
        Map<Long, List<RelationColumn>> columns = columns(connection, found, oids, edges);
        Map<Long, List<UniqueKey>> keys = keys(connection, oids, columns);
        List<Relation> relations = new ArrayList<>();
        Set<Long> typeOids = new HashSet<>();
        for (Found one : found) {
            Relation.Kind kind = kind(one);
            List<RelationColumn> own = columns.getOrDefault(one.oid, List.of());
            own.forEach(column -> typeOids.add(column.typeOid()));
            List<StreamName> descendants = edges.descendants(one.oid);
            // A key of an inheritance parent says nothing about the rows of its children.
            boolean keyed = kind == Relation.Kind.PARTITIONED || descendants.isEmpty();
            relations.add(new Relation(
                    one.oid,
                    one.name,
                    kind,
                    own,
                    one.width,
                    keyed ? keys.getOrDefault(one.oid, List.of()) : List.of(),
                    edges.parents.getOrDefault(one.oid, List.of()),
                    descendants,
                    one.estimate));
        }
        return new Catalog(server, relations, TypeReader.read(connection, typeOids));
    }

    private static Relation.Kind kind(Found found) {
        return switch (found.kind) {
            case "p" -> Relation.Kind.PARTITIONED;
            case "v" -> Relation.Kind.VIEW;
            case "m" -> Relation.Kind.MATERIALIZED_VIEW;
            case "f" -> Relation.Kind.FOREIGN;
            default -> found.partition ? Relation.Kind.PARTITION : Relation.Kind.TABLE;
        };
    }

    private static Map<Long, List<RelationColumn>> columns(
            Connection connection, List<Found> found, Object[] oids, Edges edges) throws SQLException {
        Set<Long> enforced = new HashSet<>();
        for (Found one : found) {
            Relation.Kind kind = kind(one);
            // Foreign servers enforce nothing, for partitions neither; inheritance children may lack what their parent declares.
            if (kind == Relation.Kind.PARTITIONED && !edges.isAskedElsewhere(one.oid)
                    || kind.hasPages() && edges.below(one.oid).isEmpty()) {
                enforced.add(one.oid);
            }
        }
        Map<Long, List<RelationColumn>> columns = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setArray(1, connection.createArrayOf("oid", oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    long relation = rows.getLong(1);
                    boolean notNull = rows.getBoolean(7) && enforced.contains(relation);
                    columns.computeIfAbsent(relation, key -> new ArrayList<>())
                            .add(new RelationColumn(
                                    rows.getInt(2),
                                    rows.getString(3),
                                    rows.getLong(4),
                                    rows.getInt(5),
                                    rows.getString(6),
                                    rows.getString(10),
                                    notNull ? Nullability.NOT_NULL : Nullability.NULLABLE,
                                    generation(rows.getString(8), rows.getString(9))));
                }
            }
        }
        return columns;
    }

    private static Generation generation(String identity, String generated) {
        return switch (identity + generated) {
            case "a" -> Generation.IDENTITY_ALWAYS;
            case "d" -> Generation.IDENTITY_BY_DEFAULT;
            case "s" -> Generation.STORED;
            case "v" -> Generation.VIRTUAL;
            default -> Generation.NONE;
        };
    }

    private static Map<Long, List<UniqueKey>> keys(
            Connection connection, Object[] oids, Map<Long, List<RelationColumn>> columns) throws SQLException {
        record Index(long relation, String name, boolean primary) {}
        Map<Index, List<String>> indexes = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setArray(1, connection.createArrayOf("oid", oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    indexes.computeIfAbsent(
                                    new Index(rows.getLong(1), rows.getString(2), rows.getBoolean(3)),
                                    key -> new ArrayList<>())
                            .add(rows.getString(4));
                }
            }
        }
        Map<Long, List<UniqueKey>> keys = new HashMap<>();
        indexes.forEach((index, names) -> {
            Set<String> notNull = new HashSet<>();
            for (RelationColumn column : columns.getOrDefault(index.relation, List.of())) {
                if (column.nullability() == Nullability.NOT_NULL) {
                    notNull.add(column.name());
                }
            }
            if (notNull.containsAll(names)) {
                UniqueKey.Kind kind = index.primary ? UniqueKey.Kind.PRIMARY : UniqueKey.Kind.UNIQUE;
                keys.computeIfAbsent(index.relation, key -> new ArrayList<>())
                        .add(new UniqueKey(index.name, kind, names));
            }
        });
        return keys;
    }

    private record Edges(
            Map<Long, List<StreamName>> parents, Map<Long, List<Long>> children, Map<Long, StreamName> names, Set<Long> foreign) {
        List<StreamName> descendants(long oid) {
            return below(oid).stream().map(names::get).toList();
        }

        boolean isAskedElsewhere(long oid) {
            return below(oid).stream().anyMatch(foreign::contains);
        }

        private Set<Long> below(long oid) {
            Set<Long> seen = new LinkedHashSet<>();
            List<Long> queue = new ArrayList<>(children.getOrDefault(oid, List.of()));
            for (int i = 0; i < queue.size(); i++) {
                if (seen.add(queue.get(i))) {
                    queue.addAll(children.getOrDefault(queue.get(i), List.of()));
                }
            }
            return seen;
        }
    }

    private static Edges edges(Connection connection) throws SQLException {
        Edges edges = new Edges(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashSet<>());
        try (PreparedStatement statement = connection.prepareStatement(EDGES);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                long parent = rows.getLong(1);
                long child = rows.getLong(4);
                StreamName parentName = new StreamName(rows.getString(2), rows.getString(3));
                edges.names.put(child, new StreamName(rows.getString(5), rows.getString(6)));
                if (rows.getBoolean(7)) {
                    edges.foreign.add(child);
                }
                edges.parents.computeIfAbsent(child, key -> new ArrayList<>()).add(parentName);
                edges.children.computeIfAbsent(parent, key -> new ArrayList<>()).add(child);
            }
        }
        return edges;
    }
}

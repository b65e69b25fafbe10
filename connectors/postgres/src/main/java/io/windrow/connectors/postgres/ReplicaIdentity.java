package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what the log says which row was updated or deleted.
 *
 * @param kind REPLICA IDENTITY DEFAULT, FULL, INDEX or NOTHING
 * @param columns the identifying columns, empty with FULL and NOTHING
 */
record ReplicaIdentity(Kind kind, List<String> columns) {
    /** The relation and, of a partitioned table, all its partitions. */
    private static final String IDENTITIES =
            """
            SELECT n.nspname, c.relname, c.relreplident, c.relpersistence, c.relkind, pg_catalog.json_build_object('columns', ARRAY(
                       SELECT a.attname::text
                       FROM pg_catalog.pg_index i
                       CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
                       JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
                       WHERE i.indrelid = c.oid AND k.place <= i.indnkeyatts AND i.indisvalid
                         AND CASE c.relreplident WHEN 'd' THEN i.indisprimary AND i.indimmediate ELSE i.indisreplident END
                       ORDER BY k.place))::text
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = %1$d OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(%1$d))
            ORDER BY c.oid <> %1$d, 1, 2""";

    ReplicaIdentity {
        columns = List.copyOf(columns);
    }

    /** What ALTER TABLE … REPLICA IDENTITY says. */
    enum Kind {
        DEFAULT,
        FULL,
        INDEX,
        NOTHING
    }

    /**
     * The identity of a table that can be followed.
     *
     * @throws WindrowException {@link LogError#STREAM_UNFIT}, with the SQL that helps, if a table or partition has none: a
     *     publication of its updates would make the application's own UPDATE and DELETE fail (D26)
     */
    static ReplicaIdentity of(Session session, Relation relation) throws SQLException {
        List<ReplicaIdentity> found = new ArrayList<>();
        for (List<@Nullable String> row : session.rows(IDENTITIES.formatted(relation.oid()))) {
            StreamName name = new StreamName(String.valueOf(row.get(0)), String.valueOf(row.get(1)));
            if (!"p".equals(row.get(3))) {
                throw unfit(relation.name(), name + " is an unlogged or temporary table, of which there is no log", "");
            }
            Kind kind = switch (String.valueOf(row.get(2))) {
                case "d" -> Kind.DEFAULT;
                case "f" -> Kind.FULL;
                case "i" -> Kind.INDEX;
                default -> Kind.NOTHING;
            };
            List<String> columns =
                    kind == Kind.FULL || kind == Kind.NOTHING ? List.of() : StateText.parse(String.valueOf(row.get(5))).texts("columns");
            if (kind == Kind.NOTHING || kind != Kind.FULL && columns.isEmpty()) {
                throw unfit(
                        relation.name(), name + " has no replica identity: if its changes were published, the application's own "
                                + "UPDATE and DELETE on it would fail",
                        "Add a primary key, or run: ALTER TABLE " + Identifier.quoted(name) + " REPLICA IDENTITY FULL;");
            }
            found.add(new ReplicaIdentity(kind, columns));
        }
        ReplicaIdentity own = found.getFirst();
        boolean hasPrimaryKey = relation.keys().stream().anyMatch(key -> key.kind() == Relation.UniqueKey.Kind.PRIMARY);
        if (own.kind == Kind.FULL && relation.kind() == Relation.Kind.PARTITIONED && !hasPrimaryKey) {
            throw unfit(
                    relation.name(), "it has no primary key, and a partition that comes later has REPLICA IDENTITY DEFAULT, whatever "
                            + "the table's is: the application's own UPDATE and DELETE on it would fail",
                    "Add a primary key to the partitioned table.");
        }
        for (ReplicaIdentity part : found) {
            // One that came later identifies its rows by the primary key, which the table has.
            boolean later = own.kind == Kind.FULL && part.kind == Kind.DEFAULT;
            if (part.kind != Kind.FULL && !later && !part.columns.equals(own.columns)) {
                throw unfit(relation.name(), "its partitions have other replica identities than itself",
                        "Give the table and its partitions the same primary key or REPLICA IDENTITY.");
            }
        }
        return own;
    }

    private static WindrowException unfit(StreamName stream, String why, String remedy) {
        WindrowException error = WindrowException.of(LogError.STREAM_UNFIT, "Following " + stream + ": " + why);
        return remedy.isEmpty() ? error : error.remedy(remedy);
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The publication that says which tables a slot carries.
 *
 * @param name its name
 * @param there whether it exists, and what it publishes
 * @param tables what it publishes of each table
 */
record Publication(String name, Optional<Facts> there, Map<StreamName, Table> tables) {
    /**
     * What a publication says of itself.
     *
     * @param operations the operations that it leaves out
     * @param root whether partitions appear as their root
     */
    record Facts(List<String> operations, Partitions root) {}

    /** Under which name rows of partitions are published. */
    enum Partitions {
        AS_ROOT,
        AS_THEMSELVES
    }

    /**
     * A published table.
     *
     * @param columns the published columns
     * @param filter the condition that rows must meet
     * @param member which publication this is, since when the table is part of it, and, behind a slash, since when what it
     *     publishes has stood and the table's schema is part of it: another text says that changes may be missing
     */
    record Table(List<String> columns, Optional<String> filter, String member) {}

    /**
     * A pipeline's publication. One that an older version made is known by its name alone where the slot has a name of its own.
     *
     * @param saved the slot that the pipeline's streams were read from before; empty: none was
     */
    static Publication of(Session session, int major, ChangesConfig config, String pipeline, Optional<String> saved) throws SQLException {
        Publication named = read(session, major, config.publicationOf(pipeline, saved));
        Optional<String> former = ChangesConfig.formerName(pipeline).filter(name -> config.publication().isEmpty());
        if (named.there().isPresent() || saved.isEmpty() || former.isEmpty()) {
            return named;
        }
        Publication older = read(session, major, former.get());
        return older.there().isPresent() ? older : named;
    }

    static Publication read(Session session, int major, String name) throws SQLException {
        List<@Nullable String> row = session.row("SELECT pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot "
                + "FROM pg_catalog.pg_publication WHERE pubname = " + Identifier.literal(name));
        if (row.isEmpty()) {
            return new Publication(name, Optional.empty(), Map.of());
        }
        List<String> operations = new ArrayList<>();
        List<String> names = List.of("insert", "update", "delete", "truncate");
        for (int i = 0; i < names.size(); i++) {
            if (!"t".equals(row.get(i))) {
                operations.add(names.get(i));
            }
        }
        Map<StreamName, Table> tables = new LinkedHashMap<>();
        String columns = major >= 15
                ? "pg_catalog.json_build_object('columns', coalesce(attnames::text[], '{}'))::text, rowfilter"
                : "'{\"columns\":[]}', NULL";
        String schema = major >= 15 ? " LEFT JOIN pg_catalog.pg_publication_namespace s"
                + " ON s.pnpubid = p.oid AND s.pnnspid = n.oid AND r.oid IS NULL" : "";
        for (List<@Nullable String> table : session.rows("SELECT t.schemaname, t.tablename, " + columns
                + ", p.oid || coalesce('.' || r.oid, '') || '/' || p.xmin::text"
                + (major >= 15 ? " || coalesce('.' || s.oid, '')" : "") + " FROM pg_catalog.pg_publication_tables t"
                + " JOIN pg_catalog.pg_publication p ON p.pubname = t.pubname"
                + " JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname"
                + " JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename"
                + " LEFT JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid AND r.prrelid = c.oid" + schema
                + " WHERE t.pubname = " + Identifier.literal(name))) {
            tables.put(
                    new StreamName(String.valueOf(table.get(0)), String.valueOf(table.get(1))),
                    new Table(
                            StateText.parse(String.valueOf(table.get(2))).texts("columns"), Optional.ofNullable(table.get(3)),
                            String.valueOf(table.get(4))));
        }
        return new Publication(
                name, Optional.of(new Facts(operations, "t".equals(row.get(4)) ? Partitions.AS_ROOT : Partitions.AS_THEMSELVES)),
                tables);
    }

    /**
     * The SQL that makes the publication carry the tables; empty if it does. Without tables it has to be there all the same: before
     * PostgreSQL 18 a slot without one ends at the first row of any table.
     */
    Optional<String> toCarry(Collection<StreamName> wanted) {
        if (there.isEmpty()) {
            return Optional.of("CREATE PUBLICATION " + Identifier.quoted(name) + (wanted.isEmpty() ? "" : " FOR TABLE " + list(wanted))
                    + " WITH (publish_via_partition_root = true)");
        }
        List<StreamName> missing = wanted.stream().filter(stream -> !tables.containsKey(stream)).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("ALTER PUBLICATION " + Identifier.quoted(name) + " ADD TABLE " + list(missing));
    }

    /** Since when the publication carries the stream's table; empty: it does not. */
    Optional<String> member(StreamName stream) {
        return Optional.ofNullable(tables.get(stream)).map(Table::member);
    }

    /**
     * What an earlier run saved as {@link #member}, as this version writes it: older ones wrote only what stands before the
     * slash, and what stands behind it today completes that.
     */
    String completed(StreamName stream, String saved) {
        return member(stream).filter(now -> now.startsWith(saved + "/")).orElse(saved);
    }

    /** I13: changes that were made while the publication did not carry a table are not in the log. */
    WindrowException notCarried(String doing, Optional<String> member) {
        return WindrowException.of(
                LogError.PUBLICATION_CHANGED,
                doing + ": publication " + name
                        + (member.isEmpty()
                                ? " does not carry the table any more"
                                : " is another one, was altered, or lacked the table for a time"));
    }

    private static String list(Collection<StreamName> streams) {
        return streams.stream().map(Identifier::quoted).collect(Collectors.joining(", "));
    }

    /**
     * Refuses a stream of which the publication, if it is there, leaves something out that the snapshot would show, or will
     * once the table is added to it.
     */
    void expectWhole(StreamShape shape) {
        if (there.isEmpty()) {
            return;
        }
        Facts facts = there.get();
        Table table = tables.get(shape.stream());
        if (!facts.operations().isEmpty()) {
            throw unfit(shape, "leaves out " + String.join(", ", facts.operations()))
                    .remedy("ALTER PUBLICATION " + Identifier.quoted(name) + " SET (publish = 'insert, update, delete, truncate');");
        }
        if (facts.root() == Partitions.AS_THEMSELVES
                && shape.relation().map(Relation::kind).filter(kind -> kind == Relation.Kind.PARTITIONED).isPresent()) {
            throw unfit(shape, "tells the rows of partitions under the partitions' own names")
                    .remedy("ALTER PUBLICATION " + Identifier.quoted(name) + " SET (publish_via_partition_root = true);");
        }
        if (table == null) {
            return;
        }
        if (table.filter().isPresent()) {
            throw unfit(shape, "has a row filter, which the copy of the table would not have: " + table.filter().get())
                    .remedy(added(shape));
        }
        List<String> lacking = shape.schema().columns().stream()
                .map(io.windrow.api.schema.Column::name)
                .filter(column -> !table.columns().isEmpty() && !table.columns().contains(column))
                .toList();
        if (!lacking.isEmpty()) {
            throw unfit(shape, "has a list of columns that lacks " + String.join(", ", lacking)
                    + "; name the published ones in the stream's columns").remedy(added(shape));
        }
    }

    /** The SQL after which the table is published as a whole. */
    private String added(StreamShape shape) {
        String publication = "ALTER PUBLICATION " + Identifier.quoted(name);
        String table = Identifier.quoted(shape.stream());
        return publication + " DROP TABLE " + table + "; " + publication + " ADD TABLE " + table + ";";
    }

    private WindrowException unfit(StreamShape shape, String why) {
        return WindrowException.of(
                LogError.STREAM_UNFIT, "Following " + shape.stream() + ": publication " + name + " " + why);
    }
}

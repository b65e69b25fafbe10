package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.StreamDescription;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.codec.MappingWarning;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Describes the streams that a config selects. */
final class Discovery {
    private final Session session;
    private final Catalog catalog;
    private final Map<StreamName, StreamConfig> selected;

    Discovery(Session session, Catalog catalog, Map<StreamName, StreamConfig> selected) {
        this.session = session;
        this.catalog = catalog;
        this.selected = selected;
    }

    /** One stream that cannot be described says why, and hides no other. */
    List<StreamDescription> describe() throws SQLException {
        Map<Long, Long> bytes = sizes();
        boolean followable = "logical".equals(session.row("SHOW wal_level").getFirst())
                && "f".equals(session.row("SELECT pg_catalog.pg_is_in_recovery()").getFirst());
        List<StreamDescription> descriptions = new ArrayList<>();
        for (Map.Entry<StreamName, StreamConfig> stream : selected.entrySet()) {
            String doing = "Describing " + stream.getKey();
            try {
                descriptions.add(session.guarded(() -> describe(
                        StreamShape.of(session, stream.getKey(), stream.getValue(), catalog), bytes, followable)));
            } catch (WindrowException e) {
                descriptions.add(StreamDescription.unreadable(stream.getKey(), String.valueOf(e.getMessage())));
            } catch (SQLException e) {
                WindrowException coded = SqlStates.coded(doing, e);
                if (session.connection().isClosed() || coded.errorCode() == PostgresError.CONNECTION_LOST) {
                    throw e;
                }
                descriptions.add(StreamDescription.unreadable(stream.getKey(), String.valueOf(coded.getMessage())));
            }
        }
        return descriptions;
    }

    /** What somebody holds locked has no size that could be asked for without waiting for him. */
    private Map<Long, Long> sizes() throws SQLException {
        List<Long> oids = catalog.relations().stream().map(Relation::oid).toList();
        try {
            return session.guarded(() -> CatalogReader.totalBytes(session.connection(), oids));
        } catch (SQLException e) {
            if (SqlStates.code(String.valueOf(e.getSQLState())) == PostgresError.LOCK_TIMEOUT) {
                return Map.of();
            }
            throw e;
        }
    }

    private StreamDescription describe(StreamShape shape, Map<Long, Long> bytes, boolean followable) throws SQLException {
        Optional<Relation> relation = shape.relation();
        boolean heap = relation.map(Relation::kind)
                .map(kind -> kind.hasPages() || kind == Relation.Kind.PARTITIONED)
                .orElse(false);
        Set<ReadMode> modes = EnumSet.of(ReadMode.SNAPSHOT);
        if (heap) {
            modes.add(ReadMode.INCREMENTAL);
        }
        if (followable && heap && relation.get().kind() != Relation.Kind.MATERIALIZED_VIEW && hasIdentity(relation.get())) {
            modes.add(ReadMode.CDC);
        }
        if (shape.config().isOfMessages()) {
            modes = EnumSet.of(ReadMode.CDC);
        }
        List<String> remarks = new ArrayList<>();
        if (shape.schema().key().isEmpty()) {
            remarks.add("It has no key.");
        }
        relation.ifPresent(one -> remarksOn(one, remarks));
        shape.plans().stream()
                .flatMap(plan -> plan.warnings().stream())
                .map(MappingWarning::message)
                .forEach(remarks::add);
        return new StreamDescription(
                shape.schema(),
                relation.map(one -> one.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')).orElse(shape.config().isOfMessages() ? "messages" : "query"),
                modes,
                heap ? cursors(shape) : List.of(),
                relation.map(one -> (long) one.estimate().rows()).orElse(-1L),
                relation.map(one -> bytes.getOrDefault(one.oid(), -1L)).orElse(-1L),
                remarks);
    }

    private boolean hasIdentity(Relation relation) throws SQLException {
        try {
            ReplicaIdentity.of(session, relation);
            return true;
        } catch (WindrowException e) {
            return false;
        }
    }

    /** C37: who selects both a parent and a child gets the child's rows twice. */
    private void remarksOn(Relation relation, List<String> remarks) {
        Set<StreamName> holding = new TreeSet<>(relation.parents());
        holding.addAll(catalog.holding(relation.name()));
        for (StreamName parent : holding) {
            remarks.add("Its rows are rows of " + parent + " too"
                    + (selected.containsKey(parent) ? ", which is selected as well: they are delivered twice." : "."));
        }
        if (!relation.descendants().isEmpty()) {
            remarks.add("It holds the rows of " + relation.descendants().size() + " partitions or inheriting tables.");
        }
        if (relation.kind() == Relation.Kind.VIEW || relation.kind() == Relation.Kind.FOREIGN) {
            remarks.add("Its rows have no order: an interrupted read begins again.");
        }
    }

    private static List<String> cursors(StreamShape shape) {
        record Rated(String name, int rank) {}
        List<Rated> rated = new ArrayList<>();
        for (RelationColumn column : shape.available()) {
            String name = column.name().toLowerCase(Locale.ROOT);
            boolean time = column.display().startsWith("timestamp");
            boolean identity = column.generation() == RelationColumn.Generation.IDENTITY_ALWAYS
                    || column.generation() == RelationColumn.Generation.IDENTITY_BY_DEFAULT;
            if (time && (name.contains("updat") || name.contains("modif") || name.contains("chang"))) {
                rated.add(new Rated(column.name(), 0));
            } else if (time) {
                rated.add(new Rated(column.name(), name.contains("creat") ? 2 : 1));
            } else if (identity || (shape.schema().key().equals(List.of(column.name())) && column.display().endsWith("int"))) {
                rated.add(new Rated(column.name(), 3));
            }
        }
        return rated.stream().sorted(Comparator.comparingInt(Rated::rank)).map(Rated::name).toList();
    }
}

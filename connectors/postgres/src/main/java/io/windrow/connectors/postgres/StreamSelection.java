package io.windrow.connectors.postgres;

import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Relation;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which streams the config means, and with which settings. An exact name wins over a wildcard, an earlier wildcard over a later. */
final class StreamSelection {
    /** What is told of a pattern that matches nothing. */
    static final String UNMATCHED = "postgres.pattern_unmatched";

    private StreamSelection() {}

    /** All streams that the config selects in this database, by name. A table that is named exactly need not exist. */
    static Map<StreamName, StreamConfig> of(Session session, PostgresConfig config, Notices notices) throws SQLException {
        boolean wildcards = config.streams().isEmpty()
                || config.streams().stream().anyMatch(stream -> pattern(stream).filter(StreamPattern::wildcard).isPresent());
        List<Relation> relations = wildcards ? CatalogReader.read(session.connection()).relations() : List.of();
        List<StreamConfig> streams = config.streams().isEmpty() ? List.of(StreamConfig.snapshot("*.*")) : config.streams();
        Map<StreamName, StreamConfig> selected = exact(streams);
        Map<StreamName, StreamConfig> byWildcard = new LinkedHashMap<>();
        for (StreamConfig stream : streams) {
            Optional<StreamPattern> pattern = pattern(stream).filter(StreamPattern::wildcard);
            if (pattern.isEmpty()) {
                continue;
            }
            List<StreamPattern> excluded = stream.exclude().stream().map(StreamPattern::parse).toList();
            if (!config.streams().isEmpty()) {
                tellIdle(stream, relations, notices);
            }
            for (Relation relation : relations) {
                if (pattern.get().matches(relation.name())
                        && excluded.stream().noneMatch(one -> one.matches(relation.name()))
                        && !selected.containsKey(relation.name())
                        && fits(stream, relation)) {
                    byWildcard.putIfAbsent(relation.name(), stream);
                }
            }
        }
        withoutChildren(relations, selected.keySet(), byWildcard, notices);
        selected.putAll(byWildcard);
        return selected;
    }

    /** The streams that are named, each by one entry: of a second one nobody could say which settings count (I10). */
    private static Map<StreamName, StreamConfig> exact(List<StreamConfig> streams) {
        Map<StreamName, StreamConfig> exact = new TreeMap<>();
        Map<StreamName, Integer> entries = new HashMap<>();
        for (int i = 0; i < streams.size(); i++) {
            StreamConfig stream = streams.get(i);
            Optional<StreamPattern> pattern = pattern(stream);
            if (pattern.filter(StreamPattern::wildcard).isPresent()) {
                continue;
            }
            StreamName name = pattern.map(StreamPattern::exact).orElseGet(() -> StreamName.of(stream.name().orElseThrow()));
            if (!stream.exclude().isEmpty()) {
                throw StreamShape.invalid(name, "exclude stands beside a stream that no wildcard selects")
                        .at("source.postgres.streams[" + i + "].exclude");
            }
            Integer earlier = entries.put(name, i);
            if (earlier != null) {
                throw StreamShape.invalid(name, "source.postgres.streams[" + earlier + "] and source.postgres.streams[" + i + "] are both it")
                        .at("source.postgres.streams[" + i + "]")
                        .remedy("Keep one of them; give a query another name.");
            }
            exact.put(name, stream);
        }
        return exact;
    }

    /** A misspelt pattern would select what it is to leave out, or leave out what it is to select. */
    private static void tellIdle(StreamConfig stream, List<Relation> relations, Notices notices) {
        String table = stream.table().orElseThrow();
        List<StreamName> meant = relations.stream().map(Relation::name).filter(StreamPattern.parse(table)::matches).toList();
        if (meant.isEmpty()) {
            notices.tell(UNMATCHED, "The pattern " + table + " of streams selects no table: none has such a name.");
        }
        for (String exclude : stream.exclude()) {
            if (meant.stream().noneMatch(StreamPattern.parse(exclude)::matches)) {
                notices.tell(UNMATCHED, "The pattern " + exclude + " of exclude leaves out none of the tables that " + table + " selects.");
            }
        }
    }

    /** Whether the stream is selected by a wildcard, so that it may be new. */
    static boolean wildcard(StreamConfig stream) {
        return pattern(stream).map(StreamPattern::wildcard).orElse(false);
    }

    private static Optional<StreamPattern> pattern(StreamConfig stream) {
        return stream.table().map(StreamPattern::parse);
    }

    /** Views and foreign tables must be named; a wildcard over tables without the cursor selects those that have it. */
    private static boolean fits(StreamConfig stream, Relation relation) {
        boolean kind = switch (relation.kind()) {
            case TABLE, PARTITIONED, MATERIALIZED_VIEW -> true;
            case PARTITION, VIEW, FOREIGN -> false;
        };
        if (stream.mode() == ReadMode.CDC && relation.kind() == Relation.Kind.MATERIALIZED_VIEW) {
            return false;
        }
        return kind
                && (stream.mode() != ReadMode.INCREMENTAL
                        || stream.cursor().isEmpty()
                        || relation.columns().stream().anyMatch(column -> column.name().equals(stream.cursor().get())));
    }

    /** A child's rows are its parent's rows too: a wildcard does not select both (C37). */
    private static void withoutChildren(
            List<Relation> relations,
            Set<StreamName> exact,
            Map<StreamName, StreamConfig> byWildcard,
            Notices notices) {
        Set<StreamName> covered = relations.stream()
                .filter(relation -> exact.contains(relation.name()) || byWildcard.containsKey(relation.name()))
                .flatMap(relation -> relation.descendants().stream())
                .collect(Collectors.toSet());
        for (StreamName child : covered) {
            if (byWildcard.remove(child) != null) {
                notices.tell(
                        "postgres.child_left_out",
                        "Table " + child + " is left out: its rows are delivered with the table that it inherits from.");
            }
        }
    }
}

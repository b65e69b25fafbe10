package io.windrow.connectors.jdbc.source;

import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.NativeTable.Kind;
import io.windrow.connectors.jdbc.catalog.NativeTable.Moments;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which streams the config means. An exact name wins over a wildcard, an earlier wildcard over a later.
 *
 * @param streams the settings of each selected stream, by name; a table that is named exactly need not exist
 * @param tables the tables and views that can be seen
 */
record StreamSelection(Map<StreamName, StreamConfig> streams, Map<StreamName, NativeTable> tables) {
    /** What is told of a pattern that matches nothing. */
    static final String UNMATCHED = "jdbc.pattern_unmatched";

    static StreamSelection of(Session session, JdbcSource source, Notices notices) throws SQLException {
        SourceDialect dialect = source.dialect();
        String namespace = session.text(dialect.namespace()).orElse("");
        Map<StreamName, NativeTable> tables = new TreeMap<>();
        session.rows(new Session.Sql(dialect.tables(), List.of()), row -> {
            StreamName name = new StreamName(Optional.ofNullable(row.getString(1)).orElse(""), row.getString(2));
            Kind kind = row.getString(3).equals("view") ? Kind.VIEW : Kind.TABLE;
            long rows = row.getLong(4);
            rows = row.wasNull() ? -1 : rows;
            long bytes = row.getLong(5);
            bytes = row.wasNull() ? -1 : bytes;
            return tables.put(name, new NativeTable(name, kind, rows, bytes, row.getInt(6) != 0 ? Moments.KEPT : Moments.NOT_KEPT));
        });
        List<StreamConfig> configs =
                source.config().streams().isEmpty() ? List.of(StreamConfig.snapshot("*")) : source.config().streams();
        Map<StreamName, StreamConfig> selected = exact(configs, namespace);
        Map<StreamName, StreamConfig> byWildcard = new LinkedHashMap<>();
        for (StreamConfig config : configs) {
            TablePattern pattern = TablePattern.parse(config.table(), namespace);
            List<TablePattern> excluded = config.exclude().stream().map(text -> TablePattern.parse(text, namespace)).toList();
            if (pattern.wildcard() && !source.config().streams().isEmpty()) {
                tellIdle(config, tables.keySet().stream().filter(pattern::matches).toList(), namespace, notices);
            }
            for (NativeTable table : pattern.wildcard() ? tables.values() : List.<NativeTable>of()) {
                if (pattern.matches(table.name())
                        && excluded.stream().noneMatch(one -> one.matches(table.name()))
                        && !selected.containsKey(table.name())
                        && fits(session, dialect, config, table)) {
                    byWildcard.putIfAbsent(table.name(), config);
                }
            }
        }
        selected.putAll(byWildcard);
        return new StreamSelection(Map.copyOf(new TreeMap<>(selected)), tables);
    }

    /** The streams that are named, each by one entry: of a second one nobody could say which settings count (I10). */
    private static Map<StreamName, StreamConfig> exact(List<StreamConfig> configs, String namespace) {
        Map<StreamName, StreamConfig> exact = new TreeMap<>();
        Map<StreamName, Integer> entries = new HashMap<>();
        for (int i = 0; i < configs.size(); i++) {
            StreamConfig config = configs.get(i);
            TablePattern pattern = TablePattern.parse(config.table(), namespace);
            if (pattern.wildcard()) {
                continue;
            }
            StreamName name = pattern.exact();
            if (!config.exclude().isEmpty()) {
                throw StreamShape.invalid(name, "exclude stands beside a stream that no wildcard selects")
                        .at("source.jdbc.streams[" + i + "].exclude");
            }
            Integer earlier = entries.put(name, i);
            if (earlier != null) {
                throw StreamShape.invalid(name, "source.jdbc.streams[" + earlier + "] and source.jdbc.streams[" + i + "] are both it")
                        .at("source.jdbc.streams[" + i + "]")
                        .remedy("Keep one of them.");
            }
            exact.put(name, config);
        }
        return exact;
    }

    /** A misspelt pattern would select what it is to leave out, or leave out what it is to select. */
    private static void tellIdle(StreamConfig config, List<StreamName> meant, String namespace, Notices notices) {
        if (meant.isEmpty()) {
            notices.tell(UNMATCHED, "The pattern " + config.table() + " of streams selects no table: none has such a name.");
        }
        for (String exclude : config.exclude()) {
            if (meant.stream().noneMatch(TablePattern.parse(exclude, namespace)::matches)) {
                notices.tell(UNMATCHED, "The pattern " + exclude + " of exclude leaves out none of the tables that " + config.table() + " selects.");
            }
        }
    }

    /** Views must be named; a wildcard over tables without the cursor selects those that have it; tables of our own are none. */
    private static boolean fits(Session session, SourceDialect dialect, StreamConfig config, NativeTable table) throws SQLException {
        if (table.kind() == Kind.VIEW || table.name().name().startsWith("_windrow_")) {
            return false;
        }
        if (config.mode() != ReadMode.INCREMENTAL) {
            return true;
        }
        List<Object> names = table.name().namespace().isEmpty()
                ? List.of(table.name().name())
                : List.of(table.name().namespace(), table.name().name());
        return session.rows(new Session.Sql(dialect.columns(), names), row -> row.getString(1))
                .contains(config.cursor().orElse(""));
    }
}

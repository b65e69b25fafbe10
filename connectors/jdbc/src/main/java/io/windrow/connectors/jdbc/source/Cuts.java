package io.windrow.connectors.jdbc.source;

import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where a stream is cut: whole numbers at even steps between the ends, other values by counting them in the database's own
 * order. Java compares none of them.
 */
final class Cuts {
    private static final int MAX_SPLITS = 256;

    private Cuts() {}

    /** The raw values at which parts begin, but for the first, as {@link Raw} writes them. */
    static List<String> of(Session session, SourceDialect dialect, StreamShape shape, long splitRows) throws SQLException {
        if (shape.order().isEmpty()) {
            return List.of();
        }
        ReadColumn column = shape.order().getFirst();
        long rows = shape.table().rows();
        List<Object> ends = session.rows(ReadSql.ends(dialect, shape, column), row -> {
            Object low = column.cell().getter().raw(row, 1);
            Object high = column.cell().getter().raw(row, 2);
            return low == null || high == null ? List.of() : List.of(low, high);
        }).stream().flatMap(List::stream).toList();
        if (ends.size() != 2) {
            return List.of();
        }
        if (ends.get(0) instanceof Long low && ends.get(1) instanceof Long high && high - low >= 0) {
            long width = Math.max(1, high - low + 1);
            long parts = parts(rows < 0 ? width : Math.min(rows, width), splitRows);
            List<String> cuts = new ArrayList<>();
            for (long i = 1; i < parts; i++) {
                cuts.add(Raw.text(low + width / parts * i, "Cutting " + shape.stream()));
            }
            return cuts;
        }
        long parts = rows < 0 ? 1 : parts(rows, splitRows);
        if (parts == 1 || shape.order().size() > 1 && rows < 0) {
            return List.of();
        }
        return session.rows(ReadSql.everyNth(dialect, shape, column, rows / parts + 1), row -> column.cell().getter().raw(row, 1))
                .stream()
                .filter(Objects::nonNull)
                .limit(MAX_SPLITS)
                .map(raw -> Raw.text(raw, "Cutting " + shape.stream()))
                .toList();
    }

    private static long parts(long rows, long splitRows) {
        return Math.clamp(rows / splitRows + 1, 1, MAX_SPLITS);
    }
}

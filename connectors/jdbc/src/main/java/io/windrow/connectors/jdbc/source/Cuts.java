package io.windrow.connectors.jdbc.source;

import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a stream is cut: numbers at even steps between the ends, other values by the database, which steps along the key's index
 * and puts nothing aside (G03). Java compares none of them.
 */
final class Cuts {
    private static final int MAX_SPLITS = 256;

    private final Session session;
    private final SourceDialect dialect;
    private final StreamShape shape;
    private final ReadColumn column;

    private Cuts(Session session, SourceDialect dialect, StreamShape shape) {
        this.session = session;
        this.dialect = dialect;
        this.shape = shape;
        this.column = shape.order().getFirst();
    }

    /** The raw values at which parts begin, but for the first, as {@link Raw} writes them. */
    static List<String> of(Session session, SourceDialect dialect, StreamShape shape, long splitRows) throws SQLException {
        return shape.order().isEmpty() ? List.of() : new Cuts(session, dialect, shape).all(splitRows);
    }

    private List<String> all(long splitRows) throws SQLException {
        List<Object> ends = session.rows(ReadSql.ends(dialect, shape, column), row -> {
            Object low = column.cell().getter().raw(row, 1);
            Object high = column.cell().getter().raw(row, 2);
            return low == null || high == null ? List.of() : List.of(low, high);
        }).stream().flatMap(List::stream).toList();
        if (ends.size() != 2) {
            return List.of();
        }
        if (ends.getFirst() instanceof Long low && ends.getLast() instanceof Long high) {
            return even(BigDecimal.valueOf(low), BigDecimal.valueOf(high), splitRows, BigDecimal::longValueExact);
        }
        if (ends.getFirst() instanceof BigDecimal low && ends.getLast() instanceof BigDecimal high) {
            return even(low, high, splitRows, value -> value);
        }
        return counted(ends.getFirst(), splitRows);
    }

    /** At even steps, in units of the last digit. */
    private List<String> even(BigDecimal low, BigDecimal high, long splitRows, Function<BigDecimal, Object> raw) {
        int scale = Math.max(low.scale(), high.scale());
        BigInteger first = low.setScale(scale).unscaledValue();
        BigInteger width = high.setScale(scale).unscaledValue().subtract(first).add(BigInteger.ONE);
        long rows = shape.table().rows();
        long most = width.min(BigInteger.valueOf(rows < 0 ? Long.MAX_VALUE : rows)).longValue();
        BigInteger parts = BigInteger.valueOf(parts(most, splitRows)).min(width);
        List<String> cuts = new ArrayList<>();
        for (BigInteger i = BigInteger.ONE; i.compareTo(parts) < 0; i = i.add(BigInteger.ONE)) {
            BigDecimal cut = new BigDecimal(first.add(width.multiply(i).divide(parts)), scale);
            cuts.add(Raw.text(raw.apply(cut), "Cutting " + shape.stream()));
        }
        return cuts;
    }

    /** So many rows apart as the database's own guess at their number says. */
    private List<String> counted(Object low, long splitRows) throws SQLException {
        long rows = shape.table().rows();
        long parts = rows < 0 ? 1 : parts(rows, splitRows);
        List<String> cuts = new ArrayList<>();
        Optional<Object> from = Optional.of(low);
        while (parts > 1 && from.isPresent() && cuts.size() < MAX_SPLITS) {
            from = session.rows(ReadSql.behind(dialect, shape, from.get(), rows / parts + 1), row -> column.cell().getter().raw(row, 1))
                    .stream().filter(Objects::nonNull).findFirst();
            from.ifPresent(raw -> cuts.add(Raw.text(raw, "Cutting " + shape.stream())));
        }
        return cuts;
    }

    private static long parts(long rows, long splitRows) {
        return Math.clamp(rows / splitRows + 1, 1, MAX_SPLITS);
    }
}

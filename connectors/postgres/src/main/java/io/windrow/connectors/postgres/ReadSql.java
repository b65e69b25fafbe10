package io.windrow.connectors.postgres;

import io.windrow.api.source.Slice;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.codec.ColumnPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Makes the SQL that reads a split. The only place where a split's data meets SQL: names quoted, values as constants (H19). */
final class ReadSql {
    /** What a leading column says of each row's place, for positions. */
    enum Lead {
        NONE,
        ROW_PLACE,
        KEY
    }

    /** In which order rows come. */
    enum Order {
        /** None that could be relied on. */
        NONE,
        /** That of the heap, because no other plan than a scan of a range of pages is allowed. */
        HEAP,
        /** Sorted by the server. */
        SORTED
    }

    private final StreamShape shape;
    private final PostgresSplit split;
    private final List<String> more;

    ReadSql(StreamShape shape, PostgresSplit split) {
        this(shape, split, List.of());
    }

    /** For rows of the split that meet further conditions, made of this class's parts. */
    ReadSql(StreamShape shape, PostgresSplit split, List<String> more) {
        this.shape = shape;
        this.split = split;
        this.more = List.copyOf(more);
    }

    Order order() {
        return switch (split.part()) {
            case WHOLE, GONE -> Order.NONE;
            case KEYS, LISTED -> Order.SORTED;
            // A condition on other tables may be a join, which keeps no order.
            case PAGES, WINDOW -> split.pages().isPresent() && ConditionText.of(shape).isOfOneTable() ? Order.HEAP : Order.SORTED;
        };
    }

    Lead lead() {
        return switch (split.part()) {
            case WHOLE, GONE -> Lead.NONE;
            case KEYS, LISTED -> Lead.KEY;
            case WINDOW -> Lead.ROW_PLACE;
            case PAGES -> shape.where().isEmpty() ? Lead.NONE : Lead.ROW_PLACE;
        };
    }

    /** Settings for the transaction, to be set before the query. */
    List<String> settings() {
        return switch (order()) {
            case NONE -> List.of();
            case HEAP ->
                List.of(
                        "SET LOCAL enable_seqscan = off",
                        "SET LOCAL enable_indexscan = off",
                        "SET LOCAL enable_bitmapscan = off",
                        "SET LOCAL enable_tidscan = on",
                        "SET LOCAL max_parallel_workers_per_gather = 0");
            // G03: the index of the key has its order; a sort of a large range would go to the server's disk.
            case SORTED -> split.part() == PostgresSplit.Part.KEYS ? List.of("SET LOCAL enable_sort = off") : List.of();
        };
    }

    /**
     * The query.
     *
     * @param from where to go on
     * @param nextTransaction the snapshot's xmax: no row that it sees has a higher transaction id
     */
    String query(Optional<PostgresPosition> from, long nextTransaction) {
        String select = switch (lead()) {
            case NONE -> "";
            case ROW_PLACE -> "ctid, ";
            case KEY -> "pg_catalog.json_build_array("
                    + shape.schema().key().stream()
                            .map(name -> Identifier.quoted(name) + "::pg_catalog.text")
                            .collect(Collectors.joining(", "))
                    + ")::pg_catalog.text, ";
        };
        String source = split.relation().map(name -> "ONLY " + Identifier.quoted(name)).orElseGet(shape::from);
        StringBuilder sql = new StringBuilder("SELECT ")
                .append(select)
                .append(ColumnPlan.selectList(shape.plans()))
                .append(" FROM ")
                .append(source);
        List<String> conditions = conditions(from, nextTransaction);
        if (!conditions.isEmpty()) {
            sql.append(" WHERE ").append(String.join(" AND ", conditions));
        }
        if (order() == Order.SORTED) {
            sql.append(" ORDER BY ")
                    .append(lead() == Lead.ROW_PLACE
                            ? "ctid"
                            : shape.schema().key().stream().map(Identifier::quoted).collect(Collectors.joining(", ")));
        }
        if (lead() == Lead.NONE && from.isPresent()) {
            sql.append(" OFFSET ").append(from.get().rows());
        }
        return sql.toString();
    }

    private List<String> conditions(Optional<PostgresPosition> from, long nextTransaction) {
        List<String> conditions = new ArrayList<>();
        split.pages().ifPresent(pages -> {
            conditions.add("ctid >= '(" + pages.from() + ",0)'::pg_catalog.tid");
            pages.to().ifPresent(to -> conditions.add("ctid < '(" + to + ",0)'::pg_catalog.tid"));
        });
        from.flatMap(PostgresPosition::row).ifPresent(place -> conditions.add("ctid > " + place.sql()));
        split.window().ifPresent(window -> {
            String writer = writer(nextTransaction);
            conditions.add(within(writer, window.until()));
            window.since().ifPresent(since -> conditions.add("NOT " + within(writer, since)));
            window.bound().ifPresent(bound -> conditions.add(reached(shape, bound)));
            shape.config().start().ifPresent(start -> conditions.add(atLeast(shape, start)));
        });
        split.keys().ifPresent(range -> {
            String first = shape.schema().key().get(0);
            range.low().ifPresent(low ->
                    conditions.add(Identifier.quoted(first) + " >= " + shape.literal(first, low)));
            range.high().ifPresent(high ->
                    conditions.add(Identifier.quoted(first) + " < " + shape.literal(first, high)));
            from.ifPresent(position -> conditions.add(after(position.key())));
        });
        shape.where().ifPresent(conditions::add);
        conditions.addAll(more);
        return conditions;
    }

    private String after(List<String> values) {
        List<String> key = shape.schema().key();
        if (values.size() != key.size()) {
            throw StateText.invalid("a position with a key of " + values.size() + " columns");
        }
        List<String> literals = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            literals.add(shape.literal(key.get(i), values.get(i)));
        }
        return "(" + key.stream().map(Identifier::quoted).collect(Collectors.joining(", ")) + ") > ("
                + String.join(", ", literals) + ")";
    }

    /** Rows whose cursor is at or above the value; rows without a cursor value are never left out. */
    static String atLeast(StreamShape shape, String value) {
        return above(shape, value, "");
    }

    /**
     * Rows that can still appear once {@code bound} is safe. A value without a zone says what the clock of the writing session
     * showed: it goes back by an hour in an autumn night, and two sessions' clocks differ by up to 26 hours (A22).
     */
    static String reached(StreamShape shape, String bound) {
        return above(shape, bound, switch (cursor(shape).base()) {
            case "timestamp without time zone" -> " - '26 hours'::pg_catalog.interval";
            case "date" -> " - 2";
            default -> "";
        });
    }

    private static String above(StreamShape shape, String value, String less) {
        RelationColumn cursor = cursor(shape);
        String name = Identifier.quoted(cursor.name());
        // Not of a domain, which may refuse a value that no row has.
        return "(" + name + " >= " + Identifier.literal(value) + "::" + cursor.base() + less + " OR " + name + " IS NULL)";
    }

    private static RelationColumn cursor(StreamShape shape) {
        return shape.column(shape.config().cursor().orElseThrow(() -> StateText.invalid("a bound without a cursor")));
    }

    /** Rows whose value lies in a slice. */
    static List<String> within(StreamShape shape, Slice slice) {
        String name = Identifier.quoted(slice.column());
        List<String> conditions = new ArrayList<>();
        conditions.add(name + " IS NOT NULL");
        slice.from().ifPresent(from -> conditions.add(name + " >= " + shape.literal(slice.column(), from.text())));
        String below = slice.end() == Slice.End.INCLUSIVE ? " <= " : " < ";
        slice.to().ifPresent(to -> conditions.add(name + below + shape.literal(slice.column(), to.text())));
        return conditions;
    }

    /**
     * The 64-bit id of the transaction that wrote the row version: the highest one below {@code nextTransaction} with the
     * row's 32 bits. Ids 1 and 2 mark rows that were frozen before PostgreSQL 9.4.
     */
    static String writer(long nextTransaction) {
        return writer(nextTransaction, "xmin");
    }

    static String writer(long nextTransaction, String xmin) {
        String raw = xmin + "::pg_catalog.text::pg_catalog.int8";
        return "(CASE WHEN " + raw + " < 3 THEN 0 ELSE " + nextTransaction + " - ((" + nextTransaction + " - " + raw
                + ") & 4294967295) END)";
    }

    static String within(String writer, PostgresSplit.Horizon horizon) {
        String below = writer + " < " + horizon.below();
        if (horizon.also().isEmpty()) {
            return "(" + below + ")";
        }
        return "(" + below + " OR " + writer + " IN ("
                + horizon.also().stream().map(String::valueOf).collect(Collectors.joining(", ")) + "))";
    }
}

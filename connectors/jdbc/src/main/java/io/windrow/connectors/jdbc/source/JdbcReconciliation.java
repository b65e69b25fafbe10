package io.windrow.connectors.jdbc.source;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Windows;
import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the database holds now, all of one moment. Whether a row changed since an incremental delivery is told as the next run would
 * tell it: by the cursor's bound, and at the bound by the marks of the rows that were delivered. A snapshot leaves nothing by which a
 * row that changed since could be told from one that was delivered otherwise.
 */
final class JdbcReconciliation implements Reconciliation {
    private static final long UNKNOWN = -1;

    private final JdbcSource source;
    private final Context context;
    private @Nullable Moment moment;

    JdbcReconciliation(JdbcSource source, Context context) {
        this.source = source;
        this.context = context;
    }

    @Override
    public void begin() {
        close();
        Moment taken = Moment.take(source, context.notices());
        moment = taken;
        source.hold(taken);
    }

    @Override
    public StreamSchema schema(StreamName stream, PlannerState delivered) {
        return asking("Reading the columns of " + stream, session -> source.shape(stream, session)).schema();
    }

    @Override
    public List<Windows.Totals> totals(StreamName stream, PlannerState delivered, Windows windows) {
        long rows = asking(
                "Counting the rows of " + stream,
                session -> session.number(ReadSql.countFrom(source.dialect(), source.shape(stream, session), Optional.empty())));
        return rows == 0 ? List.of() : List.of(new Windows.Totals(1, rows, List.of()));
    }

    @Override
    public SplitReader read(StreamName stream, PlannerState delivered) {
        JdbcSplit whole = new JdbcSplit(JdbcSplit.Part.SNAPSHOT, Optional.empty(), Optional.empty());
        return new JdbcReader(source, context, whole.toSplit("verify", stream, UNKNOWN), Optional.empty());
    }

    @Override
    public List<Change> changedSince(StreamName stream, PlannerState delivered, List<List<String>> keys) {
        if (!StateText.parse(delivered.text()).text("read").equals("window")) {
            return keys.stream().map(key -> Change.UNDECIDABLE).toList();
        }
        WindowState state = WindowState.of(delivered);
        return asking("Looking up rows of " + stream, session -> {
            StreamShape shape = source.shape(stream, session);
            List<Change> changes = new ArrayList<>();
            for (List<String> key : keys) {
                changes.add(changed(session, shape, state, key));
            }
            return changes;
        });
    }

    private Change changed(Session session, StreamShape shape, WindowState state, List<String> key) throws SQLException {
        Optional<List<Object>> values = values(source.dialect(), shape, key);
        // A window that is not finished has delivered some of its rows, and nobody knows which.
        if (values.isEmpty() || state.open().isPresent()) {
            return Change.UNDECIDABLE;
        }
        RowMarks marks = new RowMarks(state.salt());
        RowCells cells = new RowCells(shape);
        List<String> unsettled = session.rows(
                ReadSql.byKey(source.dialect(), shape, values.get(), state.bound()), row -> marks.of(cells.raws(row)));
        if (!unsettled.isEmpty()) {
            return state.seen().containsAll(unsettled) ? Change.UNCHANGED : Change.CHANGED;
        }
        boolean there = session.number(ReadSql.countOf(source.dialect(), shape, values.get())) > 0;
        // A row that is gone leaves no trace of when it went.
        return there ? Change.UNCHANGED : Change.UNDECIDABLE;
    }

    /** The values of a key's texts; empty if not all of them can be told from their texts alone. */
    private static Optional<List<Object>> values(SourceDialect dialect, StreamShape shape, List<String> key) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < key.size(); i++) {
            String name = shape.schema().key().get(i);
            ReadColumn column = shape.columns().get(shape.schema().indexOf(name));
            Optional<Object> value = column.order() == ReadColumn.Order.SORTS ? value(dialect, column, key.get(i)) : Optional.empty();
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return values.isEmpty() ? Optional.empty() : Optional.of(values);
    }

    private static Optional<Object> value(SourceDialect dialect, ReadColumn column, String text) {
        return switch (column.column().type()) {
            case ColumnType.Int type when type.signed() || type.bits() < Long.SIZE -> Optional.of(Long.valueOf(text));
            case ColumnType.Int ignored -> Optional.of(new BigDecimal(text));
            case ColumnType.Decimal ignored -> Optional.of(new BigDecimal(text));
            case ColumnType.Text ignored -> Optional.of(text);
            case ColumnType.Date ignored -> date(dialect, column, text);
            default -> Optional.empty();
        };
    }

    private static Optional<Object> date(SourceDialect dialect, ReadColumn column, String text) {
        try {
            return Optional.of(dialect.raw(column, text));
        } catch (Misfit e) {
            return Optional.empty();
        }
    }

    /** What is asked of a session of the moment. */
    @FunctionalInterface
    private interface Question<T> {
        T of(Session session) throws SQLException;
    }

    private <T> T asking(String doing, Question<T> question) {
        Moment held = moment;
        if (held == null) {
            throw WindrowException.of(SourceError.PLANNER_MISUSED, doing + ": no moment was taken");
        }
        Session session = held.borrow(() -> false)
                .orElseThrow(() -> WindrowException.of(SourceError.SNAPSHOT_LOST, doing + ": the thread was interrupted"));
        boolean usable = false;
        try {
            T answer = question.of(session);
            usable = true;
            return answer;
        } catch (SQLException e) {
            throw session.coded(doing, e);
        } finally {
            if (usable || session.isAlive()) {
                held.giveBack(session);
            } else {
                held.giveUp(session);
            }
        }
    }

    @Override
    public void close() {
        Moment held = moment;
        moment = null;
        if (held != null) {
            held.close();
        }
    }
}

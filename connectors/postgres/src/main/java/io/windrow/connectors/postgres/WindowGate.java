package io.windrow.connectors.postgres;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.PostgresSplit.Horizon;
import io.windrow.connectors.postgres.WindowState.HeapFile;
import io.windrow.connectors.postgres.WindowState.LeftHeap;
import io.windrow.connectors.postgres.WindowState.LogPlace;
import io.windrow.connectors.postgres.WindowState.Origin;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.ServerFacts.Standby;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether an incremental stream may go on from what it remembers. Transactions by which rows were told mean something only in
 * the history, in the table and for the selection that they were seen in (I13).
 */
final class WindowGate {
    /** So many transactions can be told apart by 32 bits, with room for those of one run. */
    static final long MAX_TRANSACTIONS = (1L << 32) - (1L << 22);

    private final PostgresSource source;
    private final StreamShape shape;
    private final Map<Long, Leaf> leaves;
    private final Moment moment;
    private final Session session;
    private final String cursor;

    WindowGate(PostgresSource source, StreamShape shape, Map<Long, Leaf> leaves, Moment moment, Session session) {
        this.source = source;
        this.shape = shape;
        this.leaves = Map.copyOf(leaves);
        this.moment = moment;
        this.session = session;
        this.cursor = shape.config().cursor().orElse("");
        if (leaves.isEmpty() && shape.relation().filter(Relation::isWithoutPartitions).isEmpty()) {
            throw StreamShape.invalid(
                            shape.stream(),
                            "only a table can be read incrementally, and the role needs SELECT on the whole of it and of each partition")
                    .remedy("Run check: it prints the exact GRANT that is missing. Or set mode: snapshot.");
        }
    }

    /** What a stream begins with of which nothing was delivered. */
    WindowState initial() {
        return known(WindowState.initial(moment.server().systemId(), cursor));
    }

    /**
     * The saved state, with the facts that a state of an older version lacks.
     *
     * @throws WindrowException if the stream cannot go on from it here, or not yet
     */
    WindowState admit(WindowState saved) throws SQLException {
        if (!saved.system().isEmpty()
                && !moment.server().systemId().isEmpty()
                && !saved.system().equals(moment.server().systemId())) {
            throw WindrowException.of(
                    PostgresError.OTHER_CLUSTER,
                    doing() + ": it was delivered up to now from the cluster " + saved.system() + ", and this is "
                            + moment.server().systemId());
        }
        if (!saved.cursor().equals(cursor)) {
            throw StateText.invalid("stream " + shape.stream() + " was read by the cursor " + saved.cursor()
                    + ", and now it is to be " + cursor);
        }
        if (saved.origin().selection().filter(selection -> !selection.equals(shape.selection())).isPresent()) {
            throw WindrowException.of(
                    PostgresError.SELECTION_CHANGED, doing() + ": where or start is not what it was at the last run");
        }
        expectHistory(saved);
        if (saved.since().isPresent()) {
            expectSameTable(saved, saved.since().get());
        }
        return known(saved);
    }

    private WindowState known(WindowState state) {
        Origin origin = state.origin();
        return state.with(new Origin(
                shape.relation().map(relation -> OptionalLong.of(relation.oid())).orElse(OptionalLong.empty()),
                Optional.of(shape.selection()),
                origin.place(),
                origin.left()));
    }

    private void expectHistory(WindowState saved) {
        if (moment.server().standby() == Standby.STANDBY && isBehind(saved)) {
            throw WindrowException.of(
                    PostgresError.STANDBY_BEHIND, doing() + ": the standby does not have all yet that was delivered before");
        }
        Optional<LogPlace> place = saved.reachedPlace();
        boolean elsewhere = place.isPresent()
                && moment.place().isPresent()
                && place.get().timeline() != moment.place().get().timeline();
        if (elsewhere) {
            timelines().expectHolds(doing(), place.get());
        }
        if (saved.since().isEmpty()) {
            return;
        }
        long passed = moment.next() - saved.since().get().below();
        if (passed < 0) {
            throw WindrowException.of(
                    PostgresError.OTHER_CLUSTER,
                    doing() + ": the database's transaction counter is below that of the last run");
        }
        if (passed > MAX_TRANSACTIONS) {
            throw WindrowException.of(
                    PostgresError.TRANSACTION_IDS_LOST, doing() + ": " + passed + " transactions have passed since the last run");
        }
    }

    /** A window that ends before the last one, or one that is read before all of its rows are there, would lose rows. */
    private boolean isBehind(WindowState saved) {
        boolean transactions = saved.reached().filter(horizon -> moment.lowest() < horizon.below()).isPresent();
        boolean log = saved.reachedPlace().isPresent()
                && moment.place().isPresent()
                && Long.compareUnsigned(moment.place().get().lsn(), saved.reachedPlace().get().lsn()) < 0;
        return transactions || log;
    }

    /** Only a replication connection tells where a timeline was left. */
    private Timelines timelines() {
        try (LogConnection log = LogConnection.open(source)) {
            return Timelines.of(log);
        } catch (SQLException e) {
            throw undecidable(SqlStates.coded("Asking for the server's timelines", e));
        } catch (WindrowException e) {
            throw undecidable(e);
        }
    }

    private WindrowException undecidable(WindrowException why) {
        if (why.errorCode().kind() == ErrorKind.EXTERNAL_TRANSIENT) {
            return why;
        }
        return WindrowException.of(
                        LogError.OTHER_TIMELINE,
                        doing() + ": since the last run a standby was promoted or a backup restored, and this role cannot ask"
                                + " whether that had all that was delivered (" + why.errorCode().code() + ")",
                        why)
                .remedy("Let the role connect for replication, so that the timelines are compared: ALTER ROLE "
                        + Identifier.quoted(source.address().user())
                        + " REPLICATION, and a line for it in pg_hba.conf. Or run the stream with --full-refresh.");
    }

    private void expectSameTable(WindowState saved, Horizon since) throws SQLException {
        if (isReplaced(saved)) {
            throw rewritten("it is another table of that name than at the last run");
        }
        for (HeapFile file : saved.files()) {
            expectWriters(file.oid(), file.file(), since);
        }
        for (LeftHeap heap : saved.origin().left()) {
            expectWriters(heap.oid(), heap.file(), heap.delivered());
        }
    }

    /** Whether the relation of the stream's name is another one than the state tells of. */
    boolean isReplaced(WindowState saved) {
        OptionalLong before = saved.origin().relation();
        Optional<Relation> now = shape.relation();
        if (before.isPresent() && now.isPresent()) {
            return before.getAsLong() != now.get().oid();
        }
        // A state of an older version names the heaps only, and partitions come and go.
        boolean plain = now.filter(relation -> relation.kind() != Relation.Kind.PARTITIONED).isPresent();
        return plain
                && !saved.files().isEmpty()
                && saved.files().stream().noneMatch(file -> leaves.containsKey(file.oid()));
    }

    /** VACUUM FULL and CLUSTER keep who wrote a row; ALTER TABLE does not, and a reload looks the same. */
    private void expectWriters(long oid, long file, Horizon delivered) throws SQLException {
        Leaf leaf = leaves.get(oid);
        if (leaf == null || leaf.file() == file) {
            return;
        }
        String from = " FROM ONLY " + Identifier.quoted(leaf.name());
        String within = ReadSql.within(ReadSql.writer(moment.next()), delivered);
        var row = session.row("SELECT EXISTS (SELECT" + from + "), EXISTS (SELECT" + from + " WHERE " + within + ")");
        if ("t".equals(row.get(0)) && "f".equals(row.get(1))) {
            throw rewritten(
                    "since the last run every row of " + leaf.name() + " was written anew (ALTER TABLE, or TRUNCATE and a reload)");
        }
    }

    WindrowException rewritten(String how) {
        return WindrowException.of(PostgresError.TABLE_REWRITTEN, doing() + ": " + how);
    }

    private String doing() {
        return "Reading " + shape.stream();
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A slot that is moved on or dropped, each time over a connection of its own.
 *
 * @param source the database
 * @param context hears what was done
 * @param name the slot's name
 */
record LogSlot(PostgresSource source, Context context, String name) {
    private static final Logger LOG = LoggerFactory.getLogger(LogSlot.class);
    /** The run waits meanwhile, and what is not done in this time is left to the next. */
    private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * I13: a slot that was made anew or let go further since the run was planned has lost changes. The server would begin where
     * the slot stands without a word.
     *
     * @param session another than the one that reads the slot, which has to read it: else somebody may move it afterwards
     * @param starts where the streams go on; of one whose copy has not begun nothing can be lost
     */
    static void expectNotPassed(Session session, String slot, Map<StreamName, LogPosition> starts) throws SQLException {
        List<@Nullable String> found = session.promptly(() -> session.row("SELECT confirmed_flush_lsn FROM pg_catalog.pg_replication_slots"
                + " WHERE slot_name = " + Identifier.literal(slot)));
        String doing = "Reading the slot " + slot + ": ";
        if (found.isEmpty()) {
            throw WindrowException.of(LogError.SLOT_LOST, doing + "it does not exist any more");
        }
        long confirmed = found.getFirst() instanceof String lsn ? LogPosition.lsn(lsn) : 0;
        for (Map.Entry<StreamName, LogPosition> stream : starts.entrySet()) {
            LogPosition start = stream.getValue();
            CopyPlace copy = start.copies().get(stream.getKey());
            boolean hasRows = copy == null || copy.done().isPresent() || copy.range().isPresent();
            if (hasRows && Long.compareUnsigned(confirmed, start.readFrom()) > 0) {
                throw WindrowException.of(
                        LogError.SLOT_LOST,
                        doing + "it was made anew or let go up to " + Lsn.text(confirmed) + ", and " + stream.getKey() + " stands at "
                                + Lsn.text(start.readFrom()));
            }
        }
    }

    /** Lets the log go up to a position that nobody reads from any more; a failure is left to the next run. */
    void letGo(LogPosition upTo) {
        try (Session session = Session.open(source.address(), source.config())) {
            // The server reads its log from the oldest transaction that was open, however far back that lies.
            Leaving.outwait(session, patienceNanos(), () -> session.limited(
                    Duration.ofNanos(LEAVING_NANOS), () -> session.row("SELECT pg_catalog.pg_replication_slot_advance("
                            + Identifier.literal(name) + ", " + Identifier.literal(Lsn.text(upTo.readFrom())) + ")")));
        } catch (SQLException e) {
            LOG.debug("Letting slot {} go: SQLSTATE {}; the next run does", name, e.getSQLState());
        } catch (IOException e) {
            LOG.debug("Letting slot {} go: {}; the next run does", name, e.getMessage());
        } catch (WindrowException e) {
            LOG.debug("Letting slot {} go: {}; the next run does", name, e.errorCode().code());
        }
    }

    /** Makes room for a slot of the same name: nobody can read this one any more, and who had is refused. */
    void replace(SlotFacts found) throws SQLException {
        try (Session session = Session.open(source.address(), source.config())) {
            session.promptly(() -> session.row("SELECT pg_catalog.pg_drop_replication_slot(" + Identifier.literal(name) + ")"));
        }
        context.notices().tell(
                "postgres.slot_replaced", "Slot " + name + " was lost (" + found.invalid().orElse("") + ") and is made anew.");
    }

    /** Gives the server its log back. What reads the slot is ended first. */
    void drop() {
        String literal = Identifier.literal(name);
        try (Session session = Session.open(source.address(), source.config())) {
            session.rows("SELECT pg_catalog.pg_terminate_backend(active_pid, 5000) FROM pg_catalog.pg_replication_slots"
                    + " WHERE slot_name = " + literal + " AND active_pid IS NOT NULL");
            Leaving.outwait(session, patienceNanos(), () -> session.row("SELECT pg_catalog.pg_drop_replication_slot(" + literal + ")"));
        } catch (SQLException e) {
            notDropped("SQLSTATE " + e.getSQLState());
        } catch (IOException e) {
            notDropped(String.valueOf(e.getMessage()));
        } catch (WindrowException e) {
            notDropped(e.errorCode().code());
        }
    }

    /** A run that is asked to stop waits for nobody. */
    private long patienceNanos() {
        return source.isWoken() ? 0 : LEAVING_NANOS;
    }

    private void notDropped(String why) {
        context.notices().tell(
                "postgres.slot_not_dropped",
                "Slot " + name + " could not be dropped (" + why + ") and still holds the log back. Run: SELECT"
                        + " pg_drop_replication_slot(" + Identifier.literal(name) + ");");
    }
}

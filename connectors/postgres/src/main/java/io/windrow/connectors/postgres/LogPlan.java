package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.Until;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one slot that all streams of mode cdc share, from the planner's side: what must be there, the copy of the tables as of
 * a place in the log, and the log itself once every stream has been copied. Nothing is made before the first split is asked
 * for. Used by the planner's thread.
 */
final class LogPlan implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogPlan.class);

    private final PostgresSource source;
    private final Context context;
    private final ChangesConfig config;
    private final ServerFacts server;
    /** All streams of the pipeline that follow changes, of this run or not. */
    private final List<StreamName> sharing;
    private final String slot;
    private final String publication;
    private final OptionalLong until;
    private final Publication published;
    private final Optional<SlotFacts> facts;
    private final Map<StreamName, ChangesRead> reads = new TreeMap<>();
    private @Nullable LogCopy copy;
    private boolean handedOut;

    LogPlan(
            PostgresSource source, Context context, Session session, ServerFacts server, List<StreamName> sharing,
            Until until)
            throws SQLException {
        this.source = source;
        this.context = context;
        this.config = source.config().following();
        this.server = server;
        this.sharing = List.copyOf(sharing);
        this.slot = config.slotOf(context.pipeline());
        this.publication = config.publicationOf(context.pipeline());
        this.published = Publication.read(session, server.major(), publication);
        boolean standby = server.standby() == ServerFacts.Standby.STANDBY;
        this.facts = standby ? Optional.empty() : SlotFacts.read(session, server.major(), slot);
        this.until = until == Until.STOPPED || standby ? OptionalLong.empty() : OptionalLong.of(end(session));
        if (facts.isPresent() && config.warnRetained().bytes() > 0 && facts.get().retained() > config.warnRetained().bytes()) {
            context.notices().tell(
                    "postgres.log_retained",
                    "Slot " + slot + " holds back " + facts.get().retained() + " bytes of the server's log ("
                            + facts.get().walStatus() + "): the disk fills until the streams have caught up.");
        }
    }

    /** Where the log ends now: everything that was committed before lies before it. */
    private static long end(Session session) throws SQLException {
        List<@Nullable String> row = session.row(
                "SELECT pg_catalog.pg_current_wal_insert_lsn(), pg_catalog.current_setting('wal_block_size')");
        long lsn = LogPosition.lsn(String.valueOf(row.get(0)));
        // Behind a page's header nothing may follow for long; the last record ended before it.
        long intoPage = Long.remainderUnsigned(lsn, Long.parseLong(String.valueOf(row.get(1))));
        return intoPage <= 40 ? lsn - intoPage : lsn;
    }

    /** Takes a stream in, or refuses it with the reason. */
    ChangesRead follow(StreamShape shape, List<Leaf> leaves, io.windrow.api.source.StreamRequest request) {
        String doing = "Following " + shape.stream();
        if (server.standby() == ServerFacts.Standby.STANDBY) {
            throw WindrowException.of(LogError.NOT_PREPARED, doing + ": the server is a standby; follow the primary");
        }
        if (published.there().isPresent() && published.tables().containsKey(shape.stream())) {
            published.expectWhole(shape);
        } else if (config.create() == ChangesConfig.Create.NEVER) {
            throw WindrowException.of(
                            LogError.NOT_PREPARED, doing + ": publication " + publication + " does not carry the table")
                    .remedy(published.toCarry(List.of(shape.stream())).orElse("") + ";");
        }
        ChangesRead read = new ChangesRead(this, shape, leaves, source.config().splitSize().bytes(), request);
        expectReadable(doing, read);
        reads.put(shape.stream(), read);
        return read;
    }

    private void expectReadable(String doing, ChangesRead read) {
        if (facts.isEmpty()) {
            if (read.isCopied()) {
                throw lost(doing + ": slot " + slot + " does not exist any more");
            }
            if (config.create() == ChangesConfig.Create.NEVER) {
                throw WindrowException.of(LogError.NOT_PREPARED, doing + ": there is no slot " + slot)
                        .remedy("SELECT pg_create_logical_replication_slot(" + Identifier.literal(slot) + ", 'pgoutput');");
            }
            return;
        }
        SlotFacts found = facts.get();
        if (found.invalid().isPresent()) {
            throw lost(doing + ": slot " + slot + " is lost: " + found.invalid().get())
                    .remedy("SELECT pg_drop_replication_slot(" + Identifier.literal(slot)
                            + "); then windrow run --full-refresh copies every table again as a new generation.");
        }
        if (!found.plugin().equals("pgoutput") || !found.database().equals(server.database())) {
            throw WindrowException.of(
                    LogError.NOT_PREPARED,
                    doing + ": slot " + slot + " is of plugin " + found.plugin() + " and database " + found.database()
                            + ", expected pgoutput and " + server.database());
        }
        read.start().ifPresent(start -> expectNotPassed(doing, LogPosition.of(start)));
    }

    /** I13: a slot that was let go further than the stream has come has lost changes, or is another slot of the same name. */
    void expectNotPassed(String doing, LogPosition start) {
        if (facts.isPresent() && Long.compareUnsigned(facts.get().confirmed(), start.lsn()) > 0) {
            throw lost(doing + ": slot " + slot + " was let go up to " + Lsn.text(facts.get().confirmed())
                    + ", the stream stands at " + Lsn.text(start.lsn()));
        }
        if (!server.systemId().isEmpty()) {
            LogFailures.expectSame(StreamName.of(slot), start, server.systemId(), server.timeline());
        }
    }

    private static WindrowException lost(String what) {
        return WindrowException.of(LogError.SLOT_LOST, what);
    }

    /** The copy of the tables; made, with whatever must be there for it, when it is first asked for. */
    LogCopy copy() {
        LogCopy made = copy;
        if (made == null) {
            String doing = "Preparing slot " + slot;
            try {
                carry();
                made = LogCopy.make(source, context, slot, facts.isEmpty() ? LogCopy.Slot.MAKE : LogCopy.Slot.THERE);
                copy = made;
                for (ChangesRead read : reads.values()) {
                    made.lock(read.shape());
                }
            } catch (SQLException e) {
                throw LogFailures.preparing(doing, e);
            }
            context.failpoints().reach("postgres.after_slot");
        }
        return made;
    }

    private void carry() throws SQLException {
        Optional<String> sql = published.toCarry(reads.keySet());
        if (sql.isEmpty()) {
            return;
        }
        try (Session session = Session.open(source.address(), source.config())) {
            session.execute(sql.get());
            context.notices().tell("postgres.publication", "Made ready for change streams: " + sql.get() + ";");
        } catch (SQLException e) {
            throw LogFailures.preparing("Making publication " + publication, e).remedy("Have the tables' owner run: " + sql.get() + ";");
        }
    }

    /** The log, once all streams are copied and none waits. */
    List<Assignment> next() {
        List<ChangesRead> active = reads.values().stream().filter(read -> !read.isParked()).toList();
        if (handedOut || active.isEmpty() || active.stream().anyMatch(read -> read.start().isEmpty())) {
            return List.of();
        }
        Map<StreamName, Position> starts = new TreeMap<>();
        active.forEach(read -> starts.put(read.shape().stream(), read.start().orElseThrow()));
        handedOut = true;
        // Every table is copied: a transaction that stayed open would keep the server from vacuuming, and its locks whoever
        // wants to alter a table, for as long as the log is followed.
        close();
        return List.of(new Assignment(new LogSplit(slot, publication, until).toSplit(sharing), starts));
    }

    /** The log is to be handed out again. */
    void cameBack() {
        handedOut = false;
    }

    void ended() {
        reads.values().forEach(ChangesRead::reached);
    }

    /** Lets the log go up to a position that nobody reads from any more. */
    void letGo(Split split, Position position) {
        LogPosition upTo = LogPosition.of(position);
        try (Session session = Session.open(source.address(), source.config())) {
            session.row("SELECT pg_catalog.pg_replication_slot_advance(" + Identifier.literal(LogSplit.of(split).slot()) + ", "
                    + Identifier.literal(Lsn.text(upTo.lsn())) + ")");
        } catch (SQLException e) {
            LOG.debug("Letting slot {} go: SQLSTATE {}; the next run does", slot, e.getSQLState());
        }
    }

    /** The id of the log's split. */
    String splitId() {
        return LogSplit.id(slot);
    }

    String slot() {
        return slot;
    }

    void keepAlive() throws SQLException {
        if (copy != null) {
            copy.keepAlive();
        }
    }

    /** Whether all tables are copied and the log is being read. */
    boolean isFollowing() {
        return handedOut;
    }

    /** Ends the copy's transaction. */
    @Override
    public void close() {
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }
}

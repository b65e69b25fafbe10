package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner.Assignment;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The one slot that all streams of mode cdc share, from the planner's side: what must be there, the copy of the tables as of
 * a place in the log, and the log itself once every stream has been copied. Nothing is made before the first split is asked
 * for. Used by the planner's thread.
 */
final class LogPlan implements AutoCloseable {
    private final PostgresSource source;
    private final Context context;
    private final ChangesConfig config;
    private final ServerFacts server;
    /** All streams of the pipeline that follow changes, of this run or not. */
    private final List<StreamName> sharing;
    private final String slot;
    private final String publication;
    private final OptionalLong until;
    private final Optional<SlotFacts> facts;
    /** Whether a stream of the pipeline goes on here: the server was a primary, or stands where one was. */
    private final boolean followedBefore;
    private final long end;
    /** Whatever the plan's snapshot shows was committed before this place. */
    private final long seen;
    private final long timeline;
    private final Map<StreamName, ChangesRead> reads = new TreeMap<>();
    private Publication published;
    /** Tables that could not be published because somebody works on them. */
    private final Map<StreamName, WindrowException> busy = new HashMap<>();
    private @Nullable LogCopy copy;
    /** Why it could not be made. What of it is there by now only the next plan sees: the slot may be, although no answer said so. */
    private @Nullable WindrowException uncopied;
    private boolean handedOut;
    /** Whether it ever was: what comes back then was read by this plan's own reader. */
    private boolean begun;
    private final LogLook look;

    LogPlan(
            PostgresSource source, Context context, Session session, ServerFacts server, List<StreamName> sharing,
            List<StreamRequest> requests)
            throws SQLException {
        this.source = source;
        this.context = context;
        this.config = source.config().following();
        this.server = server;
        this.sharing = List.copyOf(sharing);
        Optional<String> saved = requests.stream().flatMap(request -> ChangesRead.slot(request).stream()).findFirst();
        this.slot = config.slotOf(context.pipeline(), saved);
        this.published = Publication.of(session, server.major(), config, context.pipeline(), saved);
        this.publication = published.name();
        this.followedBefore = requests.stream().anyMatch(request -> request.state().isPresent());
        boolean standby = server.standby() == ServerFacts.Standby.STANDBY;
        this.facts = standby ? Optional.empty() : SlotFacts.read(session, server.major(), slot);
        List<@Nullable String> log = standby ? List.of() : session.row(
                "SELECT lsn, pg_catalog.pg_walfile_name(lsn) FROM pg_catalog.pg_current_wal_insert_lsn() AS lsn");
        this.end = standby ? -1 : LogPosition.lsn(String.valueOf(log.get(0)));
        this.timeline = standby ? 0 : Long.parseLong(String.valueOf(log.get(1)).substring(0, 8), 16);
        this.seen = standby ? -1 : LogCopy.lastRecord(session, end);
        this.until = requests.getFirst().until() == Until.STOPPED || standby ? OptionalLong.empty() : OptionalLong.of(seen);
        SynchronousNames.warning(session).ifPresent(text ->
                context.notices().tell("postgres.synchronous", text + " " + SynchronousNames.REMEDY));
        if (!standby) {
            tellFormer(session);
        }
        this.look = new LogLook(source, context, server.major(), slot, reads, this::close);
        facts.flatMap(found -> source.watch().observe(slot, found, System.nanoTime(), context))
                .filter(over -> config.onLimit() == ChangesConfig.OnLimit.STOP)
                .ifPresent(over -> source.watch().stop(
                        WindrowException.of(LogError.LOG_LIMIT, "Following the changes: " + over)));
    }

    /** A slot that an older version made for a pipeline which reads another one by now would hold the log back for ever. */
    private void tellFormer(Session session) throws SQLException {
        Optional<String> former = ChangesConfig.formerName(context.pipeline()).filter(name -> config.slot().isEmpty() && !name.equals(slot));
        if (former.isPresent() && SlotFacts.read(session, server.major(), former.get()).isPresent()) {
            context.notices().tell(
                    "postgres.former_slot",
                    "Slot " + former.get() + " may be one that an older version of Windrow made for this pipeline, whose slot is "
                            + slot + " now. If no other pipeline reads it, it only holds the log back; run: SELECT"
                            + " pg_drop_replication_slot(" + Identifier.literal(former.get()) + ");");
        }
    }

    /** Takes a stream in, or refuses it with the reason. */
    ChangesRead follow(Session session, StreamShape shape, List<Leaf> leaves, StreamRequest request) throws SQLException {
        String doing = "Following " + shape.stream();
        if (server.standby() == ServerFacts.Standby.STANDBY) {
            throw WindrowException.of(
                    followedBefore ? PostgresError.SERVER_UNAVAILABLE : LogError.NOT_PREPARED,
                    doing + ": the server is a standby; follow the primary"
                            + (followedBefore ? ", which this one becomes if a failover is under way" : ""));
        }
        if (config.origin() == ChangesConfig.Origin.NONE && server.major() < 16) {
            throw WindrowException.of(
                    LogError.NOT_PREPARED, doing + ": origin: none needs PostgreSQL 16, the server is " + server.major());
        }
        ChangesRead read = new ChangesRead(this, shape, leaves, source.config(), context.notices(), request);
        if (shape.relation().isPresent()) {
            read.expectSame(session, shape.relation().get().oid());
            expectPublished(doing, read);
        } else {
            expectPublication(doing, read);
        }
        expectReadable(doing, read);
        Optional<String> rewritten = read.rewritten(session);
        if (rewritten.isPresent()) {
            read = read.anew(session, rewritten.get());
        }
        // Of a table that is copied anew it means nothing where it stood.
        read.start().ifPresent(start -> expectNotPassed(doing, shape.stream(), LogPosition.of(start)));
        reads.put(shape.stream(), read);
        return read;
    }

    private void expectPublished(String doing, ChangesRead read) {
        published.expectWhole(read.shape());
        if (read.isCopied()) {
            expectCarried(doing, read);
        }
        if (published.member(read.shape().stream()).isEmpty() && config.create() == ChangesConfig.Create.NEVER) {
            throw WindrowException.of(
                            LogError.NOT_PREPARED, doing + ": publication " + publication + " does not carry the table")
                    .remedy(published.toCarry(List.of(read.shape().stream())).orElse("") + ";");
        }
    }

    /** For messages, which no publication names, one has to be there, and from before the place that they are read from. */
    private void expectPublication(String doing, ChangesRead read) {
        Optional<String> sql = published.toCarry(List.of());
        if (sql.isPresent() && (read.isCopied() || config.create() == ChangesConfig.Create.NEVER)) {
            throw WindrowException.of(LogError.NOT_PREPARED, doing + ": there is no publication " + publication)
                    .remedy(sql.get() + ";");
        }
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
        source.watch().expectAllowed();
        SlotFacts found = facts.get();
        if (found.invalid().isPresent() && (read.isCopied() || config.create() == ChangesConfig.Create.NEVER)) {
            WindrowException lost = lost(doing + ": slot " + slot + " is lost: " + found.invalid().get());
            throw config.create() == ChangesConfig.Create.AUTO
                    ? lost
                    : lost.remedy("SELECT pg_drop_replication_slot(" + Identifier.literal(slot)
                            + "), make it anew, and run 'windrow run --full-refresh': every table is copied again as a new generation.");
        }
        if (!found.isFor(server.database())) {
            throw WindrowException.of(LogError.NOT_PREPARED, doing + ": " + found.unfit(slot, server.database()));
        }
    }

    /**
     * As {@link #expectNotPassed} for a position that comes back. One that was reached since this plan was made lies behind
     * what the log's end was then, and says nothing against the server; the reader that goes on there judges its history.
     */
    void expectGoesOn(String doing, StreamName stream, LogPosition position) {
        if (!begun) {
            expectNotPassed(doing, stream, position);
        }
    }

    /** I13: a slot that was let go further than the stream has come has lost changes, or is another slot of the same name. */
    void expectNotPassed(String doing, StreamName stream, LogPosition start) {
        if (facts.isPresent() && Long.compareUnsigned(facts.get().confirmed(), start.readFrom()) > 0) {
            throw lost(doing + ": slot " + slot + " was let go up to " + Lsn.text(facts.get().confirmed())
                    + ", the stream stands at " + Lsn.text(start.readFrom()));
        }
        StreamName following = StreamName.of(slot);
        if (!server.systemId().isEmpty()) {
            Timelines.expectSame(following, start, server.systemId());
        }
        // Of the timeline the reader judges, who sees its history. A log that ends before the position is an older one.
        if (Long.compareUnsigned(start.reached(stream), end) > 0) {
            throw WindrowException.of(
                    timeline == start.timeline() ? PostgresError.OTHER_CLUSTER : LogError.OTHER_TIMELINE,
                    doing + ": the saved position is " + Lsn.text(start.reached(stream)) + ", the server's log ends at " + Lsn.text(end));
        }
    }

    /** I13: changes that were made while the publication did not carry the table are not in the log. */
    private void expectCarried(String doing, ChangesRead read) {
        Optional<String> now = published.member(read.shape().stream());
        if (now.isEmpty() || read.member().isPresent() && !read.member().equals(now)) {
            throw published.notCarried(doing, now);
        }
    }

    /** Since when the publication has carried the stream's table. */
    Optional<String> member(StreamName stream) {
        return published.member(stream);
    }

    /** What an earlier run saved as {@link #member}, as this version writes it. */
    String completed(StreamName stream, String saved) {
        return published.completed(stream, saved);
    }

    private static WindrowException lost(String what) {
        return WindrowException.of(LogError.SLOT_LOST, what);
    }

    /** The copy of the tables; made, with whatever must be there for it, when it is first asked for. */
    private LogCopy copy() {
        if (uncopied != null) {
            throw uncopied;
        }
        LogCopy made = copy;
        if (made == null) {
            String doing = "Preparing slot " + slot;
            try {
                carry();
                boolean there = facts.isPresent() && facts.get().invalid().isEmpty();
                if (facts.isPresent() && !there) {
                    new LogSlot(source, context, slot).replace(facts.get());
                }
                made = LogCopy.make(source, context, slot, there ? LogCopy.Slot.THERE : LogCopy.Slot.MAKE, server.major());
                copy = made;
                reads.values().stream().filter(read -> !read.isCopied() && !read.isParked()).map(ChangesRead::shape)
                        .filter(shape -> !busy.containsKey(shape.stream())).forEach(made::lock);
            } catch (SQLException e) {
                throw uncopied(LogFailures.preparing(doing, e));
            } catch (WindrowException e) {
                throw uncopied(e);
            }
            context.failpoints().reach("postgres.after_slot");
        }
        return made;
    }

    /** The {@link #copy} for one of the tables. */
    LogCopy copy(StreamName stream) {
        LogCopy made = copy();
        expectFree(stream);
        return made.of(stream);
    }

    private WindrowException uncopied(WindrowException why) {
        uncopied = copy == null ? why : null;
        return why;
    }

    /** Whether a stream that is still to be copied can be while the log is read: that of others, or its own. */
    boolean copiesBeside(ChangesRead read) {
        return config.added() == ChangesConfig.Added.BESIDE && facts.isPresent() && facts.get().invalid().isEmpty() && read.hasRanges()
                && (read.isAgain() || reads.values().stream().anyMatch(ChangesRead::isCopied));
    }

    /** Where a stream begins that is copied while the log is read. */
    Position beside(StreamName stream) {
        try {
            carry();
            expectFree(stream);
            return LogCopy.beside(source, stream, facts.orElseThrow().confirmed());
        } catch (SQLException e) {
            throw LogFailures.preparing("Preparing the copy of " + stream, e);
        }
    }

    /** Where messages begin: there is nothing to be copied of them. */
    Position begin() {
        if (facts.filter(found -> found.invalid().isEmpty()).isEmpty()) {
            return copy().start();
        }
        try {
            carry();
        } catch (SQLException e) {
            throw LogFailures.preparing("Preparing slot " + slot, e);
        }
        return LogCopy.none(source, facts.get().confirmed());
    }

    private void carry() throws SQLException {
        List<StreamName> tables = reads.values().stream()
                .map(ChangesRead::shape)
                .filter(shape -> shape.relation().isPresent() && !busy.containsKey(shape.stream()))
                .map(StreamShape::stream)
                .toList();
        Carrier.Carried done = new Carrier(source, context, server.major(), published).carry(tables);
        published = done.published();
        busy.putAll(done.busy());
    }

    /** Who works on the table, so that it could not be published, keeps its own stream from beginning. */
    private void expectFree(StreamName stream) {
        WindrowException why = busy.get(stream);
        if (why != null) {
            throw why;
        }
    }

    /** The log, once all streams are copied and none waits. */
    List<Assignment> next() {
        List<ChangesRead> active = reads.values().stream().filter(read -> !read.isParked()).toList();
        if (handedOut || active.isEmpty() || isCopying()) {
            return List.of();
        }
        Map<StreamName, Position> starts = new TreeMap<>();
        for (ChangesRead read : active) {
            starts.put(read.shape().stream(), read.start().orElseThrow());
            read.history().ifPresent(history -> source.remember(read.shape().stream(), history));
            source.repair(read.shape().stream(), read.repair());
        }
        handedOut = true;
        begun = true;
        // Every table is copied: a transaction that stayed open would keep the server from vacuuming, and its locks whoever
        // wants to alter a table, for as long as the log is followed.
        close();
        return List.of(new Assignment(new LogSplit(slot, publication, until).toSplit(sharing), starts));
    }

    private boolean isCopying() {
        return reads.values().stream().anyMatch(read -> !read.isParked() && read.start().isEmpty());
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
        new LogSlot(source, context, LogSplit.of(split).slot()).letGo(LogPosition.of(position));
    }

    /** The id of the log's split. */
    String splitId() {
        return LogSplit.id(slot);
    }

    /** Behind all that the plan's snapshot shows. */
    long seen() {
        return seen;
    }

    String slot() {
        return slot;
    }

    /** Keeps the snapshot of the copy alive. */
    void keepAlive() throws SQLException {
        if (copy != null) {
            copy.keepAlive();
        }
    }

    /** Looks now and then whether all is as it has to be. */
    void look(Session session) throws SQLException {
        look.look(session, handedOut ? LogLook.Stage.FOLLOWING : isCopying() ? LogLook.Stage.COPYING : LogLook.Stage.BETWEEN, published);
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

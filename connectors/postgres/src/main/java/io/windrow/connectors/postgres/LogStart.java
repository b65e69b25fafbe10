package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Map;

/**
 * How a slot begins to be read: its streams are looked up, then the log is asked for, as soon as nobody else reads it. The
 * reader's thread only.
 *
 * @param source the database
 * @param context the run
 * @param split the slot
 * @param starts where the streams go on
 * @param rows reads the log
 * @param streams takes the streams
 */
record LogStart(
        PostgresSource source, Context context, LogSplit split, Map<StreamName, LogPosition> starts, LogRows rows, FollowedStreams streams) {
    LogStart {
        starts = Map.copyOf(starts);
    }

    /** Opens a connection for the log, on which nothing is asked yet. */
    LogConnection open() {
        return LogConnection.open(source);
    }

    /** Looks the streams up, once. */
    void prepare(LogConnection open) throws SQLException {
        Timelines timelines = Timelines.of(open);
        rows.on(timelines);
        try (Session session = Session.open(source.address(), source.config())) {
            session.promptly(() -> {
                session.begin(null);
                for (Map.Entry<StreamName, LogPosition> start : starts.entrySet()) {
                    timelines.expectHolds(start.getKey(), start.getValue());
                    streams.follow(new FollowedStream(source, source.shape(start.getKey(), session), start.getValue(), context), session);
                }
                return true;
            });
        }
        long memory = context.allocator().getLimit();
        open.largestRow(Math.min(memory - memory / 8, Runtime.getRuntime().maxMemory() / 3));
        context.failpoints().reach("postgres.before_log");
    }

    /** Asks for the log; false: another reader has the slot by the deadline still, or the source was woken. */
    boolean begins(LogConnection open, long deadlineNanos) throws SQLException, IOException {
        if (!open.start(
                split, source.config().following(), rows.messages(), LogConnection.Values.of(streams.all()), rows.lsn(), deadlineNanos)) {
            return false;
        }
        // Only now can nobody else let the slot go any further.
        try (Session session = Session.open(source.address(), source.config())) {
            LogSlot.expectNotPassed(session, split.slot(), starts);
        }
        context.failpoints().reach("postgres.log_begun");
        return true;
    }
}

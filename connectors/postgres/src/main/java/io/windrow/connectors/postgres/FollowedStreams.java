package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a log: those that go on, those that take no more rows and wait until what they took is handed out, and those
 * that were left behind. The reader's thread only.
 */
final class FollowedStreams implements AutoCloseable {
    private final RangeReader ranges;
    private final Map<StreamName, FollowedStream> streams = new HashMap<>();
    private final AnnouncedTables tables = new AnnouncedTables(streams);
    private final List<FollowedStream> ofMessages = new ArrayList<>();
    private final Map<StreamName, Left> leaving = new LinkedHashMap<>();
    private final Map<StreamName, WindrowException> failed = new HashMap<>();
    private boolean hasMessages;

    /**
     * @param ranges where tables are copied that are not yet
     */
    FollowedStreams(RangeReader ranges) {
        this.ranges = ranges;
    }

    /**
     * A stream that takes no more rows.
     *
     * @param why why it cannot go on
     * @param front behind what it took
     */
    private record Left(WindrowException why, LogPosition front) {}

    /** Takes a stream in, and copies its table from where it stands, if it is not copied. */
    void follow(FollowedStream stream, Session session) {
        streams.put(stream.stream(), stream);
        if (stream.shape().config().isOfMessages()) {
            ofMessages.add(stream);
            hasMessages = true;
        }
        try {
            session.guarded(() -> {
                ranges.copy(stream, session);
                return true;
            });
        } catch (WindrowException e) {
            fail(stream.stream(), e);
        } catch (SQLException e) {
            fail(stream.stream(), SqlStates.coded("Copying " + stream.stream(), e));
        }
    }

    /** All that were not left behind. */
    Collection<FollowedStream> all() {
        return streams.values();
    }

    /** The stream of that name; null: there is none, or it was left behind. */
    @Nullable FollowedStream named(StreamName name) {
        return streams.get(name);
    }

    /** Those of messages that take more. */
    List<FollowedStream> ofMessages() {
        return ofMessages;
    }

    /** Whether one is or was of messages. */
    boolean hasMessages() {
        return hasMessages;
    }

    /** How far the tables are that are copied meanwhile. */
    Map<StreamName, CopyPlace> copies() {
        Map<StreamName, CopyPlace> copies = new HashMap<>();
        streams.forEach((name, stream) -> stream.reread().copied().ifPresent(place -> copies.put(name, place)));
        return copies;
    }

    /** The rows that were read again, as long as the log has not passed them. */
    Map<StreamName, RepairPlace> repairs() {
        Map<StreamName, RepairPlace> repairs = new HashMap<>();
        streams.forEach((name, stream) -> stream.reread().repaired().ifPresent(place -> repairs.put(name, place)));
        return repairs;
    }

    /** The tables that the log has announced. */
    AnnouncedTables tables() {
        return tables;
    }

    /** The streams that were left behind. */
    Map<StreamName, WindrowException> failed() {
        return failed;
    }

    /**
     * A stream takes no more rows. It is left behind once what it took is handed out.
     *
     * @param front behind what it took
     */
    void stop(FollowedStream stream, WindrowException why, LogPosition front) {
        stream.forgetLast();
        tables.leave(stream);
        ofMessages.remove(stream);
        leaving.put(stream.stream(), new Left(why, front));
    }

    /** Whether what some have taken is to be handed out before they are left behind. */
    boolean areLeaving() {
        return !leaving.isEmpty();
    }

    /** Leaves those behind that take no more rows, and of which nothing is gathered any more. */
    void leave() {
        leaving.forEach((name, left) -> fail(name, left.why()));
        leaving.clear();
    }

    /** Leaves a stream behind, and whatever was gathered of it. */
    void fail(StreamName name, WindrowException why) {
        FollowedStream stream = streams.remove(name);
        if (stream != null) {
            failed.put(name, why);
            tables.leave(stream);
            ofMessages.remove(stream);
            ranges.forget(stream);
            stream.close();
        }
    }

    /** Behind what a stream has taken. */
    LogPosition position(FollowedStream stream, LogPosition ofAll) {
        Left left = leaving.get(stream.stream());
        return (left == null ? ofAll : left.front()).forOnly(stream.stream());
    }

    @Override
    public void close() {
        streams.values().forEach(FollowedStream::close);
    }
}

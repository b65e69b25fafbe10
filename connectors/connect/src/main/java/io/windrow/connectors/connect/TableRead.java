package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.SavedText;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A table of a run, from the planner's side: copied or not, and where the log goes on for it. Used by the planner's thread. */
final class TableRead {
    private static final int STATE_VERSION = 1;
    private static final String COPY_LOST = "copy.lost";
    private static final Guarantee MESSAGES = new Guarantee(
            "connector", "Every record that the connector sends, each exactly once.",
            List.of("Told an offset, the connector sends what came after it, in the same order as before."),
            List.of("what the connector itself leaves out"));

    private static final String COPIED_AGAIN = "If the first copy is interrupted, the tables are copied again from the start.";
    private static final Guarantee ROWS = new Guarantee(
            "log",
            "Every row as of one moment, then every change after it in the order of commits, each exactly once.",
            List.of(
                    "The server keeps its log until it was read.",
                    "Every session writes whole rows into the log (binlog_row_image is FULL, and binlog_format is ROW), and the log is not compressed (log_bin_compress is off) while it is written.",
                    COPIED_AGAIN),
            List.of("dates of zeros in columns that may be null, which are null"));
    private static final Guarantee DOCUMENTS = new Guarantee(
            "log",
            "Every document as the copy met it, then every change since the copy began in the order of the log, each exactly once: what"
                    + " changed during the copy is in both.",
            List.of("The server keeps its log until it was read.", COPIED_AGAIN),
            List.of("collections that are dropped or renamed"));

    private final History history;
    private final StreamSchema schema;
    private final long estimatedRows;
    private final Shape shape;
    /** Whose log it was read from by what its state says; empty: it does not say. */
    private final Optional<String> server;
    private final boolean begun;
    private final boolean lost;
    private boolean parked;
    private boolean reached;
    /** Where the log goes on; null until the table is copied. */
    private @Nullable Position start;
    /** The place of the copy, for the state. */
    private @Nullable Position copiedAt;

    TableRead(History history, Shape shape, StreamSchema schema, long estimatedRows, StreamRequest request) {
        this.history = history;
        this.schema = schema;
        this.estimatedRows = estimatedRows;
        Optional<Map<String, @Nullable Object>> state = request.state().map(TableRead::parsed);
        this.shape = shape;
        // An earlier version does not say it.
        this.server = state.map(saved -> saved.get("server") instanceof String known ? known : null);
        this.begun = state.isPresent();
        this.lost = state.isPresent() && !state.get().containsKey("copied_at");
        if (state.isPresent() && !lost) {
            Map<String, @Nullable Object> at = SavedText.object(state.get(), "copied_at");
            Position saved = new Position(
                    SavedText.field(at, "version", Long.class).intValue(), SavedText.field(at, "text", String.class));
            copiedAt = saved;
            start = Optional.ofNullable(request.released().get(ConnectSplit.logId()))
                    .filter(released -> LogPlace.ORDER.compare(released, saved) > 0)
                    .orElse(saved);
            history.restore(schema.stream(), SavedText.objects(state.get(), "history"));
        } else if (shape == Shape.MESSAGES) {
            copied(LogPlace.BEGINNING.toPosition());
        }
    }

    private static Map<String, @Nullable Object> parsed(PlannerState state) {
        if (state.version() != STATE_VERSION) {
            throw SavedText.invalid("a planner state of version " + state.version());
        }
        return SavedText.read(state.text());
    }

    /** Whose log the places are of that do not say it themselves. */
    Optional<String> server() {
        return server;
    }

    StreamName stream() {
        return schema.stream();
    }

    StreamPlan plan() {
        Guarantee guarantee = switch (shape) {
            case ROWS -> ROWS;
            case DOCUMENTS -> DOCUMENTS;
            case MESSAGES -> MESSAGES;
        };
        return new StreamPlan(schema, guarantee, lost ? Optional.of(COPY_LOST) : Optional.empty(), isCopied() ? -1 : estimatedRows, -1);
    }

    /** Whether an earlier run has read of it. */
    boolean isBegun() {
        return begun;
    }

    boolean isCopied() {
        return start != null;
    }

    Position start() {
        Position at = start;
        if (at == null) {
            throw WindrowException.of(ConnectError.PLANNER_MISUSED, "Following " + stream() + ": it is not copied");
        }
        return at;
    }

    /** The stream begins anew, in a new generation. */
    void restart() {
        start = null;
        copiedAt = null;
        history.forget(stream());
        if (shape == Shape.MESSAGES) {
            copied(LogPlace.BEGINNING.toPosition());
        }
    }

    /** The table is copied as of a place in the log, or its place was found in that of another server. */
    void copied(Position at) {
        copiedAt = at;
        start = at;
    }

    /** The log goes on there. */
    void goesOnAt(Position at) {
        start = at;
    }

    void park() {
        parked = true;
    }

    boolean isParked() {
        return parked;
    }

    /** The log was read as far as this run reads it. */
    void reached() {
        reached = true;
    }

    boolean hasReached() {
        return reached;
    }

    /** What is saved; the server that is read from now. */
    PlannerState state(Optional<String> now) {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("read", "cdc");
        Position at = copiedAt;
        if (at != null) {
            text.put("copied_at", Map.of("version", (long) at.version(), "text", at.text()));
            now.ifPresent(one -> text.put("server", one));
            text.put("history", history.saved(stream()));
        }
        return new PlannerState(STATE_VERSION, SavedText.write(text));
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.context.Context;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.connectors.postgres.catalog.ServerFacts.Standby;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/** What an incremental stream has to say of its cursor and its heaps. Values of the cursor are none of it (I11). */
final class WindowNotices {
    private final StreamShape shape;
    private final Context context;
    private boolean heldBack;

    WindowNotices(StreamShape shape, Context context) {
        this.shape = shape;
        this.context = context;
    }

    /** By what, besides the row, the answer of the stream's condition may change. */
    void condition(Set<String> beyond) {
        if (!beyond.isEmpty()) {
            tell("postgres.where_moves", "its where depends on " + String.join(", ", beyond) + " and so may change its answer for a row "
                    + "that nobody writes; a row that does not match when a run looks at it and does later is never delivered. Filter "
                    + "where the rows arrive instead, or read the stream as a snapshot.");
        }
    }

    /** What is true at each run of the stream. */
    void standing(Moment moment, Optional<String> bound, Session session) throws SQLException {
        if (shape.config().cursor().isEmpty()) {
            return;
        }
        Level level = shape.config().guarantee();
        if (moment.server().standby() == Standby.STANDBY && level == Level.CONDITIONAL) {
            tell("postgres.standby_bound", "the server is a standby, which does not show all transactions that are open on the "
                    + "primary; the safe bound stays where it is"
                    + (bound.isEmpty() ? ", and every run scans the whole table." : "."));
        }
        String name = shape.config().cursor().get();
        CursorBounds cursor = new CursorBounds(session, shape, name);
        long nulls = cursor.nulls();
        if (nulls > 0) {
            tell("postgres.cursor_nulls", nulls + " rows have no value in the cursor column " + name
                    + "; they are delivered once like the others.");
        }
        if (cursor.coarse()) {
            tell("postgres.cursor_coarse", "the cursor " + name + " is a date, so every run looks at the last days again "
                    + "(and delivers nothing twice).");
        }
        Optional<CursorBounds.Feed> feed = level == Level.PROVEN ? Optional.empty() : cursor.feed();
        long step = feed.map(CursorBounds.Feed::step).orElse(1L);
        if (step > 1) {
            tell("postgres.cursor_blocks", "the sequence of the cursor " + name + " counts in steps of " + step + ", as it does for "
                    + "an application that gives out the values between by itself; a lower one may appear after a higher one was "
                    + "delivered, and is then lost; set guarantee: proven, or INCREMENT 1.");
        }
        long block = feed.map(CursorBounds.Feed::cache).orElse(1L);
        if (block > 1) {
            tell("postgres.cursor_cached", "sessions take " + block + " values of the cursor " + name + " at a time (CACHE), so a "
                    + "lower one may appear after a higher one was delivered, and is then lost; set guarantee: proven, or CACHE 1.");
        }
    }

    /** Rows wait although they are committed: the next run that finds the transaction ended delivers them. */
    void heldBack(String how) {
        heldBack = true;
        tell("postgres.held_back", "a transaction that is still open holds it back: " + how + ".");
    }

    boolean isHeldBack() {
        return heldBack;
    }

    void gone(Set<Long> oids) {
        tell("postgres.partition_gone", oids.size() + " of its tables (oid " + oids + ") were dropped or detached while their"
                + " newest rows were being read; what was not delivered of these rows is not delivered any more.");
    }

    void future(String cursor) {
        tell("postgres.cursor_future", "a row's value of the cursor " + cursor + " lies in the future; it is delivered, and the "
                + "safe bound is not set beyond the server's time.");
    }

    void unfed(String cursor) {
        tell("postgres.cursor_unfed", "a row's value of the cursor " + cursor + " is higher than any that its sequence gave out; "
                + "the safe bound stays where it is.");
    }

    void falling(String cursor) {
        tell("postgres.cursor_falling", "the sequence of the cursor " + cursor + " counts down, begins anew at its end or was set "
                + "back, so new rows may lie below those that were delivered; the whole table is scanned. Set guarantee: proven.");
    }

    void joined(Leaf leaf) {
        tell("postgres.partition_joined", "table " + leaf.name() + " has come to it since the last run and is read whole.");
    }

    private void tell(String code, String text) {
        context.notices().tell(code, "Stream " + shape.stream() + ": " + text);
    }
}

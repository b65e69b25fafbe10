package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.List;
import java.util.Optional;

/**
 * How far a table was copied that is copied while its log is read: the keys from the lowest up to {@code done} are as the log
 * says, those of {@code range} were read under a snapshot of their own, and those behind are still to be read.
 *
 * @param notBefore a transaction id, 64 bits: nothing is read as long as one below is at work, whose changes the log may lack
 *     because the table was not published when it began
 * @param done the highest key of the ranges whose snapshots the log has passed; empty: there is none
 * @param range the range that was read last; empty: the log has passed it
 * @param unseen transactions with changes of keys that were still to be read, which no snapshot was known to show
 */
record CopyPlace(long notBefore, Optional<Key> done, Optional<Range> range, List<Long> unseen) {
    CopyPlace {
        unseen = List.copyOf(unseen);
    }

    /** Nothing is read yet. */
    static CopyPlace begin(long notBefore) {
        return new CopyPlace(notBefore, Optional.empty(), Optional.empty(), List.of());
    }

    /** The values of a key's columns, as the database writes them. */
    record Key(List<String> values) {
        Key {
            values = List.copyOf(values);
        }
    }

    /**
     * The keys behind {@code done}, read at once.
     *
     * @param to the highest key; empty: all
     * @param visible what was seen
     * @param until a place in the log behind the commit of every transaction that was seen
     */
    record Range(Optional<Key> to, Visible visible, long until) {}

    StateText toState() {
        StateText text = StateText.create().with("not_before", notBefore);
        done.ifPresent(key -> text.with("done", key.values()));
        range.ifPresent(one -> {
            StateText within = StateText.create();
            one.to().ifPresent(key -> within.with("to", key.values()));
            text.with("range", within.with("snapshot", one.visible().toString()).with("until", Lsn.text(one.until())));
        });
        return unseen.isEmpty() ? text : text.with("unseen", unseen);
    }

    static CopyPlace of(StateText text) {
        return new CopyPlace(
                text.number("not_before"),
                key(text, "done"),
                text.object("range").map(range -> new Range(
                        key(range, "to"), Visible.parse(range.text("snapshot")), LogPosition.lsn(range.text("until")))),
                text.numbers("unseen"));
    }

    private static Optional<Key> key(StateText text, String name) {
        List<String> values = text.texts(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(new Key(values));
    }
}

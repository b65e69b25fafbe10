package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Rows of a stream that were read again by their keys under a snapshot of their own, which the log has not passed yet.
 *
 * @param keys the keys, of rows that were there or not
 * @param visible what the snapshot showed
 * @param until a place in the log behind the commit of every transaction that was seen
 */
record RepairPlace(Set<Key> keys, Visible visible, long until) {
    RepairPlace {
        keys = Set.copyOf(keys);
    }

    StateText toState() {
        List<String> values = new ArrayList<>();
        keys.stream().map(Key::values).sorted((one, other) -> one.toString().compareTo(other.toString())).forEach(values::addAll);
        return StateText.create()
                .with("columns", (long) keys.stream().findFirst().map(key -> key.values().size()).orElse(0))
                .with("keys", values)
                .with("snapshot", visible.toString())
                .with("until", Lsn.text(until));
    }

    static RepairPlace of(StateText text) {
        List<String> values = text.texts("keys");
        long columns = text.number("columns");
        if (columns < 1 || values.isEmpty() || values.size() % columns != 0) {
            throw StateText.invalid("the keys of a repair do not fit their number of columns");
        }
        Set<Key> keys = new LinkedHashSet<>();
        for (int i = 0; i < values.size(); i += (int) columns) {
            keys.add(new Key(values.subList(i, i + (int) columns)));
        }
        return new RepairPlace(keys, Visible.parse(text.text("snapshot")), LogPosition.lsn(text.text("until")));
    }
}

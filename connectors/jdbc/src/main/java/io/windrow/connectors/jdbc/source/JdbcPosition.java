package io.windrow.connectors.jdbc.source;

import io.windrow.api.batch.Position;
import java.util.List;

/**
 * How far a split was read: exactly the rows up to here were delivered.
 *
 * @param rows rows read since the split's start
 * @param key the raw values of the last row's order, as {@link Raw} writes them; empty: the rows have no order
 */
record JdbcPosition(long rows, List<String> key) {
    private static final int VERSION = 1;

    JdbcPosition {
        key = List.copyOf(key);
    }

    static JdbcPosition of(Position position) {
        if (position.version() != VERSION) {
            throw StateText.invalid("a position of version " + position.version());
        }
        StateText text = StateText.parse(position.text());
        return new JdbcPosition(text.number("rows"), text.texts("key"));
    }

    Position toPosition() {
        StateText text = StateText.create().with("rows", rows);
        if (!key.isEmpty()) {
            text.with("key", key);
        }
        return new Position(VERSION, text.toString());
    }
}

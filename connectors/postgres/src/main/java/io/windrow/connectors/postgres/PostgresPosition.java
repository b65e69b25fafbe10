package io.windrow.connectors.postgres;

import io.windrow.api.batch.Position;
import java.util.List;
import java.util.Optional;

/**
 * How far a split was read: exactly the rows up to here were delivered.
 *
 * @param rows rows delivered since the split's start
 * @param row the last row's place in the heap, where the split counts by it
 * @param key the last row's key as text, in a split over a key range
 */
record PostgresPosition(long rows, Optional<RowPlace> row, List<String> key) {
    private static final int VERSION = 1;

    PostgresPosition {
        key = List.copyOf(key);
    }

    static PostgresPosition of(Position position) {
        if (position.version() != VERSION) {
            throw StateText.invalid("a position of version " + position.version());
        }
        StateText text = StateText.parse(position.text());
        Optional<RowPlace> row = text.optionalNumber("page").isPresent()
                ? Optional.of(new RowPlace(text.number("page"), (int) text.number("line")))
                : Optional.empty();
        return new PostgresPosition(text.number("rows"), row, text.texts("key"));
    }

    Position toPosition() {
        StateText text = StateText.create().with("rows", rows);
        row.ifPresent(place -> text.with("page", place.page()).with("line", (long) place.line()));
        if (!key.isEmpty()) {
            text.with("key", key);
        }
        return new Position(VERSION, text.toString());
    }

    /**
     * A ctid.
     *
     * @param page the page's number, 0 to 2^32−2
     * @param line the line within the page, from 1
     */
    record RowPlace(long page, int line) implements Comparable<RowPlace> {
        @Override
        public int compareTo(RowPlace other) {
            int byPage = Long.compare(page, other.page);
            return byPage != 0 ? byPage : Integer.compare(line, other.line);
        }

        String sql() {
            return "'(" + page + "," + line + ")'::pg_catalog.tid";
        }
    }
}

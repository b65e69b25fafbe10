package io.windrow.connectors.jdbc.source;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import java.util.Locale;
import java.util.Optional;

/**
 * A part of a stream.
 *
 * @param part what it is a part of
 * @param low the raw value from which it goes, as {@link Raw} writes it; empty: from the start
 * @param high the raw value before which it ends; empty: to the end
 */
record JdbcSplit(Part part, Optional<String> low, Optional<String> high) {
    private static final int VERSION = 1;

    /** What a split is a part of. */
    enum Part {
        /** A snapshot: low and high are of the first column of the order. Read under the run's moment. */
        SNAPSHOT,
        /** A table that is read in ranges: the same, each under a moment of its own. */
        RANGE,
        /** The settled part of a window: low and high are of the cursor. */
        SETTLED,
        /** The part of a window that the next one looks at again. */
        UNSETTLED
    }

    static JdbcSplit of(Split split) {
        if (split.version() != VERSION) {
            throw StateText.invalid("a split of version " + split.version());
        }
        StateText text = StateText.parse(split.text());
        Part part = switch (text.text("part")) {
            case "snapshot" -> Part.SNAPSHOT;
            case "range" -> Part.RANGE;
            case "settled" -> Part.SETTLED;
            case "unsettled" -> Part.UNSETTLED;
            default -> throw StateText.invalid("a split of an unknown kind");
        };
        return new JdbcSplit(part, text.optionalText("low"), text.optionalText("high"));
    }

    Split toSplit(String id, StreamName stream, long estimatedBytes) {
        StateText text = StateText.create()
                .with("part", part.name().toLowerCase(Locale.ROOT))
                .with("low", low)
                .with("high", high);
        return new Split(id, stream, VERSION, text.toString(), estimatedBytes);
    }

    boolean isOfWindow() {
        return part == Part.SETTLED || part == Part.UNSETTLED;
    }
}

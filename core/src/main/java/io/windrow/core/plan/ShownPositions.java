package io.windrow.core.plan;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.Rejected;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.api.transform.Transform;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.SplitRange;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What anybody but the source and the state store sees of positions: of streams whose positions hold a value that the target
 * does not get as the source has it, length and keyed digest (I11). As the last step it marks rows that were set aside, so
 * that whoever keeps them does the same. Immutable.
 *
 * @param withheld the streams whose positions are not shown
 * @param key makes the digests: equal positions of a pipeline have equal ones
 */
public record ShownPositions(Set<StreamName> withheld, HashKey key) implements Transform {
    public ShownPositions {
        withheld = Set.copyOf(withheld);
    }

    /** The same for streams that share a log: a position of one can speak of another, so all are withheld if one is. */
    public ShownPositions sharing(Set<StreamName> log) {
        if (Collections.disjoint(withheld, log)) {
            return this;
        }
        Set<StreamName> all = new HashSet<>(withheld);
        all.addAll(log);
        return new ShownPositions(all, key);
    }

    /** The position as it may be shown. Its version stays. */
    public Position of(StreamName stream, Position position) {
        if (!withheld.contains(stream)) {
            return position;
        }
        int bytes = position.text().getBytes(StandardCharsets.UTF_8).length;
        return new Position(
                position.version(), "{\"withheld_bytes\":" + bytes + ",\"digest\":\"" + key.digest(position.text()) + "\"}");
    }

    /** The same for a place that may not be known. */
    public Optional<Position> of(StreamName stream, Optional<Position> position) {
        return position.map(at -> of(stream, at));
    }

    /** The range with its ends as they may be shown. */
    public SplitRange of(StreamName stream, SplitRange range) {
        return new SplitRange(range.split(), of(stream, range.from()), of(stream, range.to()), range.end());
    }

    @Override
    public BoundTransform bind(StreamSchema input) {
        return new Marking(input, withheld.contains(input.stream()));
    }

    private record Marking(StreamSchema output, boolean withholds) implements BoundTransform {
        @Override
        public Batch apply(Batch batch) {
            if (!withholds || batch.rejected().isEmpty()) {
                return batch;
            }
            Batch.Parts parts = batch.release();
            return parts.withRejected(parts.rejected().stream().map(Rejected::withPlaceWithheld).toList()).batch();
        }

        @Override
        public void close() {}
    }
}

package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Up to where a worker has handed on what it reads. Used by the worker's thread. */
final class ReadPlace {
    private final Map<StreamName, Position> own = new HashMap<>();
    private Split.Kind kind = Split.Kind.PART;
    private Optional<Position> all = Optional.empty();

    /** Another split is read; gives where, if it is of one stream. */
    Optional<Position> begin(Split split, Map<StreamName, Position> starts) {
        own.clear();
        kind = split.kind();
        all = kind == Split.Kind.LOG ? Optional.empty() : Optional.ofNullable(starts.get(split.stream()));
        return all;
    }

    /** A batch was handed on. */
    void passed(StreamName stream, Position after) {
        if (kind == Split.Kind.PART) {
            all = Optional.of(after);
        } else {
            own.put(stream, after);
        }
    }

    /** All streams have everything up to here; whether that was said at all. */
    boolean moved(Optional<Position> to) {
        if (to.isPresent()) {
            all = to;
        }
        return to.isPresent();
    }

    SplitPlace now() {
        return new SplitPlace(all, own);
    }
}

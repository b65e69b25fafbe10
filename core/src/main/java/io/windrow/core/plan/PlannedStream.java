package io.windrow.core.plan;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;

/**
 * How one stream is read and written.
 *
 * @param stream the stream
 * @param read how it is read
 * @param write how its rows change the target
 */
public record PlannedStream(StreamName stream, ReadMode read, WriteMode write) {
    /** Whether the stream's changes are kept one by one, and not applied to a state. */
    public boolean keepsChanges() {
        return read == ReadMode.CDC && write == WriteMode.APPEND;
    }
}

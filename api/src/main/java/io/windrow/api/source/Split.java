package io.windrow.api.source;

import io.windrow.api.schema.StreamName;
import java.util.List;

/**
 * What one reader reads from start to end. Opaque but for these fields.
 *
 * @param id unique within its stream and generation, stable over restarts; of a log unique within the pipeline, whatever
 *     the generations of its streams
 * @param kind whether it is of one stream
 * @param streams the stream; or all streams that share the log, also those that a run leaves alone
 * @param version the version of the text's layout
 * @param text compact JSON that only the connector reads; free of secrets
 * @param estimatedBytes an estimate, −1 if unknown; for sharing out work and for progress
 */
public record Split(String id, Kind kind, List<StreamName> streams, int version, String text, long estimatedBytes) {
    public Split {
        streams = List.copyOf(streams);
        if (streams.isEmpty() || kind == Kind.PART && streams.size() > 1) {
            throw new IllegalArgumentException("Split " + id + " is of the streams " + streams);
        }
    }

    /** A part of one stream. */
    public Split(String id, StreamName stream, int version, String text, long estimatedBytes) {
        this(id, Kind.PART, List.of(stream), version, text, estimatedBytes);
    }

    /** What a split is of. */
    public enum Kind {
        /** A part of one stream. */
        PART,
        /**
         * A log that streams share, even if it is only one so far (a slot, a journal): the reader brings batches of all of
         * them. Every stream saves its own part, under the same id, with the position up to which its own rows are
         * delivered; upstream the log is let go up to the lowest.
         */
        LOG
    }

    /** The stream, if it is the only one. */
    public StreamName stream() {
        if (streams.size() != 1) {
            throw new IllegalStateException("Split " + id + " is of " + streams.size() + " streams");
        }
        return streams.getFirst();
    }

    /** The part that one of the streams saves. */
    public Split of(StreamName stream) {
        if (!streams.contains(stream)) {
            throw new IllegalArgumentException("Split " + id + " is not one of stream " + stream);
        }
        return streams.size() == 1 ? this : new Split(id, kind, List.of(stream), version, text, estimatedBytes);
    }
}

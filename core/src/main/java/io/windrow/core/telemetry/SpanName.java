package io.windrow.core.telemetry;

import static io.windrow.core.telemetry.Attribute.BYTES;
import static io.windrow.core.telemetry.Attribute.EPOCH;
import static io.windrow.core.telemetry.Attribute.ERROR_CODE;
import static io.windrow.core.telemetry.Attribute.ERROR_KIND;
import static io.windrow.core.telemetry.Attribute.FROM;
import static io.windrow.core.telemetry.Attribute.GENERATION;
import static io.windrow.core.telemetry.Attribute.GUARANTEE;
import static io.windrow.core.telemetry.Attribute.OUTCOME;
import static io.windrow.core.telemetry.Attribute.PIPELINE;
import static io.windrow.core.telemetry.Attribute.ROWS;
import static io.windrow.core.telemetry.Attribute.RUN;
import static io.windrow.core.telemetry.Attribute.SPLIT;
import static io.windrow.core.telemetry.Attribute.STREAM;
import static io.windrow.core.telemetry.Attribute.TO;

import java.util.List;

/** The spans of a run, each within the one before but for the commit, which lies beside the splits. */
public enum SpanName {
    /** Run. */
    RUN_SPAN("windrow.run", "–", "One run.", List.of(PIPELINE, RUN, OUTCOME, ERROR_CODE, ERROR_KIND)),
    /** Stream. */
    STREAM_SPAN(
            "windrow.stream", "windrow.run", "One stream of the run, over all attempts.",
            List.of(STREAM, GENERATION, GUARANTEE, ROWS, BYTES, OUTCOME, ERROR_CODE, ERROR_KIND)),
    /** Epoch. */
    EPOCH_SPAN(
            "windrow.epoch", "windrow.stream", "A stream's part of an epoch, from its first read to its commit.",
            List.of(STREAM, GENERATION, EPOCH, FROM, TO, ROWS, BYTES, OUTCOME, ERROR_CODE, ERROR_KIND)),
    /** Split. */
    SPLIT_SPAN(
            "windrow.split.read", "windrow.epoch", "What was read of one split in the epoch.",
            List.of(STREAM, EPOCH, SPLIT, FROM, TO, ROWS, BYTES, OUTCOME, ERROR_CODE, ERROR_KIND)),
    /** Commit. */
    COMMIT_SPAN(
            "windrow.commit", "windrow.epoch", "From the cut, with everything staged, to the commit saved in the state store.",
            List.of(STREAM, GENERATION, EPOCH, FROM, TO, ROWS, BYTES));

    private final String exported;
    private final String parent;
    private final String meaning;
    private final List<Attribute> attributes;

    SpanName(String exported, String parent, String meaning, List<Attribute> attributes) {
        this.exported = exported;
        this.parent = parent;
        this.meaning = meaning;
        this.attributes = attributes;
    }

    /** The name under which it is exported. */
    public String exported() {
        return exported;
    }

    /** The name of the span that it lies in; a dash for the outermost. */
    public String parent() {
        return parent;
    }

    /** What it covers, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** What it may carry. */
    public List<Attribute> attributes() {
        return attributes;
    }
}

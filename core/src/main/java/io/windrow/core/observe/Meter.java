package io.windrow.core.observe;

import java.util.List;

/** Everything that is measured, with the name under which it is exported. */
public enum Meter {
    /** Rows read. */
    ROWS_READ("windrow.rows.read", Shape.COUNTER, "{row}", "Rows read from the source, committed or not."),
    /** Bytes read. */
    BYTES_READ("windrow.bytes.read", Shape.COUNTER, "By", "Bytes of the batches read, in memory."),
    /** Rows written. */
    ROWS_WRITTEN("windrow.rows.written", Shape.COUNTER, "{row}", "Rows written in committed epochs."),
    /** Bytes written. */
    BYTES_WRITTEN("windrow.bytes.written", Shape.COUNTER, "By", "Bytes of encoded output in committed epochs."),
    /** Epochs. */
    EPOCHS("windrow.epochs", Shape.COUNTER, "{epoch}", "Committed epochs, counted for each stream."),
    /** Errors by kind. */
    ERRORS("windrow.errors", Shape.COUNTER, "{error}", "Failures, tried again or not, by the kind of error."),
    /** Retries. */
    RETRIES("windrow.retries", Shape.COUNTER, "{retry}", "Failures that were tried again."),
    /** Commit time. */
    COMMIT_DURATION(
            "windrow.commit.duration", Shape.HISTOGRAM, "s",
            "From the cut of an epoch, with everything staged, to its commit saved in the state store."),
    /** Lag. */
    LAG(
            "windrow.lag", Shape.AGE, "s",
            "Time since the last committed epoch of the stream was cut, or of the log that it shares: what the target shows is at least that old."),
    /** The log that the source keeps. */
    LOG_RETAINED(
            "windrow.log.retained", Shape.LEVEL, "By",
            "Bytes of its log that the source keeps because the pipeline has not delivered them."),
    /** The log that lies before the streams. */
    LOG_BEHIND(
            "windrow.log.behind", Shape.LEVEL, "By",
            "Bytes of the source's log, others' changes too, that lie behind what the pipeline has delivered.");

    /** The bounds of the histograms' buckets, in seconds. */
    public static final List<Double> SECONDS =
            List.of(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0);

    private final String exported;
    private final Shape shape;
    private final String unit;
    private final String meaning;

    Meter(String exported, Shape shape, String unit, String meaning) {
        this.exported = exported;
        this.shape = shape;
        this.unit = unit;
        this.meaning = meaning;
    }

    /** How a meter behaves. */
    public enum Shape {
        /** Only grows. */
        COUNTER,
        /** Durations, sorted into the buckets of {@link #SECONDS}. */
        HISTOGRAM,
        /** Seconds since a moment, computed when it is asked for. */
        AGE,
        /** An amount that grows and shrinks. */
        LEVEL
    }

    /** The name after the conventions of OpenTelemetry. */
    public String exported() {
        return exported;
    }

    /** How it behaves. */
    public Shape shape() {
        return shape;
    }

    /** The unit in UCUM: {@code By}, {@code s}, or what is counted in braces. */
    public String unit() {
        return unit;
    }

    /** What is measured, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** The name after the conventions of Prometheus: with underscores, the unit, and {@code _total} for counters. */
    public String prometheus() {
        String name = exported.replace('.', '_');
        return switch (shape) {
            case COUNTER -> name + "_total";
            case LEVEL -> name + "_bytes";
            case HISTOGRAM, AGE -> name + "_seconds";
        };
    }
}

package io.windrow.core.telemetry;

/** What spans and meters carry besides their numbers. */
public enum Attribute {
    /** Pipeline. */
    PIPELINE("windrow.pipeline", "The pipeline's name."),
    /** Run. */
    RUN("windrow.run", "The run's id, as in every log line."),
    /** Stream. */
    STREAM("windrow.stream", "The stream's name."),
    /** Generation. */
    GENERATION("windrow.generation", "The stream's generation."),
    /** Epoch. */
    EPOCH("windrow.epoch", "The epoch's number."),
    /** Split. */
    SPLIT("windrow.split", "The split's id."),
    /** Position from. */
    FROM("windrow.position.from", "Where reading went on; absent at the start. Of an epoch with several splits each split's, after its id, separated by semicolons, "
            + "cut at 1,024 characters. A masked column's value never stands in a position."),
    /** Position to. */
    TO("windrow.position.to", "Where reading goes on next; absent after the end. Of an epoch with several splits as above."),
    /** Rows. */
    ROWS("windrow.rows", "Rows read (split) or written (epoch, stream)."),
    /** Bytes. */
    BYTES("windrow.bytes", "Bytes of batches in memory (split) or of encoded output (epoch, stream)."),
    /** Outcome. */
    OUTCOME("windrow.outcome", "What became of it: completed, stopped, failed or unknown; of an epoch committed or not_committed; of a split ended, cut or failed."),
    /** Error code. */
    ERROR_CODE("windrow.error.code", "The code of the error, as in the reference of error codes."),
    /** Error kind. */
    ERROR_KIND("windrow.error.kind", "The kind of the error, lower case."),
    /** Guarantee. */
    GUARANTEE("windrow.guarantee", "What the source promises for the stream."),
    /** Notice. */
    NOTICE("windrow.notice", "The code of a notice.");

    private final String exported;
    private final String meaning;

    Attribute(String exported, String meaning) {
        this.exported = exported;
        this.meaning = meaning;
    }

    /** The name under which it is exported. */
    public String exported() {
        return exported;
    }

    /** What it says, in a sentence. */
    public String meaning() {
        return meaning;
    }
}

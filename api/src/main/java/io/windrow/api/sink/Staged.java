package io.windrow.api.sink;

import io.windrow.api.batch.Account;
import io.windrow.api.schema.StreamName;

/**
 * Data that is durable at the target but not yet visible. Stored with the epoch before it is committed (I3).
 *
 * @param stream the stream
 * @param version the version of the text's layout
 * @param text compact JSON that only the sink reads: where the data lies and what it will be called
 * @param schemaVersion the schema version of the rows
 * @param rows rows in the encoded output, counted by reading it back
 * @param bytes bytes of the encoded output
 * @param proof what was read back to count and compare, one line for the ledger
 * @param part what it holds: rows for the target, rows that were set aside, or only a count of rows
 */
public record Staged(
        StreamName stream, int version, String text, int schemaVersion, long rows, long bytes, String proof, Part part) {
    /** What a staged thing holds. */
    public enum Part {
        /** Rows for the target. */
        DATA,
        /** Rows that were set aside; {@code rows} are counted as quarantined. */
        QUARANTINE,
        /** Nothing but a number: changes that a later one of their key in the epoch made needless; counted as folded. */
        FOLDED,
        /** Nothing but a number: changes that the write mode does not apply, as deletes under upsert; counted as filtered. */
        FILTERED
    }

    /** A count of rows of a stream that are not among the staged ones. */
    public static Staged count(StreamName stream, Part part, int schemaVersion, long rows) {
        return new Staged(stream, 1, "{}", schemaVersion, rows, 0, "counted", part);
    }

    /** Staged rows for the target. */
    public Staged(StreamName stream, int version, String text, int schemaVersion, long rows, long bytes, String proof) {
        this(stream, version, text, schemaVersion, rows, bytes, proof, Part.DATA);
    }
}

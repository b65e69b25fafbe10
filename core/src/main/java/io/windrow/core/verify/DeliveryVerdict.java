package io.windrow.core.verify;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Finding;
import java.util.List;

/**
 * Whether what a target holds of one stream is what the ledger says was delivered. The source is not asked.
 *
 * @param stream the stream
 * @param outcome the verdict
 * @param epochs commits whose data readers see
 * @param disposed commits whose data was deleted because its time was over
 * @param hashed of those, how many had all their rows decoded and their hash sum found equal to the ledger's h_out
 * @param files files of those commits
 * @param rows rows decoded
 * @param bytes bytes of the files by the books
 * @param findings what is wrong or cannot be judged, in the order found
 */
public record DeliveryVerdict(
        StreamName stream,
        Outcome outcome,
        long epochs,
        long disposed,
        long hashed,
        long files,
        long rows,
        long bytes,
        List<Finding> findings) {
    public DeliveryVerdict {
        findings = List.copyOf(findings);
    }

    /** The verdict on a delivery. */
    public enum Outcome {
        /** Every committed row is there: each epoch's decoded values have the ledger's count and hash. */
        WHOLE,
        /** Something is missing, damaged or too much. */
        DAMAGED,
        /** Nothing is wrong for certain, but not everything could be judged. */
        UNDECIDED
    }
}

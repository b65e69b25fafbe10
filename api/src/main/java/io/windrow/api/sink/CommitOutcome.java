package io.windrow.api.sink;

import io.windrow.api.error.WindrowException;
import java.util.List;

/** What became of a commit (I5). */
public sealed interface CommitOutcome {
    /**
     * It is visible now.
     *
     * @param outputs what was produced: file names relative to the sink's root, offsets; for the ledger
     */
    record Committed(List<String> outputs) implements CommitOutcome {}

    /** The target had this identity already; nothing was changed. */
    record AlreadyCommitted(List<String> outputs) implements CommitOutcome {}

    /** Proven to have had no effect, and to have none later. Staged data may be discarded. */
    record Rejected(WindrowException reason) implements CommitOutcome {}

    /** It may or may not have taken effect. Nothing is cleaned up. */
    record Unknown(WindrowException reason) implements CommitOutcome {}
}

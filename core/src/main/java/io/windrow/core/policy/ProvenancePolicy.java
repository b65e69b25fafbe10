package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;
import java.util.Map;

/** Fields that say where a row comes from. */
@Doc("Fields that are added to every row and say where it comes from. They are no part of the row: nothing is deduplicated, "
        + "sampled or compared with the source by them.")
public record ProvenancePolicy(
        @Doc(value = "Which: run (text), epoch (int64), extracted_at (timestamp, UTC), position (text).",
                        defaultValue = "[run, epoch, extracted_at]")
                List<Fact> fields,
        @Doc(value = "What their names begin with.", defaultValue = "_windrow_") String prefix,
        @Doc(value = "Whole names, by the word in `fields`, where they differ.", example = "{run: load_id}")
                Map<String, String> names,
        Origin origin) {
    /** One fact about a row. */
    public enum Fact {
        /** The id of the run that read it. */
        RUN,
        /** The number of the epoch that it was committed in. */
        EPOCH,
        /** When the batch that held it was read, UTC. */
        EXTRACTED_AT,
        /** The position after the batch that held it, or its keyed digest. */
        POSITION
    }
}

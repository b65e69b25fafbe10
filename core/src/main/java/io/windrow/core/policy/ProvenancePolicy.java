package io.windrow.core.policy;

import io.windrow.api.config.Doc;
import io.windrow.api.config.Origin;
import java.util.List;

/** Fields that say where a row comes from. */
@Doc("Fields that are added to every row and say where it comes from.")
public record ProvenancePolicy(
        @Doc(value = "Which: run, epoch, extracted_at, position.", defaultValue = "[run, epoch, extracted_at]")
                List<Fact> fields,
        @Doc(value = "What their names begin with.", defaultValue = "_windrow_") String prefix,
        Origin origin) {
    /** One fact about a row. */
    public enum Fact {
        /** The run's id. */
        RUN,
        /** The epoch's number. */
        EPOCH,
        /** When the batch was read, UTC. */
        EXTRACTED_AT,
        /** The position after the batch that held the row. */
        POSITION
    }
}

package io.windrow.api.source;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import java.util.Optional;

/** What one call of {@link SplitReader#read} brought. */
public sealed interface ReadResult {
    /**
     * Rows. The receiver owns the batch.
     *
     * @param batch the rows; its position is the place behind them of the batch's own stream
     * @param moved of a log, if with this batch all of its streams have what was read so far: where the split goes on
     */
    record Data(Batch batch, Optional<Position> moved) implements ReadResult {
        /** Rows of a split of one stream. */
        public Data(Batch batch) {
            this(batch, Optional.empty());
        }
    }

    /**
     * Nothing by the deadline; the split goes on.
     *
     * @param moved where reading goes on, if that is another place now although no row came: others wrote to the log
     */
    record Idle(Optional<Position> moved) implements ReadResult {
        /** Nothing at all. */
        public Idle() {
            this(Optional.empty());
        }
    }

    /**
     * The split has ended, with evidence. No call of {@code read} follows.
     *
     * @param proof the evidence
     * @param resume of a split that ends for this run only: where the next run goes on
     */
    record End(EndProof proof, Optional<Position> resume) implements ReadResult {
        /** The split has ended for good. */
        public End(EndProof proof) {
            this(proof, Optional.empty());
        }
    }
}

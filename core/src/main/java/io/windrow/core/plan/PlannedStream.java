package io.windrow.core.plan;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.transform.mask.MaskTransform;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How one stream is read and written.
 *
 * @param stream the stream
 * @param read how it is read
 * @param write how its rows change the target
 */
public record PlannedStream(StreamName stream, ReadMode read, WriteMode write) {
    private static final String FOLDED = "_current";

    /** The name of the stream beside a change log that holds the rows which its changes make. */
    public static StreamName folded(StreamName log) {
        return new StreamName(log.namespace(), log.name() + FOLDED);
    }

    /** Whether one of these names is that of the stream, or of the change log that its rows are folded from. */
    public static boolean isOfAny(StreamName stream, Collection<String> names) {
        return names.stream().anyMatch(name -> stream.toString().equals(name) || stream.toString().equals(name + FOLDED));
    }

    /** Whether a run after a completed one starts over, in a new generation, instead of going on. */
    public boolean startsOver() {
        return read == ReadMode.SNAPSHOT || write == WriteMode.REPLACE;
    }

    /** Whether the stream's changes are kept one by one, and not applied to a state. */
    public boolean keepsChanges() {
        return read == ReadMode.CDC && write == WriteMode.APPEND;
    }

    /**
     * Refuses a mask other than that of rows which stay beside those of the next read: what it goes on with, and a whole copy before
     * it whose place it does not take. A full refresh is not asked: it is how another mask is begun.
     *
     * @param state what is delivered of the stream
     * @param how how its next read goes
     * @param policies the versions of the policies of the next read
     * @param purging what deletes at the target what was delivered, where no command of Windrow's does
     */
    public void checkMask(StreamState state, StreamPlan how, Map<String, String> policies, Optional<String> purging) {
        state.committed()
                .filter(delivered -> !takesThePlaceOf(delivered, how))
                .ifPresent(delivered -> MaskTransform.continues(stream, delivered.ledger().policies(), policies, purging));
    }

    private boolean takesThePlaceOf(StreamEpoch delivered, StreamPlan how) {
        boolean anew = how.restart().isPresent();
        return switch (write) {
            case REPLACE -> delivered.completesGeneration() || anew;
            // What an unfinished copy has delivered goes when the next one begins.
            case APPEND -> !delivered.completesGeneration() && anew && how.delivered() == StreamPlan.Delivered.SUPERSEDED;
            // Rows that are gone at the source by then, and versions that have ended, stay.
            case UPSERT, MIRROR, HISTORY -> false;
        };
    }

    /**
     * Refuses a write mode that the schema of the rows or a step does not allow, before the first read.
     *
     * @param schema the schema before the steps
     */
    public void check(StreamSchema schema, Steps steps) {
        if (!write.needsKey()) {
            return;
        }
        if (steps.output(schema).key().isEmpty()) {
            throw WindrowException.of(
                    PlanError.KEY_MISSING, "Planning stream " + stream + ": write mode "
                            + write.name().toLowerCase(Locale.ROOT) + " tells rows apart by their key, and the stream has none");
        }
        steps.checkKey(schema);
    }
}

package io.windrow.cli;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.ReadMode;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.compact.DeliveredLog;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.Steps;
import java.util.List;
import java.util.function.Consumer;

/**
 * The schema of the rows that are delivered of a stream: an accepted one after the pipeline's steps of today.
 *
 * @param steps the steps; the last one makes rows of changes if a change log was delivered
 * @param newest the number of the newest accepted version
 */
record DeliveredSchema(Steps steps, int newest) {
    /** Of a stream as its last commit left it: the source is not asked. */
    static DeliveredSchema of(Plan plan, StateStore store, StreamName stream, int newest) {
        boolean log = store.load(plan.spec().pipeline(), stream).filter(DeliveredLog::isOf).isPresent();
        Steps steps = plan.steps();
        return new DeliveredSchema(
                log ? steps.keepingChanges(List.of(new PlannedStream(stream, ReadMode.CDC, WriteMode.APPEND))) : steps, newest);
    }

    /**
     * That of one accepted version. An older one that the steps do not fit was delivered by others, which nobody knows any
     * more: it stays as it was accepted, and that is told.
     */
    StreamSchema of(StreamSchema accepted, Consumer<String> notes) {
        try {
            return steps.output(accepted);
        } catch (WindrowException e) {
            if (accepted.version() == newest || e.kind() != ErrorKind.USER) {
                throw e;
            }
            notes.accept("Version " + accepted.version() + " of " + accepted.stream() + " is exported as it was accepted: the pipeline's "
                    + "steps of today do not fit it. " + e.getMessage() + " (" + e.errorCode().code() + ")");
            return accepted;
        }
    }
}

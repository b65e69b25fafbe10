package io.windrow.core.observe;

import io.windrow.api.error.WindrowException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a run did. There is one verdict, and the streams explain it.
 *
 * @param pipeline the pipeline's name
 * @param run the run's id
 * @param outcome {@code COMPLETED} only if every stream is; else the worst of {@code UNKNOWN}, {@code FAILED},
 *     {@code STOPPED}
 * @param started when it started
 * @param took how long it took
 * @param streams one result for every selected stream, in name order
 * @param error why the run as a whole failed (no lease, no store, no source); empty if only streams failed
 */
public record RunResult(
        String pipeline,
        String run,
        Outcome outcome,
        Instant started,
        Duration took,
        List<StreamResult> streams,
        Optional<WindrowException> error) {
    public RunResult {
        streams = List.copyOf(streams);
    }

    /** The one verdict over streams and the run's own error. A run without any stream proves nothing and has failed. */
    public static Outcome verdict(List<StreamResult> streams, Optional<WindrowException> error) {
        Outcome worst = streams.isEmpty() || error.isPresent() ? Outcome.FAILED : Outcome.COMPLETED;
        for (StreamResult stream : streams) {
            if (stream.outcome().ordinal() > worst.ordinal()) {
                worst = stream.outcome();
            }
        }
        return worst;
    }
}

package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.StateStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * What a run is made of, for those who take part in it.
 *
 * @param job what is run
 * @param options what this run does otherwise
 * @param id the run's id
 * @param store the state store
 * @param context the connectors' context, with the run's allocator and notices
 * @param announcer takes events
 * @param threads makes the run's threads
 */
record RunParts(
        Job job, RunOptions options, String id, StateStore store, Context context, Announcer announcer,
        RunThreads threads) {
    /** Tells once what became of a stream. One that failed while others are followed has nobody who waits for the end to read why. */
    void finished(StreamTrack track) {
        if (options.until() == Until.STOPPED) {
            track.error().ifPresent(why -> announcer.tell(
                    "run.stream_stopped", "Stream " + track.stream() + " stopped, the others go on: " + why.getMessage() + " ("
                            + why.errorCode().code() + ")"));
        }
        announcer.finished(track.result());
    }

    /** The same run of a job that was described anew. */
    RunParts with(Job renewed) {
        return new RunParts(renewed, options, id, store, context, announcer, threads);
    }

    /** One more failure of a stream, which got further since the last one or not. How many in a row there are now. */
    int failed(StreamTrack track, boolean progressed) {
        return track.failedAgain(progressed, settled());
    }

    /**
     * After what time a failure is not one in a row with the last. Only a run that follows its streams goes on for months; in
     * any other, a read that fails after ten minutes each time is to end it.
     */
    Duration settled() {
        return options.until() == Until.STOPPED ? job.pace().retry().settled() : ChronoUnit.FOREVER.getDuration();
    }
}

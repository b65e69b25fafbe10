package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.core.checkpoint.StateStore;

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
        RunThreads threads) {}

package io.windrow.cli;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.contract.SchemaBook;
import io.windrow.core.contract.SchemaVersion;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.plan.Plan;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.plan.ReadStart;
import io.windrow.core.plan.ShownPositions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From where the next run reads streams. Asking moves nothing.
 *
 * @param plan the pipeline
 * @param states what the store knows of its streams
 * @param accepted the schemas that were accepted last
 * @param key makes digests of positions that are withheld
 */
record ReadStarts(Plan plan, Map<StreamName, StreamState> states, Map<StreamName, SchemaVersion> accepted, HashKey key) {
    /** As the pipeline's store has it; all are at their first rows if there is none. */
    static ReadStarts of(Plan plan) {
        Optional<StateStore> existing = Stores.existing(plan.spec());
        if (existing.isEmpty()) {
            return new ReadStarts(plan, Map.of(), Map.of(), plan.hashKey().orElseGet(HashKey::random));
        }
        try (StateStore store = existing.get()) {
            return of(plan, store);
        }
    }

    /** As this store has it, which stays the caller's. */
    static ReadStarts of(Plan plan, StateStore store) {
        String pipeline = plan.spec().pipeline();
        Map<StreamName, StreamState> states = new HashMap<>();
        store.load(pipeline).forEach(state -> states.put(state.stream(), state));
        return new ReadStarts(
                plan, states, new SchemaBook(store, pipeline).newest(),
                plan.hashKey().or(() -> store.hashKey(pipeline)).orElseGet(HashKey::random));
    }

    /** What the next run asks of the source for a stream. */
    StreamRequest request(PlannedStream stream) {
        Optional<StreamState> state = Optional.ofNullable(states.get(stream.stream()));
        return new StreamRequest(
                stream.stream(), stream.read(), state.map(StreamState::generation).orElse(1L),
                state.flatMap(StreamState::base).map(Progress::planner));
    }

    /** Where a stream's read begins, for people; the planner was given the {@link #request requests} of the streams. */
    String text(List<PlannedStream> streams, SplitPlanner planner, StreamPlan how) {
        StreamName name = how.schema().stream();
        return streams.stream()
                .filter(stream -> stream.stream().equals(name))
                .findFirst()
                .map(stream -> ReadStart.of(stream, Optional.ofNullable(states.get(name)), how, planner.resumes(name)))
                .orElseGet(() -> ReadStart.first(1))
                .text(name, ReadStart.shown(
                        plan.steps(), ReadStart.sharing(how, streams, planner.plans().values()),
                        accepted.values().stream().map(SchemaVersion::schema).toList(), key));
    }

    /** The same of one stream, for which the source makes a plan; of one that it cannot plan, after which epoch. */
    String text(Source source, Map<StreamName, ReadMode> selected, StreamName stream) {
        List<PlannedStream> streams = plan.streams(selected).stream()
                .filter(one -> one.stream().equals(stream)
                        || one.read() == ReadMode.CDC && selected.get(stream) == ReadMode.CDC)
                .toList();
        try (SplitPlanner planner = source.plan(streams.stream().map(this::request).toList())) {
            StreamPlan how = planner.plans().get(stream);
            return how == null ? epoch(stream) : text(streams, planner, how);
        } catch (WindrowException unplanned) {
            return epoch(stream);
        }
    }

    private String epoch(StreamName stream) {
        Optional<StreamState> state = Optional.ofNullable(states.get(stream));
        return new ReadStart(
                        state.map(StreamState::generation).orElse(1L),
                        state.flatMap(StreamState::committed).map(StreamEpoch::epoch), Optional.empty(), Map.of())
                .text(stream, new ShownPositions(Set.of(stream), key));
    }
}

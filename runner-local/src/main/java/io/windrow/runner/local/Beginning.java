package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.Release;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.epoch.SharedRelease;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.plan.ReadStart;
import io.windrow.core.plan.ShownKeys;
import io.windrow.core.plan.ShownPositions;
import io.windrow.core.plan.Steps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The beginning of an attempt: from what the store holds to streams that are planned and ready to be read. */
final class Beginning {
    private final RunParts parts;
    private final Map<StreamName, StreamTrack> tracks;
    private final Flow flow;
    private final RunBook book;
    private final StreamSchemas schemas;
    /** The source is asked what there is to read after this. */
    private final Instant asOf;
    private Steps steps;
    private ShownPositions positions;
    private final Map<StreamName, StreamEpoch> acknowledged = new TreeMap<>();
    private final Map<StreamName, Progress> bases = new TreeMap<>();
    private final Map<StreamName, StreamState> states = new TreeMap<>();
    /** Streams of the pipeline, of this run or not, that do not begin from nothing. */
    private final Set<StreamName> placed = new HashSet<>();
    private final Source source;
    private final Optional<Comparator<Position>> order;
    private final List<Release> released;
    private final Repairs repairs;

    Beginning(
            RunParts parts, Map<StreamName, StreamTrack> tracks, Flow flow, RunBook book, Lease lease, Steps steps,
            Source source, Repairs repairs) {
        this.repairs = repairs;
        this.schemas = new StreamSchemas(parts, lease);
        this.steps = steps;
        this.positions = new ShownPositions(Set.of(), book.key());
        this.book = book;
        this.parts = parts;
        this.asOf = parts.context().clock().instant();
        this.tracks = tracks;
        this.flow = flow;
        this.source = source;
        this.order = source.order();
        this.released = parts.store().released(parts.job().pipeline());
    }

    /** What the store shows as committed; those among it that an earlier run had only prepared are this run's doing. */
    void recovered(List<StreamState> loaded, List<StreamEpoch> committed) {
        committed.forEach(epoch -> acknowledged.put(epoch.stream(), epoch));
        loaded.stream().filter(state -> !fullyNew(state)).forEach(state -> placed.add(state.stream()));
        for (StreamEpoch epoch : RunSession.settled(loaded, committed)) {
            StreamTrack track = tracks.get(epoch.stream());
            if (epoch.ledger().replay().isPresent()) {
                // Nothing of a read: this run begins with the stream as if the replay had not been interrupted.
                parts.announcer().tell("run.settled", "Stream " + epoch.stream() + ": epoch " + epoch.epoch()
                        + ", which a replay had prepared, is committed.");
                continue;
            }
            book.settled(epoch.stream());
            if (track != null) {
                track.committed(epoch);
            } else {
                parts.announcer().tell("run.settled", "Stream " + epoch.stream()
                        + ", which this run does not read: epoch " + epoch.epoch()
                        + ", which an earlier run had prepared, is committed.");
            }
            parts.announcer().announce(new RunEvent.EpochCommitted(epoch.stream(), epoch.ledger(), Duration.ZERO));
        }
    }

    /** What to ask of the source, for every stream that could be recovered and is not complete. */
    List<StreamRequest> requests(EpochDriver driver) {
        List<StreamRequest> requests = new ArrayList<>();
        for (StreamTrack track : tracks.values()) {
            if (flow.isParked(track.stream())) {
                continue;
            }
            StreamState state = driver.stream(track.stream());
            states.put(track.stream(), state);
            state.committed().ifPresent(epoch -> track.showsSince(epoch.ledger().cut()));
            boolean complete = state.committed().map(StreamEpoch::completesGeneration).orElse(false)
                    && track.task().startsOver();
            // A stream that the run has begun goes on; so a run that was killed does not begin the next copy of it.
            boolean restarts = complete && !book.hasBegun(state) || book.isRefreshed(state);
            if (complete && !restarts) {
                track.begin(state.generation(), Optional.empty());
                track.completedBefore();
                parts.announcer().finished(track.result());
                continue;
            }
            if (restarts && fullyNew(state)) {
                restarts = false;
            }
            long generation = restarts ? next(state) : state.generation();
            track.begin(generation, restarts ? superseded(state) : Optional.empty());
            Optional<Progress> base = restarts ? Optional.empty() : state.base();
            base.ifPresent(progress -> bases.put(track.stream(), progress));
            requests.add(new StreamRequest(
                    track.stream(), track.task().read(), generation, base.map(Progress::planner),
                    parts.options().until(), released(track.stream(), generation), Resyncs.copy(state, generation), repairs.keys(track.stream())));
        }
        return requests;
    }

    private static boolean fullyNew(StreamState state) {
        return state.committed().isEmpty() && state.pending().isEmpty() && state.start().isEmpty();
    }

    private static long next(StreamState state) {
        long pending = state.pending().map(StreamEpoch::generation).orElse(0L);
        return Math.max(state.generation(), pending) + 1;
    }

    /** The first generation whose rows a new one replaces: those of a delivery that is not complete. */
    private Optional<Long> superseded(StreamState state) {
        return state.committed()
                .filter(epoch -> !epoch.completesGeneration())
                .map(epoch -> Lineage.first(
                        parts.store(), parts.job().pipeline(), state.stream(), epoch.generation()));
    }

    /** Takes the planner's answers, opens new generations, prepares the target. Returns the streams that can be read. */
    Map<StreamName, StreamTrack> planned(SplitPlanner planner, Sink sink) {
        planner.refusals().forEach(flow::park);
        planner.plans().values().forEach(plan -> admit(planner, plan));
        schemas.kept().ifPresent(first -> steps = steps.after(first));
        planner.plans().values().stream()
                .filter(plan -> !flow.isParked(plan.schema().stream()) && steps.hidesPositions(schemas.delivered(plan)))
                .map(plan -> plan.schema().stream())
                .toList()
                .forEach(planner::hide);
        // A policy that does not fit refuses the run, not the stream: nothing is read under half a mask (I11).
        Map<StreamName, List<String>> placed = new TreeMap<>();
        planner.plans().keySet().forEach(stream -> placed.put(stream, sink.placedBy(stream)));
        steps.check(
                planner.plans().values().stream()
                        .filter(plan -> !flow.isParked(plan.schema().stream()))
                        .map(schemas::delivered)
                        .toList(),
                placed,
                () -> others(planner));
        positions = steps.shownPositions(
                        planner.plans().values().stream().filter(plan -> !flow.isParked(plan.schema().stream())).toList(), book.key())
                .sharing(tracks.values().stream()
                        .filter(track -> track.task().read() == ReadMode.CDC)
                        .map(StreamTrack::stream)
                        .collect(Collectors.toSet()));
        steps = steps.showing(positions);
        for (Map.Entry<StreamName, StreamPlan> entry : planner.plans().entrySet()) {
            StreamTrack track = tracks.get(entry.getKey());
            if (track != null && !flow.isParked(track.stream())) {
                try {
                    plan(planner, sink, track, entry.getValue());
                } catch (RuntimeException e) {
                    flow.park(track.stream(), Failures.coded(e, "Preparing stream " + track.stream()));
                }
            }
        }
        hearParked();
        // The log waits for every table that is to be copied, and this one never will be.
        planner.plans().keySet().stream().filter(flow::isParked).forEach(planner::parked);
        Map<StreamName, StreamTrack> ready = new TreeMap<>();
        tracks.forEach((name, track) -> {
            if (!flow.isParked(name) && !track.done()) {
                if (track.isPlanned()) {
                    ready.put(name, track);
                } else {
                    track.parked(WindrowException.of(
                            RunError.UNEXPECTED, "Planning stream " + name + ": the source neither plans nor refuses it"));
                }
            }
        });
        return ready;
    }

    /** The schemas, now and as accepted, of the streams of which this attempt reads nothing: not asked for, complete, or parked. */
    private List<StreamSchema> others(SplitPlanner planner) {
        return Stream.concat(source.discover().stream().map(StreamDescription::schema), schemas.accepted().stream())
                .filter(schema -> !planner.plans().containsKey(schema.stream()) || flow.isParked(schema.stream()))
                .toList();
    }

    /** Lets the stream pass if its schema may be delivered; else it is parked before its first row. */
    private void admit(SplitPlanner planner, StreamPlan plan) {
        StreamName stream = plan.schema().stream();
        StreamTrack track = tracks.get(stream);
        if (track != null && !flow.isParked(stream)) {
            try {
                schemas.admit(plan.schema(), () -> start(planner, track, plan)
                        .text(stream, ReadStart.shown(
                                steps,
                                ReadStart.sharing(
                                        plan, tracks.values().stream().map(StreamTrack::task).toList(), planner.plans().values()),
                                schemas.accepted(), book.key())));
                flow.planned(stream);
            } catch (RuntimeException e) {
                flow.park(stream, Failures.coded(e, "Comparing the schema of " + stream));
            }
        }
    }

    /** Where the read of the stream begins: from there on its rows have the schema that was planned. */
    private ReadStart start(SplitPlanner planner, StreamTrack track, StreamPlan plan) {
        StreamName stream = track.stream();
        StreamState state = states.get(stream);
        Progress base = bases.get(stream);
        if (plan.restart().isPresent() && state != null) {
            return ReadStart.first(restarted(track, state));
        }
        if (base == null) {
            return ReadStart.first(track.generation());
        }
        Map<String, OpenSplit> open = new TreeMap<>();
        base.openSplits().forEach((id, split) -> open.put(id, new OpenSplit(split.split(), resume(split, track))));
        ReadStart start = new ReadStart(
                track.generation(), Optional.ofNullable(state).flatMap(StreamState::committed).map(StreamEpoch::epoch),
                planner.resumes(stream), open);
        return flow.altered(stream).map(start::at).orElse(start);
    }

    private static long restarted(StreamTrack track, StreamState state) {
        return Math.max(next(state), track.generation() + 1);
    }

    /** A stream that shared a split and had no rows for a while wrote no epoch: what was released says how far it is. */
    private Optional<Position> resume(OpenSplit open, StreamTrack track) {
        Map<String, Position> further = released(track.stream(), track.generation());
        return open.position()
                .map(saved -> order.map(by -> SharedRelease.resume(
                                by, (own, moved) -> source.goesOn(track.stream(), own, moved), saved,
                                Optional.ofNullable(further.get(open.split().id()))))
                        .orElse(saved));
    }

    /** How the positions of the source's splits follow each other, if it says so. */
    Optional<Comparator<Position>> order() {
        return order;
    }

    /** Up to where logs were let go with everything of the stream in this generation delivered, by split id. */
    private Map<String, Position> released(StreamName stream, long generation) {
        Map<String, Position> all = new TreeMap<>();
        released.forEach(one -> one.of(stream, generation).ifPresent(position -> all.put(one.split(), position)));
        return all;
    }

    /** The repairs that were asked for. */
    Repairs repairs() {
        return repairs;
    }

    /** Up to where logs were let go before this attempt. */
    List<Release> released() {
        return released;
    }

    /** What happens to every batch of this attempt. Known once the streams are planned. */
    Steps steps() {
        return steps;
    }

    /** How positions are shown in this attempt. Known once the streams are planned. */
    ShownPositions positions() {
        return positions;
    }

    private void plan(SplitPlanner planner, Sink sink, StreamTrack track, StreamPlan plan) {
        StreamName stream = track.stream();
        StreamState state = states.get(stream);
        if (plan.restart().isPresent() && state != null) {
            long generation = restarted(track, state);
            Optional<Long> unfinished =
                    plan.delivered() == StreamPlan.Delivered.SUPERSEDED ? superseded(state) : Optional.empty();
            parts.announcer().tell(
                    plan.restart().get(),
                    "Stream " + stream + " is read again from its start as generation " + generation
                            + ": what was read so far cannot be continued."
                            + (unfinished.isPresent() ? " Its rows take the place of the unfinished read's." : ""));
            planner.restart(stream, generation);
            track.begin(generation, unfinished);
        } else {
            Progress base = bases.get(stream);
            if (base != null) {
                for (OpenSplit open : base.openSplits().values()) {
                    Optional<Position> at = resume(open, track);
                    planner.giveBack(open.split(), at);
                    track.reopened(open.split(), at);
                }
            }
            StreamEpoch committed = acknowledged.get(stream);
            PlannerState planned = base == null ? null : base.planner();
            if (committed != null && committed.planner().equals(planned)) {
                planner.acknowledge(stream, committed.planner());
            }
        }
        Map<String, String> policies = steps.policies(plan.schema());
        if (state != null && !book.isRefreshed(state)) {
            track.task().checkMask(state, plan, policies, sink.purging(stream));
        }
        remember(track);
        track.planned(plan, policies);
        planner.nothingNew(stream).ifPresent(track::proven);
        StreamPlan read = schemas.delivered(plan);
        track.standsAt(
                steps.watermarks().flatMap(step -> step.begin(
                        read.schema(), delivered(track, state), ShownKeys.of(read, steps, plan.schema()))),
                asOf);
        StreamSchema written = steps.output(plan.schema());
        track.task().check(plan.schema(), steps);
        sink.prepare(written, track.task().write());
        track.accepted(schemas.accept(stream));
        parts.announcer().announce(new RunEvent.StreamStarted(stream, track.generation(), plan));
    }

    /** When the rows happened that were delivered last; a new generation begins with none. */
    private static Optional<EventTimes> delivered(StreamTrack track, @Nullable StreamState state) {
        return Optional.ofNullable(state)
                .flatMap(StreamState::committed)
                .filter(epoch -> epoch.generation() == track.generation())
                .flatMap(epoch -> epoch.ledger().eventTimes());
    }

    /** The attempt knows what the store shows as committed, and nothing else; a new generation begins with nothing. */
    private void remember(StreamTrack track) {
        StreamState state = states.get(track.stream());
        Optional<Long> committed =
                Optional.ofNullable(state).flatMap(StreamState::committed).map(StreamEpoch::generation);
        if (committed.equals(Optional.of(track.generation()))) {
            steps.memory(track.stream()).ifPresent(memory ->
                    memory.restore(parts.store().remembered(parts.job().pipeline(), track.stream())));
        }
    }

    /** Of the streams that the attempt does not read, or reads no more, the one that is to be tried again first, if one is worth it. */
    Optional<StreamTrack> leftBehind() {
        return tracks.values().stream()
                .filter(track -> parts.job().pace().retries(track, parts.options().until()))
                .min(Comparator.comparingInt(StreamTrack::failures));
    }

    /** Whether a log has to stay where the stream is, or where it is to begin, although this attempt does not read it. */
    boolean needsLog(StreamName stream) {
        return placed.contains(stream) || !source.beginsWithCopy(stream);
    }

    /** Marks the streams that are parked already. */
    void hearParked() {
        flow.parked().forEach((stream, error) -> {
            StreamTrack track = tracks.get(stream);
            if (track != null) {
                track.parked(error);
                parts.failed(track, false);
                parts.announcer().announce(new RunEvent.ErrorMet(Optional.of(stream), error));
                if (!parts.job().pace().retries(track, parts.options().until())) {
                    parts.finished(track);
                }
            } else {
                parts.announcer().tell("run.not_settled", "Stream " + stream
                        + ", which this run does not read, has a prepared epoch that stays open: " + error.getMessage());
            }
        });
        flow.messages().clear();
    }
}

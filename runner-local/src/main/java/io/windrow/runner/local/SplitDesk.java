package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.core.checkpoint.Release;
import io.windrow.core.epoch.SharedRelease;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.run.RetryBudget;
import io.windrow.core.run.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Hands splits from the planner to the crew and back, and knows which streams are in which: a split's place is the place
 * of every stream that shares it. Used by the coordinator's thread.
 */
final class SplitDesk {
    /** Failures in a row after which a split is not tried on the same planner again: its connection may be the culprit. */
    private static final int TRIES_IN_PLACE = 2;

    private final Map<StreamName, StreamTrack> tracks;
    private final SplitPlanner planner;
    private final Crew crew;
    private final Flow flow;
    private final RunParts parts;
    private final Pace pace;
    private final Announcer announcer;
    private final RetryBudget budget;
    private final Beginning beginning;
    private final Optional<Comparator<Position>> order;
    private final List<Release> released;
    private final List<Delayed> delayed = new ArrayList<>();
    private final Map<String, Shared> shared = new HashMap<>();
    /** Streams that are to be planned anew: parked at the next cut, which commits what was read before. */
    private final Map<StreamName, WindrowException> failing = new TreeMap<>();

    SplitDesk(
            Map<StreamName, StreamTrack> tracks, SplitPlanner planner, Crew crew, Flow flow, RunParts parts,
            RetryBudget budget, Beginning beginning) {
        this.tracks = tracks;
        this.planner = planner;
        this.crew = crew;
        this.flow = flow;
        this.parts = parts;
        this.pace = parts.job().pace();
        this.announcer = parts.announcer();
        this.budget = budget;
        this.beginning = beginning;
        this.order = beginning.order();
        this.released = beginning.released();
    }

    private record Delayed(long notBefore, Split split, Map<StreamName, Position> at) {}

    /** A split that several streams share, in this attempt. */
    private static final class Shared {
        final Split split;
        final SharedRelease release;
        /** Where each stream was for the epoch that is being read. */
        final Map<StreamName, Position> at = new HashMap<>();
        /** Up to where its reader was told to let go. */
        Optional<Position> told = Optional.empty();

        Shared(Split split, SharedRelease release) {
            this.split = split;
            this.release = release;
        }
    }

    /** Gives free workers something to read. */
    void assign(long cut) {
        long now = System.nanoTime();
        for (Iterator<Delayed> all = delayed.iterator(); all.hasNext(); ) {
            Delayed due = all.next();
            if (due.notBefore() <= now) {
                all.remove();
                for (StreamTrack track : reading(due.split())) {
                    planner.giveBack(
                            due.split().of(track.stream()), Optional.ofNullable(due.at().get(track.stream())));
                }
            }
        }
        while (crew.free() > 0) {
            List<SplitPlanner.Assignment> next = planner.next(crew.free());
            planner.failed().forEach(flow::park);
            if (next.isEmpty()) {
                return;
            }
            next.forEach(assignment -> assign(assignment, cut));
        }
    }

    private void assign(SplitPlanner.Assignment assignment, long cut) {
        Split split = assignment.split();
        // Parked streams are left out, maybe since before they were planned to their end: they have no track here then.
        List<StreamTrack> reading =
                reading(split).stream().filter(track -> !failing.containsKey(track.stream())).toList();
        Map<StreamName, Position> starts = new TreeMap<>();
        for (StreamTrack track : reading) {
            Position from = assignment.starts().get(track.stream());
            track.handedOut(split.of(track.stream()), Optional.ofNullable(from));
            if (from != null) {
                starts.put(track.stream(), from);
            }
        }
        if (reading.isEmpty() || reading.stream().anyMatch(track -> flow.isLimited(track.stream()))) {
            return;
        }
        Optional<Position> committed;
        if (split.kind() == Split.Kind.PART) {
            committed = reading.getFirst().savedPosition(split);
        } else {
            Shared known = shared.computeIfAbsent(split.id(), id -> shared(split, starts));
            known.at.putAll(starts);
            // A stream that has begun since may not be so far.
            committed = released.stream()
                    .filter(one -> one.split().equals(split.id()))
                    .findFirst()
                    .map(one -> known.release.lowest(one.position(), starts.values()));
        }
        crew.read(new Command.Read(split, reading.stream().map(StreamTrack::stream).toList(), starts, committed, crew.handover(split)), cut);
    }

    /** A stream that has no place in the log yet is copied whenever it begins, and holds nothing. */
    private Shared shared(Split split, Map<StreamName, Position> starts) {
        List<StreamName> holding = split.streams().stream()
                .filter(stream -> starts.containsKey(stream)
                        || (tracks.containsKey(stream) ? planner.hasPlace(stream) : beginning.needsLog(stream)))
                .toList();
        holding.stream().filter(stream -> !starts.containsKey(stream)).forEach(stream -> tellHeld(split, stream));
        return new Shared(split, new SharedRelease(
                order.orElseThrow(() -> WindrowException.of(
                        RunError.UNEXPECTED,
                        "Reading split " + split.id() + ": several streams share it, and the source does not say how its"
                                + " positions follow each other")),
                holding, starts));
    }

    /** The stream is not read any more: what it has not read stays in its log. */
    void held(StreamName stream) {
        shared.values().stream().filter(one -> one.at.containsKey(stream)).forEach(one -> tellHeld(one.split, stream));
    }

    private void tellHeld(Split split, StreamName stream) {
        announcer.tell("run.log_held", "Stream " + stream + " is not read, and the source keeps " + split.id()
                + " from its place on for it: that grows until the stream is read again or leaves the pipeline file.");
    }

    /** The streams of the split that are read in this attempt and not parked. */
    private List<StreamTrack> reading(Split split) {
        List<StreamTrack> reading = new ArrayList<>();
        for (StreamName stream : split.streams()) {
            if (flow.isParked(stream)) {
                continue;
            }
            StreamTrack track = tracks.get(stream);
            if (track != null) {
                reading.add(track);
            } else if (split.kind() == Split.Kind.PART) {
                throw WindrowException.of(
                        RunError.UNEXPECTED,
                        "Running: the planner handed out a split of stream " + stream + ", which was not asked for");
            }
        }
        return reading;
    }

    /** Rows up to here were handed to a writer; what comes later belongs to a later epoch. */
    void readUpTo(Split split, SplitPlace place) {
        Shared of = shared.get(split.id());
        for (StreamTrack track : reading(split)) {
            if (of == null) {
                track.readUpTo(split, place.all());
            } else {
                place.all().ifPresent(all -> of.at.put(track.stream(), of.release.own(track.stream(), all)));
                Position own = place.own().get(track.stream());
                if (own != null) {
                    of.at.put(track.stream(), of.release.later(of.at.getOrDefault(track.stream(), own), own));
                }
                Optional.ofNullable(of.at.get(track.stream())).ifPresent(at -> track.movedOn(split.id(), at));
            }
        }
    }

    /** A worker has come to the end of a split, or to where it ends for this run. */
    void ended(Message.Ended ended) {
        crew.free(ended.worker());
        letGoWhatWasNotHeard(ended.split(), ended.acknowledged());
        List<StreamTrack> reading = reading(ended.split());
        if (reading.isEmpty()) {
            return;
        }
        planner.ended(ended.split(), ended.proof());
        ended.resume().ifPresent(position -> readUpTo(ended.split(), SplitPlace.of(ended.resume())));
        for (StreamTrack track : reading) {
            if (ended.resume().isPresent()) {
                track.reached(ended.split().id(), ended.proof());
            } else {
                track.ended(ended.split(), ended.proof());
            }
        }
    }

    /** A worker could not go on, or was told to stop. */
    void gaveBack(Message.GaveBack back, boolean stopping) {
        crew.free(back.worker());
        letGoWhatWasNotHeard(back.split(), back.acknowledged());
        List<StreamTrack> reading = reading(back.split());
        readUpTo(back.split(), back.at());
        if (back.error().isEmpty() || stopping || reading.stream().anyMatch(track -> failing.containsKey(track.stream()))) {
            return;
        }
        for (StreamTrack track : reading) {
            parts.failed(track, back.progressed());
        }
        if (!reading.isEmpty()) {
            again(back, reading, back.error().get());
        }
    }

    private void again(Message.GaveBack back, List<StreamTrack> reading, WindrowException error) {
        StreamTrack first = reading.getFirst();
        int failures = first.failures();
        Verdict verdict = pace.retry().judge(error.kind(), failures, ThreadLocalRandom.current().nextDouble());
        boolean inPlace = failures <= TRIES_IN_PLACE && !error.errorCode().needsNewPlan();
        if (inPlace && verdict instanceof Verdict.Retry retry && budget.spend(System.nanoTime())) {
            announcer.announce(new RunEvent.ErrorMet(Optional.of(first.stream()), error));
            retrying(first.stream(), error, failures, retry.after());
            Map<StreamName, Position> at = new HashMap<>();
            reading.forEach(track ->
                    track.position(back.split().id()).ifPresent(position -> at.put(track.stream(), position)));
            delayed.add(new Delayed(System.nanoTime() + retry.after().toNanos(), back.split(), at));
        } else if (verdict instanceof Verdict.Retry
                && (back.split().kind() == Split.Kind.PART || error.errorCode().needsNewPlan())) {
            // What was read in front of a table's alteration is committed: it may not fit the table as it is planned next.
            reading.forEach(track -> failing.put(track.stream(), error));
        } else {
            reading.forEach(track -> flow.park(track.stream(), error));
        }
    }

    /** How long others are read before the next attempt, which tries a parked stream again. */
    Duration pauseBefore(StreamTrack track) {
        WindrowException error = track.error().orElseThrow();
        Duration longest = pace.retry().longest();
        Duration after = pace.verdict(error, track.failures(), parts.options().until(), ThreadLocalRandom.current().nextDouble())
                        instanceof Verdict.Retry retry ? retry.after() : longest;
        if (!budget.spend(System.nanoTime()) && after.compareTo(longest) < 0) {
            after = longest;
        }
        announcer.announce(new RunEvent.Retrying(
                track.stream(), error, track.failures(), Math.max(track.failures(), pace.retry().attempts()), after));
        return after;
    }

    /** Whether streams wait for a cut to be parked. */
    boolean hasFailing() {
        return !failing.isEmpty();
    }

    /** Whether nothing more of the stream is read in this attempt. */
    boolean isOver(StreamName stream) {
        return flow.isParked(stream) || failing.containsKey(stream);
    }

    private void retrying(StreamName stream, WindrowException error, int failures, Duration after) {
        announcer.announce(new RunEvent.Retrying(stream, error, failures, pace.retry().attempts(), after));
    }

    /** Whether a split of the stream waits to be tried again. */
    boolean waits(StreamName stream) {
        return delayed.stream().anyMatch(one -> one.split().streams().contains(stream));
    }

    /** An epoch of these streams is cut: what was read of failing ones is in it. */
    void cut(Set<StreamName> streams) {
        failing.forEach(flow::park);
        failing.clear();
        shared.values().forEach(one -> one.release.cut(one.at, streams));
    }

    /** The epoch is decided: how far shared splits may be let go now, once that is saved. */
    List<Release> decided(Set<StreamName> committed) {
        List<Release> further = new ArrayList<>();
        shared.values().forEach(one -> one.release
                .decided(committed, flow.parked().keySet())
                .ifPresent(position -> further.add(new Release(one.split.id(), position, generations(one.split)))));
        return further;
    }

    private Map<StreamName, Long> generations(Split split) {
        Map<StreamName, Long> generations = new HashMap<>();
        for (StreamName stream : split.streams()) {
            Optional.ofNullable(tracks.get(stream)).ifPresent(track -> generations.put(stream, track.generation()));
        }
        return generations;
    }

    /** The store shows up to where a log may be let go. */
    void released(Release release) {
        Shared of = shared.get(release.split());
        if (of == null) {
            return;
        }
        if (crew.acknowledge(release.split(), release.position())) {
            of.told = Optional.of(release.position());
        } else {
            planner.acknowledge(of.split, release.position());
        }
    }

    /** A reader that had closed before it was told holds the log back until the next run, if nobody tells the source. */
    private void letGoWhatWasNotHeard(Split split, Optional<Position> heard) {
        Shared of = shared.get(split.id());
        if (of != null && of.told.isPresent()) {
            if (!of.told.equals(heard)) {
                planner.acknowledge(split, of.told.get());
            }
            of.told = Optional.empty();
        }
    }
}

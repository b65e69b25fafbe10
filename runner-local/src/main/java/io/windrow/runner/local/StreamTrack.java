package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.Split;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.epoch.StreamCut;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.Progress;
import io.windrow.core.observe.StreamResult;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.transform.watermark.Watermark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator knows of one stream over all attempts of a run: its splits and how far they are, what the current
 * epoch holds, what was committed. Used by the coordinator's thread.
 */
final class StreamTrack {
    private final PlannedStream task;
    private final Map<String, OpenTrack> open = new TreeMap<>();
    private final Set<String> endedSplits = new LinkedHashSet<>();
    private final List<SplitRange> endedRanges = new ArrayList<>();
    private final Set<String> evidence = new LinkedHashSet<>();
    private final List<String> outputs = new ArrayList<>();
    private Tally tally = new Tally();
    private boolean changed;
    private boolean ending;
    private boolean completed;
    private long generation;
    private Optional<Long> supersedes = Optional.empty();
    private @Nullable StreamPlan plan;
    private Map<String, String> policies = Map.of();
    private Optional<Watermark> watermark = Optional.empty();
    /** The source was asked no earlier than this for what is read in the attempt. */
    private Instant readAsOf = Instant.MIN;
    private Optional<EventTimes> eventTimes = Optional.empty();
    private long late;
    private int schemaVersion = 1;
    private final Map<String, Position> savedPositions = new TreeMap<>();
    private @Nullable WindrowException error;
    private int failures;
    private long failedAt = System.nanoTime();
    private int epochs;
    private Account committed = Account.ZERO;
    /** When the newest committed epoch was cut, of this run or an earlier one. */
    private Optional<Instant> lastCut = Optional.empty();
    private long bytes;
    private long readBack;
    private long proven;
    private boolean allProven = true;

    StreamTrack(PlannedStream task) {
        this.task = task;
    }

    /** A split that was handed out and has not ended. */
    static final class OpenTrack {
        final Split split;
        /** Where reading goes on; rows before it are in the current or an earlier epoch. */
        Optional<Position> position;
        /** Where the current epoch began. */
        Optional<Position> epochStart;
        boolean touched;
        /** The split ended for this run; it is open again in the next. */
        boolean reached;

        OpenTrack(Split split, Optional<Position> position) {
            this.split = split;
            this.position = position;
            this.epochStart = position;
        }
    }

    /** Begins an attempt: forgets what was not committed. */
    void begin(long newGeneration, Optional<Long> newSupersedes) {
        open.clear();
        endedSplits.clear();
        endedRanges.clear();
        tally = new Tally();
        changed = false;
        ending = false;
        completed = false;
        error = null;
        generation = newGeneration;
        supersedes = newSupersedes;
        plan = null;
        savedPositions.clear();
    }

    /** Where the stream stands in event time before the first row of the attempt; empty: it has no field of event time. */
    void standsAt(Optional<Watermark> newWatermark, Instant newReadAsOf) {
        watermark = newWatermark;
        readAsOf = newReadAsOf;
    }

    /** The event times of the epoch that is being cut. */
    Optional<EventTimes> eventTimes(boolean completes) {
        return watermark.map(of -> of.after(tally.measures(), completes ? Optional.of(readAsOf) : Optional.empty()));
    }

    void planned(StreamPlan newPlan, Map<String, String> newPolicies) {
        plan = newPlan;
        policies = newPolicies;
    }

    /** The target takes rows in this version of the accepted schema. */
    void accepted(int newSchemaVersion) {
        schemaVersion = newSchemaVersion;
    }

    /** Which accepted schema the rows of this attempt have. */
    int schemaVersion() {
        return schemaVersion;
    }

    /** The versions of the policies that shape the stream's rows. */
    Map<String, String> policies() {
        return policies;
    }

    void handedOut(Split split, Optional<Position> from) {
        OpenTrack known = open.get(split.id());
        if (endedSplits.contains(split.id()) || known != null && !known.position.equals(from)) {
            throw WindrowException.of(
                    RunError.SPLIT_REPEATED,
                    "Reading stream " + task.stream() + ": split " + split.id() + " was handed out again "
                            + (known == null ? "after its end" : "from another place than where it is"));
        }
        if (known == null) {
            open.put(split.id(), new OpenTrack(split, from));
        }
    }

    /** A split that the store has as open; it counts as open until the planner hands it out again and it ends. */
    void reopened(Split split, Optional<Position> at) {
        open.put(split.id(), new OpenTrack(split, at));
        at.ifPresent(position -> savedPositions.put(split.id(), position));
    }

    void readUpTo(Split split, Optional<Position> position) {
        OpenTrack known = open.get(split.id());
        if (known != null && !known.position.equals(position)) {
            known.position = position;
            known.touched = true;
            changed = true;
        }
    }

    /** A split that others share is at another place; no reason to commit as long as no row of the stream was there. */
    void movedOn(String split, Position position) {
        OpenTrack known = open.get(split);
        if (known != null) {
            known.position = Optional.of(position);
            known.touched = true;
        }
    }

    /** Where the split is; empty: at its start. */
    Optional<Position> position(String split) {
        OpenTrack known = open.get(split);
        return known == null ? Optional.empty() : known.position;
    }

    /** The split ended for this run; the next one goes on where it is. */
    void reached(String split, EndProof proof) {
        OpenTrack known = open.get(split);
        if (known != null) {
            known.reached = true;
            endedRanges.add(new SplitRange(split, known.epochStart, known.position, Optional.of(proof)));
            known.touched = false;
        }
        changed = true;
        proven(proof);
    }

    void ended(Split split, EndProof proof) {
        OpenTrack known = open.remove(split.id());
        endedSplits.add(split.id());
        endedRanges.add(new SplitRange(
                split.id(), known == null ? Optional.empty() : known.epochStart, Optional.empty(), Optional.of(proof)));
        changed = true;
        proven(proof);
    }

    void proven(EndProof proof) {
        evidence.add(proof.kind());
        if (proof.rows() < 0) {
            allProven = false;
        } else {
            proven += proof.rows();
        }
    }

    void tallied(Tally more) {
        tally.add(more);
        if (!more.empty()) {
            changed = true;
        }
    }

    /** Throws away what was tallied for an epoch that the stream is not part of; what was staged for it is the caller's. */
    List<Staged> dropTally() {
        List<Staged> staged = List.copyOf(tally.staged());
        tally = new Tally();
        return staged;
    }

    boolean hasChanged() {
        return changed;
    }

    /** Whether there is something to commit: rows, a moved position, an ended split, or an end that is not saved yet. */
    boolean wantsEpoch(boolean ended) {
        return changed || (ended && !ending);
    }

    /** Up to where the split was committed when the attempt began; the reader may release that much at once. */
    Optional<Position> savedPosition(Split split) {
        return Optional.ofNullable(savedPositions.get(split.id()));
    }

    Map<String, OpenSplit> openSplits() {
        Map<String, OpenSplit> splits = new TreeMap<>();
        open.forEach((id, track) -> splits.put(id, new OpenSplit(track.split, track.position)));
        return splits;
    }

    /** How far each split was read in this epoch. */
    List<SplitRange> ranges() {
        List<SplitRange> ranges = new ArrayList<>(endedRanges);
        for (OpenTrack track : open.values()) {
            if (track.touched) {
                ranges.add(new SplitRange(track.split.id(), track.epochStart, track.position, Optional.empty()));
            }
        }
        return ranges;
    }

    /** The epoch's content is on its way to be committed: the next one begins. Gives the same back. */
    StreamCut captured(StreamCut part) {
        endedRanges.clear();
        tally = new Tally();
        changed = false;
        ending = part.ledger().completesGeneration();
        watermark = watermark.map(of -> of.next(part.ledger().eventTimes()));
        supersedes = Optional.empty();
        for (OpenTrack track : open.values()) {
            track.epochStart = track.position;
            track.touched = false;
        }
        return part;
    }

    /** The store shows an epoch as committed that was cut then, or that its log was read further until then. */
    void showsSince(Instant cut) {
        lastCut = lastCut.filter(cut::isBefore).or(() -> Optional.of(cut));
    }

    void committed(StreamEpoch epoch) {
        epochs++;
        showsSince(epoch.ledger().cut());
        committed = committed.plus(epoch.ledger().account());
        bytes += epoch.ledger().bytes();
        readBack += epoch.ledger().written().rows();
        outputs.addAll(epoch.ledger().outputs());
        failures = error == null ? 0 : 1;
        eventTimes = epoch.ledger().eventTimes();
        late += eventTimes.map(EventTimes::late).orElse(0L);
        completed = epoch.completesGeneration();
    }

    /** The run as a whole ended before the stream did. */
    void unfinished(WindrowException why) {
        if (!completed && error == null) {
            error = why;
        }
    }

    void parked(WindrowException why) {
        error = why;
    }

    /** The interrupted run that this one goes on with had completed the read. */
    void completedBefore() {
        if (epochs == 0) {
            evidence.add("completed_before");
            allProven = false;
        }
        ending = true;
        completed = true;
    }

    /** One more failure, in a row with those before unless the stream got further since, or went well for so long. */
    int failedAgain(boolean progressed, Duration settled) {
        long now = System.nanoTime();
        failures = progressed || settled.compareTo(Duration.ofNanos(now - failedAt)) < 0 ? 1 : failures + 1;
        failedAt = now;
        return failures;
    }

    int failures() {
        return failures;
    }

    boolean isOpen() {
        return open.values().stream().anyMatch(track -> !track.reached);
    }

    boolean done() {
        return completed;
    }

    Optional<WindrowException> error() {
        return Optional.ofNullable(error);
    }

    PlannedStream task() {
        return task;
    }

    StreamName stream() {
        return task.stream();
    }

    long generation() {
        return generation;
    }

    Optional<Long> supersedes() {
        return supersedes;
    }

    Tally tally() {
        return tally;
    }

    Guarantee guarantee() {
        return plan().guarantee();
    }

    StreamPlan plan() {
        if (plan == null) {
            throw new IllegalStateException("Stream " + task.stream() + " is not planned");
        }
        return plan;
    }

    boolean isPlanned() {
        return plan != null;
    }

    Progress progress(Flow.Counters counters, double rowsPerSecond) {
        long rows = counters.rows.get();
        Progress.State state = error != null ? Progress.State.PARKED
                : completed ? Progress.State.DONE
                : isOpen() ? Progress.State.READING
                : ending || rows > 0 ? Progress.State.COMMITTING
                : Progress.State.WAITING;
        long estimate = plan == null ? -1 : plan.estimatedRows();
        double share = completed ? 1 : estimate <= 0 ? -1 : Math.min(0.99, (double) rows / estimate);
        double left = completed ? 0 : share < 0 || rowsPerSecond <= 0 ? -1 : Math.max(0, estimate - rows) / rowsPerSecond;
        return new Progress(
                task.stream(), state, rows, committed.in(), counters.bytes.get(), rowsPerSecond, share, left, lastCut);
    }

    /** The result from evidence: completed only if the epoch that ends the read is committed and the store says so. */
    StreamResult result() {
        Outcome outcome = error == null
                ? completed ? Outcome.COMPLETED : Outcome.STOPPED
                : error.kind() == ErrorKind.UNKNOWN_OUTCOME ? Outcome.UNKNOWN : Outcome.FAILED;
        return new StreamResult(
                task.stream(), outcome, generation, epochs, committed, bytes,
                Optional.ofNullable(plan).map(StreamPlan::guarantee),
                allProven && !evidence.isEmpty() ? proven : -1,
                plan == null ? -1 : plan.estimatedRows(),
                readBack,
                List.copyOf(evidence), outputs, eventTimes, late, error());
    }
}

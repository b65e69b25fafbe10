package io.windrow.runner.local;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.epoch.StreamCut;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.run.RetryBudget;
import io.windrow.core.run.Verdict;
import io.windrow.core.spec.OnError;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Coordinates one attempt: hands splits to workers, cuts epochs, hears what became of them, decides about failures. Runs
 * on the caller's thread, which is also the only one that talks to the planner.
 */
final class Attempt {
    private static final long TICK_MILLIS = 100;
    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long WAKE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Map<StreamName, StreamTrack> tracks;
    private final SplitPlanner planner;
    private final SplitDesk splits;
    private final Crew crew;
    private final CommitThread committer;
    private final EpochBuilder builder;
    private final Flow flow;
    private final RunParts parts;
    private final Pace pace;
    private final Failpoints failpoints;
    private final Announcer announcer;
    private final RetryBudget budget;
    private final BooleanSupplier stopRequested;
    /** Whether something was asked for that only the next attempt can do. */
    private final BooleanSupplier renewalAsked;
    private final Until until;
    private final Beginning beginning;
    private final ProgressTicker ticker;
    private final ArrayDeque<Message> deferred = new ArrayDeque<>();

    /** The number of the next cut; what workers read now belongs to it. */
    private long cut = 1;
    private long cuttingEpoch;
    private int reportsMissing;
    private @Nullable WindrowException plannerLost;
    private boolean committing;
    /** When the epoch was cut that is being committed, or was last. */
    private Instant lastCut = Instant.EPOCH;
    private int releasing;
    private boolean stopping;
    /** Whether a parked stream is worth another attempt. */
    private boolean triesAgain;
    /** When it is time for that. Empty: not until nothing but logs is read. */
    private OptionalLong triedAgainAt = OptionalLong.empty();
    private boolean woken;
    private long stoppingSince;
    private long lastKeepAlive = System.nanoTime();
    private long epochBegan = System.nanoTime();

    Attempt(
            Map<StreamName, StreamTrack> tracks, SplitPlanner planner, Crew crew, CommitThread committer,
            EpochBuilder builder, Flow flow, RunParts parts, RetryBudget budget,
            Beginning beginning, BooleanSupplier stopRequested, BooleanSupplier renewalAsked) {
        this.tracks = tracks;
        this.planner = planner;
        this.splits = new SplitDesk(tracks, planner, crew, flow, parts, budget, beginning);
        this.crew = crew;
        this.committer = committer;
        this.builder = builder;
        this.flow = flow;
        this.parts = parts;
        this.pace = parts.job().pace();
        this.failpoints = parts.context().failpoints();
        this.announcer = parts.announcer();
        this.budget = budget;
        this.stopRequested = stopRequested;
        this.renewalAsked = renewalAsked;
        this.until = parts.options().until();
        this.beginning = beginning;
        this.triesAgain = beginning.leftBehind().isPresent();
        this.ticker = new ProgressTicker(tracks.values(), flow, announcer);
    }

    /** Runs until every stream has ended, is parked or is stopped, and everything that was read well is committed. */
    void run() throws InterruptedException {
        epochKnown();
        try {
            coordinate();
        } finally {
            MDC.remove("epoch");
        }
    }

    private void coordinate() throws InterruptedException {
        while (true) {
            if (stopRequested.getAsBoolean() && !stopping) {
                announcer.announce(new RunEvent.NoticeGiven(
                        "run.stopping", "Stopping: what was read is committed first, and the next run goes on from there."));
                stop();
            }
            tick();
            if (!stopping) {
                splits.assign(cut);
            }
            if (cutDue() && !drained()) {
                cut();
            }
            if (drained()) {
                if (nothingLeft()) {
                    ticker.now();
                    if (plannerLost != null) {
                        throw plannerLost;
                    }
                    return;
                }
                cut();
            }
            Message message = flow.messages().poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
            while (message != null) {
                hear(message);
                message = flow.messages().poll();
            }
        }
    }

    private void tick() {
        long now = System.nanoTime();
        if (now - lastKeepAlive > KEEP_ALIVE_NANOS) {
            lastKeepAlive = now;
            keepPlannerAlive();
        }
        if (until == Until.STOPPED && !stopping && crew.readsLogsAlone() && (renewalAsked.getAsBoolean() || isTimeToTryAgain(now))) {
            // Whoever follows comes to no end by itself, and only the next attempt reads a parked stream again, or a copy.
            stop();
        }
        if (stopping && !woken && crew.busy() > 0 && now - stoppingSince > WAKE_NANOS) {
            woken = true;
            crew.wakeUp();
        }
        crew.balance();
        ticker.maybe(now);
    }

    /** What is followed is read for as long as the pause before another try lasts: one stream that fails again starves no other. */
    private boolean isTimeToTryAgain(long now) {
        if (triesAgain && triedAgainAt.isEmpty()) {
            beginning.leftBehind().ifPresent(track -> triedAgainAt = OptionalLong.of(now + splits.pauseBefore(track).toNanos()));
        }
        return triedAgainAt.isPresent() && now - triedAgainAt.getAsLong() >= 0;
    }

    /** A planner that is lost cannot hand out splits any more; what its readers have read so far is still good. */
    private void keepPlannerAlive() {
        if (plannerLost != null) {
            return;
        }
        try {
            planner.keepAlive();
        } catch (RuntimeException e) {
            plannerLost = Failures.coded(e, "Keeping the planner alive");
            stop();
        }
    }

    private void stop() {
        if (!stopping) {
            stopping = true;
            stoppingSince = System.nanoTime();
            crew.all(new Command.GiveBack());
        }
    }

    private void hear(Message message) {
        switch (message) {
            case Message.Ended ended when isLater(ended.cut()) -> deferred.add(ended);
            case Message.GaveBack back when isLater(back.cut()) -> deferred.add(back);
            case Message.Ended ended -> splits.ended(ended);
            case Message.GaveBack back -> splits.gaveBack(back, stopping);
            case Message.Staged staged -> {
                staged.reading().ifPresent(at -> splits.readUpTo(at.split(), at.place()));
                staged.tallies().forEach((stream, tally) -> track(stream).tallied(tally));
                if (--reportsMissing == 0) {
                    capture();
                }
            }
            case Message.Failed failed -> parked(track(failed.stream()), failed.error());
            case Message.Decided decided -> decided(decided);
            case Message.Released released -> {
                releasing--;
                splits.released(released.release());
                // A stream that nothing happened to is as new as the log that it was read from.
                tracks.values().stream()
                        .filter(track -> released.release().of(track.stream(), track.generation()).isPresent())
                        .forEach(track -> track.showsSince(released.cut()));
            }
            case Message.Fatal fatal -> throw fatal(fatal.cause());
            case Message.Nudge ignored -> {}
        }
    }

    private boolean isLater(long of) {
        return reportsMissing > 0 && of >= cut;
    }

    private static RuntimeException fatal(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return Failures.coded(cause, "Running");
    }

    private void parked(StreamTrack track, WindrowException error) {
        track.parked(error);
        planner.parked(track.stream());
        announcer.announce(new RunEvent.ErrorMet(Optional.of(track.stream()), error));
        Verdict verdict = pace.verdict(error, parts.failed(track, false), until, 0);
        if (!(verdict instanceof Verdict.Retry) || track.failures() > pace.retry().attempts()) {
            splits.held(track.stream());
        }
        switch (verdict) {
            case Verdict.Retry ignored -> {
                triesAgain = true;
                triedAgainAt = OptionalLong.empty();
            }
            case Verdict.Park ignored -> stopIfAsked();
            case Verdict.Freeze ignored -> stopIfAsked();
            case Verdict.Drain ignored -> stop();
        }
        if (!committing) {
            tellFinished();
        }
    }

    private void stopIfAsked() {
        if (pace.onError() == OnError.STOP) {
            stop();
        }
    }

    private boolean cutDue() {
        if (reportsMissing > 0 || committing) {
            return false;
        }
        boolean dirty = flow.epochDirty() || flow.hasMoved() || tracks.values().stream().anyMatch(StreamTrack::hasChanged);
        return splits.hasFailing() || dirty
                && (flow.epochFull()
                        || flow.openWriters().get() > 16L + 2L * pace.workers()
                        || System.nanoTime() - epochBegan >= pace.epochTime().toNanos());
    }

    /** Whether nothing is being read, staged or committed and nothing will be read. */
    private boolean drained() {
        if (crew.busy() > 0 || reportsMissing > 0 || committing || releasing > 0 || !deferred.isEmpty() || !flow.messages().isEmpty()) {
            return false;
        }
        if (stopping) {
            return true;
        }
        return tracks.values().stream().allMatch(track ->
                splits.isOver(track.stream()) || flow.isLimited(track.stream())
                        || planner.ended(track.stream()) && !splits.waits(track.stream()));
    }

    private boolean nothingLeft() {
        return !splits.hasFailing() && tracks.values().stream().noneMatch(track ->
                !flow.isParked(track.stream()) && track.wantsEpoch(isEnded(track)));
    }

    private boolean isEnded(StreamTrack track) {
        return planner.ended(track.stream()) && !track.isOpen();
    }

    private void cut() {
        flow.epochCut();
        committing = true;
        epochBegan = System.nanoTime();
        cuttingEpoch = committer.nextEpoch();
        long taken = cut++;
        reportsMissing = crew.members();
        if (reportsMissing == 0) {
            capture();
        } else {
            flow.cutBegins(taken, reportsMissing);
            crew.all(new Command.Cut(taken, cuttingEpoch));
        }
    }

    private void capture() {
        reportsMissing = 0;
        Instant cutAt = builder.now();
        lastCut = cutAt;
        List<StreamCut> parts = new ArrayList<>();
        Map<StreamName, List<Staged>> discarded = new TreeMap<>();
        for (StreamTrack track : tracks.values()) {
            if (flow.isParked(track.stream())) {
                discarded.put(track.stream(), track.dropTally());
                continue;
            }
            boolean ended = isEnded(track);
            if (!track.wantsEpoch(ended)) {
                continue;
            }
            try {
                PlannerState state = planner.state(track.stream());
                parts.add(track.captured(builder.build(track, cuttingEpoch, state, ended, cutAt)));
            } catch (RuntimeException e) {
                // I1: books that do not balance are never committed. Nothing was saved, so what was staged can go.
                flow.park(track.stream(), Failures.coded(e, "Cutting epoch " + cuttingEpoch + " of " + track.stream()));
                discarded.put(track.stream(), track.dropTally());
            }
        }
        splits.cut(parts.stream().map(StreamCut::stream).collect(Collectors.toSet()));
        builder.nextEpochBegins(cutAt);
        committer.commit(parts, discarded);
        ArrayDeque<Message> waiting = new ArrayDeque<>(deferred);
        deferred.clear();
        waiting.forEach(this::hear);
    }

    private static Map<String, Position> positions(StreamEpoch part) {
        Map<String, Position> positions = new TreeMap<>();
        part.openSplits().forEach((id, split) -> split.position().ifPresent(position -> positions.put(id, position)));
        return positions;
    }

    private void decided(Message.Decided decided) {
        for (StreamEpoch part : decided.committed()) {
            track(part.stream()).committed(part);
            budget.earn(part.ledger().account().in());
            announcer.announce(new RunEvent.EpochCommitted(part.stream(), part.ledger(), decided.took()));
            // I2: only now, since the store shows COMMITTED, may the source let go.
            planner.acknowledge(part.stream(), part.planner());
            crew.acknowledge(positions(part), part.stream());
            beginning.repairs().committed(part);
        }
        splits.decided(decided.committed().stream().map(StreamEpoch::stream).collect(Collectors.toSet()))
                .forEach(release -> {
                    releasing++;
                    committer.release(release, lastCut);
                });
        failpoints.reach("run.after_acknowledge");
        committing = false;
        epochKnown();
        tellFinished();
    }

    /** The number under which everything that is read from now on will be committed, in every log line. */
    private void epochKnown() {
        flow.epochIs(cut, committer.nextEpoch());
        MDC.put("epoch", Long.toString(committer.nextEpoch()));
    }

    /** Tells of streams for which nothing more can happen in this run: complete, or parked and not worth another try. */
    private void tellFinished() {
        for (StreamTrack track : tracks.values()) {
            if (track.done() || (flow.isParked(track.stream()) && !pace.retries(track, until))) {
                parts.finished(track);
            }
        }
    }

    private StreamTrack track(StreamName stream) {
        StreamTrack track = tracks.get(stream);
        if (track == null) {
            throw WindrowException.of(
                    RunError.UNEXPECTED, "Running: the planner handed out a split of stream " + stream + ", which was not asked for");
        }
        return track;
    }
}

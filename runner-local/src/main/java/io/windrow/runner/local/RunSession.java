package io.windrow.runner.local;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.plan.Steps;
import io.windrow.core.run.RetryBudget;
import io.windrow.core.run.RetryPolicy;
import io.windrow.core.run.Verdict;
import io.windrow.core.transform.provenance.RunFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One run under one lease: attempts, each with fresh connections, until every stream has ended or is given up. Used by
 * the caller's thread, but for {@link #stop}.
 */
final class RunSession {
    private static final long ROWS_PER_RETRY = 1_000_000;

    private RunParts parts;
    private final LeaseKeeper lease;
    private final Pause pause = new Pause();
    /** The shortest of the longest pauses: what fails and gets no further may do so for as long as its policy says. */
    private final Duration timePerRetry;
    private final RetryBudget budget;
    private final Selection selection;
    private final Map<StreamName, StreamTrack> tracks;
    private volatile Flow flow;
    private volatile boolean stopRequested;
    /** What the pipeline was described as anew since the attempt began. */
    private final AtomicReference<@Nullable Job> next = new AtomicReference<>();
    /** What the run was made of before it was described anew, until that is planned. */
    private @Nullable RunParts former;
    /** Something was asked for that only the next attempt can do. */
    private volatile boolean renewalAsked;
    /** The source of the attempt that runs. */
    private volatile @Nullable Source source;
    /** Attempts that failed in a row and got nowhere. */
    private int failures;
    /** The epochs of all streams at the last failure. */
    private int epochs;
    /** When the source had planned the attempt; empty: it has not yet. */
    private OptionalLong plannedAt = OptionalLong.empty();
    /** Whether somebody has answered once, so that the address is known to be right. */
    private boolean reached;
    private @Nullable RunBook book;

    RunSession(RunParts parts, LeaseKeeper lease) {
        this.parts = parts;
        this.lease = lease;
        this.selection = new Selection(parts.options());
        this.tracks = selection.tracks();
        this.flow = new Flow(parts.job().pace());
        this.timePerRetry = parts.job().pace().retry().longest().dividedBy(2);
        this.budget = new RetryBudget(parts.job().pace().retries(), ROWS_PER_RETRY, timePerRetry, System.nanoTime());
    }

    /** Asks the run to drain. Any thread. */
    void stop() {
        stopRequested = true;
        pause.end();
        flow.tell(new Message.Nudge());
        Source planning = source;
        if (planning != null) {
            planning.wakeUp();
        }
    }

    /** Has the streams that are followed read by another attempt, which looks at what was asked for. Any thread. */
    void renew() {
        renewalAsked = true;
        flow.tell(new Message.Nudge());
    }

    /** Has the next attempt, which comes soon, read what the pipeline is now described as. Any thread. */
    void renew(Job job) {
        next.set(job);
        renew();
    }

    /** The lease is gone: nothing may be saved any more. Any thread. */
    void leaseLost(WindrowException reason) {
        pause.end();
        flow.tell(new Message.Fatal(reason));
    }

    Collection<StreamTrack> tracks() {
        return selection.all();
    }

    /**
     * Saves that the run came to its end, if it did: every stream is done, or was given up or limited and says so. A run
     * that was stopped before is left open, and the next one goes on with it. Returns what went wrong.
     */
    Optional<WindrowException> end() {
        boolean over = tracks.values().stream().allMatch(track -> track.done()
                || !stopRequested && (track.error().isPresent() || parts.options().limit().isPresent()));
        if (book != null && over) {
            try {
                book.end();
            } catch (WindrowException e) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /** Runs all attempts. Throws what ends the run as a whole. */
    void run() throws InterruptedException {
        Map<StreamName, StreamTrack> todo = new TreeMap<>();
        while (true) {
            try {
                attempt(todo);
                failures = 0;
                todo = triedAgain();
            } catch (WindrowException e) {
                if (!stopRequested && restored(e)) {
                    todo = followed();
                    continue;
                }
                failures = gotFurther() ? 1 : failures + 1;
                if (stopRequested && !tracks.isEmpty() && e.kind() == ErrorKind.EXTERNAL_TRANSIENT) {
                    // It would have been tried again, or is the answer to the stop itself: the next run goes on from here.
                    return;
                }
                parts.announcer().announce(new RunEvent.ErrorMet(Optional.empty(), e));
                if (!again(e, failures, parts.job().pipeline())) {
                    tracks.values().forEach(track -> track.unfinished(e));
                    throw e;
                }
                todo.values().removeIf(track ->
                        track.done() || track.error().isPresent() && !parts.job().pace().retries(track, parts.options().until()));
                if (tracks.isEmpty()) {
                    continue;
                }
            }
            if (todo.isEmpty() || stopRequested || !waitFor(todo.values())) {
                return;
            }
        }
    }

    /** The streams of the next attempt: those worth another try, and with them those that are followed without end. */
    private Map<StreamName, StreamTrack> triedAgain() {
        Map<StreamName, StreamTrack> again = new TreeMap<>();
        for (StreamTrack track : tracks.values()) {
            if (parts.job().pace().retries(track, parts.options().until())) {
                again.put(track.stream(), track);
            }
        }
        if ((renewalAsked || !again.isEmpty()) && parts.options().until() == Until.STOPPED) {
            again.putAll(followed());
        }
        return again;
    }

    private Map<StreamName, StreamTrack> followed() {
        Map<StreamName, StreamTrack> followed = new TreeMap<>(tracks);
        followed.values().removeIf(track -> track.error().isPresent() || track.done());
        return followed;
    }

    /** Goes on as before if what the pipeline is described as anew cannot be read. */
    private boolean restored(WindrowException why) {
        RunParts before = former;
        former = null;
        if (before == null || why.kind() != ErrorKind.USER && why.kind() != ErrorKind.EXTERNAL_PERMANENT) {
            return false;
        }
        parts = before;
        parts.announcer().tell("run.renewal_refused", "The pipeline goes on as it was: " + why.getMessage() + " ("
                + why.errorCode().code() + ")");
        return true;
    }

    /** Whether the attempt that has failed committed something, or went well for long: a run may last for months. */
    private boolean gotFurther() {
        int before = epochs;
        epochs = tracks.values().stream().mapToInt(track -> track.result().epochs()).sum();
        return epochs > before
                || plannedAt.isPresent()
                        && parts.settled().compareTo(Duration.ofNanos(System.nanoTime() - plannedAt.getAsLong())) < 0;
    }

    /**
     * Waits before streams that failed for a passing reason are tried again; false if that is not worth it. Where others are
     * followed, these were read for as long as the pause lasts.
     */
    private boolean waitFor(Collection<StreamTrack> todo) {
        if (parts.options().until() == Until.STOPPED && todo.stream().anyMatch(track -> track.error().isEmpty())) {
            return true;
        }
        Optional<StreamTrack> first = todo.stream()
                .filter(track -> track.error().isPresent())
                .min(Comparator.comparingInt(StreamTrack::failures));
        return first.isEmpty() || again(first.get().error().orElseThrow(), first.get().failures(), first.get().stream().toString());
    }

    private boolean again(WindrowException error, int failure, String what) {
        RetryPolicy policy = parts.job().pace().retry();
        if (!reached && parts.options().until() != Until.STOPPED && Failures.nobodyListened(error)) {
            policy = policy.whenNobodyListens();
        } else {
            reached = true;
        }
        Verdict verdict = policy.judge(
                Pace.worth(error, parts.options().until()), failure, ThreadLocalRandom.current().nextDouble());
        if (stopRequested || !(verdict instanceof Verdict.Retry retry)) {
            return false;
        }
        Duration after = retry.after();
        if (!budget.spend(System.nanoTime())) {
            boolean follows = parts.options().until() == Until.STOPPED;
            parts.announcer().tell(
                    "run.failing_often",
                    "The run's " + parts.job().pace().retries() + " retries, and those that its rows and its time have earned since, are used"
                            + " up: it " + (follows ? "tries again more slowly from now on." : "ends with the last failure."));
            if (!follows) {
                return false;
            }
            after = after.compareTo(timePerRetry) < 0 ? timePerRetry : after;
        }
        parts.announcer().announce(new RunEvent.Retrying(
                StreamName.of(what), error, failure, policy.attempts(), after));
        return pause.of(after);
    }

    private void attempt(Map<StreamName, StreamTrack> todo) throws InterruptedException {
        renewalAsked = false;
        Job renewed = next.getAndSet(null);
        if (renewed != null) {
            if (former == null) {
                former = parts;
            }
            parts = parts.with(renewed);
        }
        Job job = parts.job();
        Flow current = flow.next();
        flow = current;
        plannedAt = OptionalLong.empty();
        Pause saving = new Pause();
        lease.check();
        Resyncs resyncs = new Resyncs(parts, lease);
        resyncs.revive(tracks, todo);
        Repairs repairs = new Repairs(parts, lease);
        repairs.revive(tracks, todo);
        try (Source source = job.source().apply(parts.context());
                Sink sink = job.sink().apply(parts.context());
                Committer committer = sink.committer()) {
            this.source = source;
            if (stopRequested) {
                source.wakeUp();
            }
            boolean begins = tracks.isEmpty();
            boolean other = selection.isDue() && selection.select(job.streams().apply(source), todo);
            if (begins) {
                parts.announcer().announce(new RunEvent.RunStarted(
                        job.pipeline(), parts.id(), parts.context().clock().instant(), List.copyOf(todo.keySet())));
            }
            EpochIo io = new EpochIo(
                    parts.store(), lease, committer, parts.context().failpoints(), job.pace().retry(), saving, current,
                    parts.announcer());
            List<StreamState> loaded = parts.store().load(job.pipeline());
            boolean first = book == null;
            if (first) {
                book = RunBook.open(parts, lease.lease(), loaded);
            }
            if (other) {
                selection.nameUnselected(loaded, parts.announcer());
            }
            EpochDriver driver = new EpochDriver(
                    job.pipeline(), lease.lease().fencingToken(), loaded, todo.keySet(), io);
            if (first) {
                sweep(committer, loaded, driver);
            }
            RunFacts facts = new RunFacts(parts.id(), parts.context().clock(), book.key());
            Steps steps = job.steps().begin(facts).keepingChanges(
                    todo.values().stream().map(StreamTrack::task).toList());
            Beginning beginning = new Beginning(parts, todo, current, book, lease.lease(), steps, source, repairs);
            beginning.recovered(loaded, io.takeCommitted());
            if (resyncs.begin(todo, driver, io)) {
                driver = new EpochDriver(
                        job.pipeline(), lease.lease().fencingToken(), parts.store().load(job.pipeline()), todo.keySet(), io);
                // What it acknowledges again was heard of the first one.
                io.takeCommitted();
            }
            var requests = beginning.requests(driver);
            if (requests.isEmpty()) {
                former = null;
                beginning.hearParked();
                return;
            }
            try (SplitPlanner planner = source.plan(requests)) {
                reached = true;
                plannedAt = OptionalLong.of(System.nanoTime());
                Map<StreamName, StreamTrack> planned = beginning.planned(planner, sink);
                former = null;
                CommitThread commits = new CommitThread(driver, io, current, parts.threads().of("commit"));
                read(planned, source, sink, planner, commits, saving, current, book.key(), beginning);
            }
        }
    }

    private void read(
            Map<StreamName, StreamTrack> planned, Source source, Sink sink, SplitPlanner planner, CommitThread commits,
            Pause saving, Flow current, HashKey key, Beginning beginning)
            throws InterruptedException {
        Job job = parts.job();
        Steps steps = beginning.steps();
        WriterNumbers numbers = new WriterNumbers(sink, planned, lease.lease().fencingToken(), steps);
        Crew crew = new Crew(
                job.pace().workers(), Runtime.getRuntime().availableProcessors(), current, parts.threads().of("reader"),
                (number, cut) -> new Worker(
                        number, cut, source, current, parts.context().failpoints(),
                        new SplitParts(parts.announcer()::announce, parts.context().clock(), beginning.positions()),
                        new WriteQueue(
                                new WriteSide(number, cut, current, numbers::open, parts.context().failpoints()), current,
                                parts.threads().of("writer")),
                        key.hasher(), new Crew.Bound(steps), parts.options().limit()));
        boolean orderly = false;
        try {
            new Attempt(
                            planned, planner, crew, commits,
                            new EpochBuilder(
                                    job.pipeline(), parts.context().clock(), key, steps, beginning.positions(), numbers),
                            current, parts, budget, beginning, () -> stopRequested, () -> renewalAsked)
                    .run();
            orderly = true;
        } finally {
            if (!orderly) {
                current.abort();
                saving.end();
            }
            try {
                commits.close();
            } finally {
                crew.close();
            }
        }
    }

    /** What was staged for streams that this run leaves alone, each settled by now or without anything to settle. */
    private void sweep(Committer committer, List<StreamState> loaded, EpochDriver driver) {
        Set<StreamName> alone = new HashSet<>();
        loaded.forEach(state -> alone.add(state.stream()));
        alone.removeAll(tracks.keySet());
        driver.parked().forEach(alone::remove);
        if (!alone.isEmpty()) {
            lease.check();
            committer.sweep(alone, lease.lease().fencingToken());
        }
    }

    /** Parts that an earlier run had prepared and this one has committed. */
    static List<StreamEpoch> settled(List<StreamState> loaded, List<StreamEpoch> committed) {
        List<StreamEpoch> settled = new ArrayList<>();
        for (StreamEpoch epoch : committed) {
            Optional<StreamState> before =
                    loaded.stream().filter(state -> state.stream().equals(epoch.stream())).findFirst();
            if (before.flatMap(StreamState::prepared).isPresent()) {
                settled.add(epoch);
            }
        }
        return settled;
    }
}

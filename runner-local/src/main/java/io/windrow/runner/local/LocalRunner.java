package io.windrow.runner.local;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Until;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import io.windrow.core.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Runs plans in this JVM. {@link #run} blocks until the run is over and is called by one thread at a time; {@link #stop}
 * may be called by any thread, also from a shutdown hook. The store and the context stay the caller's.
 */
public final class LocalRunner {
    private final StateStore store;
    private final Context context;
    private final RunListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable RunSession running;
    private boolean stopRequested;

    /**
     * A runner.
     *
     * @param store where pipelines are remembered
     * @param context what connectors get; the runner gives each run a limited child of its allocator
     * @param listener hears what happens
     */
    public LocalRunner(StateStore store, Context context, RunListener listener) {
        this.store = store;
        this.context = context;
        this.listener = listener;
    }

    /** Runs a plan once. As {@link #run(Job, RunOptions)}. */
    public RunResult run(Plan plan, RunOptions options) {
        return run(Job.of(plan), options);
    }

    /**
     * Runs a job once, to the end of all its streams or until it is stopped. Every failure is in the result; what is
     * thrown is an {@link Error}, after which the state is as after a crash: the next run recovers.
     */
    public RunResult run(Job job, RunOptions options) {
        Instant started = context.clock().instant();
        long began = System.nanoTime();
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
        Map<String, String> before = Optional.ofNullable(MDC.getCopyOfContextMap()).orElseGet(HashMap::new);
        MDC.put("pipeline", job.pipeline());
        MDC.put("run", id);
        Announcer announcer = new Announcer(listener);
        try {
            List<StreamResult> streams = new ArrayList<>();
            Optional<WindrowException> error = session(job, options, id, announcer, streams);
            streams.forEach(announcer::finished);
            Outcome outcome = RunResult.verdict(streams, error);
            RunResult result = new RunResult(
                    job.pipeline(), id, outcome, started, Duration.ofNanos(System.nanoTime() - began), streams, error);
            announcer.announce(new RunEvent.RunFinished(result));
            return result;
        } finally {
            MDC.setContextMap(before);
        }
    }

    /**
     * Drains: no split is begun any more, those that are read stop at the next batch, what was read is committed, then
     * {@link #run} returns. A run that has not begun yet ends as soon as it begins.
     */
    public void stop() {
        lock.lock();
        try {
            stopRequested = true;
            if (running != null) {
                running.stop();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has a run that follows its streams read them as the job says from now on: it ends its epoch, streams that are new join and
     * those that are no more leave. What cannot be read is a notice ({@code run.renewal_refused}), and the run goes on as it was.
     * Any thread; nothing happens while no run goes on.
     *
     * @param job the same pipeline, with the same {@link Job#pace}, {@link Job#seals} and {@link Job#hashKey}
     */
    public void renew(Job job) {
        lock.lock();
        try {
            if (running != null) {
                running.renew(job);
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<WindrowException> session(
            Job job, RunOptions options, String id, Announcer announcer, List<StreamResult> streams) {
        RunThreads threads = new RunThreads(job.pipeline(), id);
        BufferAllocator allocator =
                context.allocator().newChildAllocator("run-" + id, 0, Math.max(1, job.pace().memory()));
        Optional<WindrowException> error = Optional.empty();
        try {
            job.seals().expectKeys(store, job.pipeline());
            Lease lease = store.acquire(job.pipeline(), owner(id), job.pace().leaseTime());
            RunContext given = new RunContext(
                    context, job.pipeline(), allocator, announcer, announcer,
                    job.seals().open(store, job.pipeline(), Optional.of(lease), context.clock()));
            RunParts parts = new RunParts(job, options, id, store, given, announcer, threads);
            error = leased(parts, lease, streams);
        } catch (WindrowException e) {
            error = Optional.of(e);
        } finally {
            error = free(allocator, error);
        }
        return error;
    }

    private Optional<WindrowException> leased(RunParts parts, Lease lease, List<StreamResult> streams) {
        Optional<WindrowException> error = Optional.empty();
        SessionHolder holder = new SessionHolder();
        try (LeaseKeeper keeper = new LeaseKeeper(
                store, lease, parts.job().pace().leaseTime(), parts.threads().of("lease"), holder::lost)) {
            RunSession session = new RunSession(parts, keeper);
            holder.session = session;
            begin(session);
            try (ResyncWatch ignored = watch(parts, session)) {
                session.run();
            } catch (WindrowException e) {
                error = Optional.of(e);
            } catch (RuntimeException e) {
                error = Optional.of(Failures.coded(e, "Running " + parts.job().pipeline()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                error = Optional.of(WindrowException.of(
                        RunError.INTERRUPTED, "Running " + parts.job().pipeline() + ": the thread was interrupted", e));
            } finally {
                end();
            }
            error = error.or(session::end);
            session.tracks().forEach(track -> streams.add(track.result()));
        } finally {
            store.release(lease);
        }
        return error;
    }

    /** Only a run without an end has to be told of what is asked for while it goes on. */
    private static @Nullable ResyncWatch watch(RunParts parts, RunSession session) {
        return parts.options().until() == Until.STOPPED
                ? new ResyncWatch(parts.store(), parts.job().pipeline(), parts.threads().of("resync"), session::renew)
                : null;
    }

    /** The session that hears of a lost lease; there is none yet when the keeper starts. */
    private static final class SessionHolder {
        volatile @Nullable RunSession session;

        void lost(WindrowException reason) {
            RunSession told = session;
            if (told != null) {
                told.leaseLost(reason);
            }
        }
    }

    private void begin(RunSession session) {
        lock.lock();
        try {
            running = session;
            if (stopRequested) {
                session.stop();
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            running = null;
        } finally {
            lock.unlock();
        }
    }

    private static Optional<WindrowException> free(BufferAllocator allocator, Optional<WindrowException> error) {
        long leaked = allocator.getAllocatedMemory();
        try {
            allocator.close();
        } catch (IllegalStateException e) {
            return error.or(() -> Optional.of(WindrowException.of(
                    RunError.LEAKED_MEMORY, "Ending the run: " + leaked + " bytes of batches were not freed", e)));
        }
        return error;
    }

    private static String owner(String run) {
        return "pid " + ProcessHandle.current().pid() + ", run " + run;
    }
}

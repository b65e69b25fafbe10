package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.core.checkpoint.Release;
import io.windrow.core.epoch.EpochDriver;
import io.windrow.core.epoch.StreamCut;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.slf4j.MDC;

/** Commits epochs on a thread of its own, so that readers, planner and lease are served meanwhile. One epoch at a time. */
final class CommitThread implements AutoCloseable {
    private final EpochDriver driver;
    private final EpochIo io;
    private final Flow flow;
    private final LinkedBlockingQueue<Work> work = new LinkedBlockingQueue<>();
    private final Thread thread;

    CommitThread(EpochDriver driver, EpochIo io, Flow flow, ThreadFactory threads) {
        this.driver = driver;
        this.io = io;
        this.flow = flow;
        this.thread = threads.newThread(this::run);
        this.thread.start();
    }

    private sealed interface Work {
        record Commit(List<StreamCut> cuts, Map<StreamName, List<Staged>> discarded, long began) implements Work {}

        record LetGo(Release release, Instant cut) implements Work {}

        record Leave() implements Work {}
    }

    /** The number under which the next epoch is to be staged. Only between a {@link Message.Decided} and the next commit. */
    long nextEpoch() {
        return driver.nextEpoch();
    }

    /**
     * Commits the cuts; the answer is a {@link Message.Decided}.
     *
     * @param discarded staged for streams that were parked before their part was saved: nobody can commit it any more
     */
    void commit(List<StreamCut> cuts, Map<StreamName, List<Staged>> discarded) {
        work.add(new Work.Commit(cuts, discarded, System.nanoTime()));
    }

    /** Saves up to where a log may be let go as of an epoch that was cut then; the answer is a {@link Message.Released}. */
    void release(Release release, Instant cut) {
        work.add(new Work.LetGo(release, cut));
    }

    private void run() {
        try {
            while (true) {
                switch (work.take()) {
                    case Work.Commit epoch -> commit(epoch);
                    case Work.LetGo letGo -> {
                        io.release(letGo.release());
                        flow.tell(new Message.Released(letGo.release(), letGo.cut()));
                    }
                    case Work.Leave ignored -> {
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            flow.tell(new Message.Fatal(e));
        }
    }

    private void commit(Work.Commit epoch) {
        MDC.put("epoch", Long.toString(driver.nextEpoch()));
        MDC.put("stream", LogScope.name(epoch.cuts().stream().map(StreamCut::stream).toList()));
        epoch.discarded().forEach(io::discard);
        if (epoch.cuts().isEmpty()) {
            driver.skip();
        } else {
            driver.commit(epoch.cuts());
        }
        flow.tell(new Message.Decided(io.takeCommitted(), Duration.ofNanos(System.nanoTime() - epoch.began())));
    }

    /** Ends the thread after the epoch that it is committing. */
    @Override
    public void close() {
        work.add(new Work.Leave());
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

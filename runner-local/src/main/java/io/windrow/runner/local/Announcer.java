package io.windrow.runner.local;

import io.windrow.api.context.Levels;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.core.observe.Progress;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import io.windrow.core.observe.StreamResult;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes events to the listener, one at a time, and writes them to the log. A listener that throws changes nothing. */
final class Announcer implements Notices, Levels {
    private static final Logger LOG = LoggerFactory.getLogger(LocalRunner.class);

    private final RunListener listener;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<RunEvent> told = new HashSet<>();
    private final Set<StreamName> finished = new HashSet<>();

    Announcer(RunListener listener) {
        this.listener = listener;
    }

    @Override
    public void tell(String code, String text) {
        RunEvent.NoticeGiven notice = new RunEvent.NoticeGiven(code, text);
        lock.lock();
        try {
            if (told.add(notice)) {
                announce(notice);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void show(Level level, long amount) {
        announce(new RunEvent.LevelSeen(level, amount));
    }

    /** Tells once per run and stream what became of it. */
    void finished(StreamResult result) {
        lock.lock();
        try {
            if (finished.add(result.stream())) {
                announce(new RunEvent.StreamFinished(result));
            }
        } finally {
            lock.unlock();
        }
    }

    /** What became of a stream is not settled after all: it is read again. */
    void revived(StreamName stream) {
        lock.lock();
        try {
            finished.remove(stream);
        } finally {
            lock.unlock();
        }
    }

    void announce(RunEvent event) {
        lock.lock();
        try {
            logInScope(event);
            listener.on(event);
        } catch (RuntimeException e) {
            LOG.warn("Telling a listener about {}: it threw", event.getClass().getSimpleName(), e);
        } finally {
            lock.unlock();
        }
    }

    private static void logInScope(RunEvent event) {
        switch (event) {
            case RunEvent.StreamStarted e -> log(event, LogScope.of(e.stream()));
            case RunEvent.EpochCommitted e -> log(event, LogScope.of(e.stream(), e.entry().epoch()));
            case RunEvent.SplitRead e -> log(event, LogScope.of(e.stream(), e.epoch()));
            case RunEvent.Retrying e -> log(event, LogScope.of(e.stream()));
            case RunEvent.StreamFinished e -> log(event, LogScope.of(e.result().stream()));
            case RunEvent.ErrorMet e when e.stream().isPresent() -> log(event, LogScope.of(e.stream().get()));
            case RunEvent.RunStarted ignored -> log(event);
            case RunEvent.ErrorMet ignored -> log(event);
            case RunEvent.ProgressMade ignored -> log(event);
            case RunEvent.NoticeGiven ignored -> log(event);
            case RunEvent.LevelSeen ignored -> log(event);
            case RunEvent.RunFinished ignored -> log(event);
        }
    }

    private static void log(RunEvent event, LogScope scope) {
        try (scope) {
            log(event);
        }
    }

    private static void log(Progress stream) {
        try (LogScope ignored = LogScope.of(stream.stream())) {
            LOG.debug(
                    "{}: {} rows and {} bytes read, {} rows committed", stream.state(), stream.rowsRead(), stream.bytes(),
                    stream.rowsCommitted());
        }
    }

    private static void log(RunEvent event) {
        switch (event) {
            case RunEvent.RunStarted started -> LOG.info("Running {} streams", started.streams().size());
            case RunEvent.StreamStarted started -> LOG.info(
                    "Reading {} in generation {}, guarantee {}", started.stream(), started.generation(),
                    started.plan().guarantee().name());
            case RunEvent.ProgressMade progress -> progress.streams().forEach(Announcer::log);
            case RunEvent.SplitRead read -> LOG.debug(
                    "Read {} rows of split {}{}", read.rows(), read.split(),
                    read.end().map(proof -> " to its end: " + proof.kind()).orElse(""));
            case RunEvent.ErrorMet met -> LOG.debug("{}", met.error().errorCode().code(), met.error());
            case RunEvent.EpochCommitted epoch -> LOG.info(
                    "Committed {} rows of {} in epoch {}", epoch.entry().account().written(), epoch.stream(),
                    epoch.entry().epoch());
            case RunEvent.NoticeGiven notice -> LOG.warn("{}: {}", notice.code(), notice.text());
            case RunEvent.LevelSeen seen -> LOG.debug("{}: {}", seen.level(), seen.amount());
            case RunEvent.Retrying retry -> LOG.warn(
                    "{}: {} (attempt {} of {}, next in {})", retry.error().errorCode().code(),
                    retry.error().getMessage(), retry.failure(), retry.of(), retry.after());
            case RunEvent.StreamFinished finished -> LOG.info(
                    "Stream {} is {}: {} rows written{}", finished.result().stream(), finished.result().outcome(),
                    finished.result().account().written(),
                    finished.result().error().map(error -> ", " + error.errorCode().code() + ": " + error.getMessage())
                            .orElse(""));
            case RunEvent.RunFinished finished -> LOG.info(
                    "Run is {} after {}{}", finished.result().outcome(), finished.result().took(),
                    finished.result().error().map(error -> ", " + error.errorCode().code() + ": " + error.getMessage())
                            .orElse(""));
        }
    }
}

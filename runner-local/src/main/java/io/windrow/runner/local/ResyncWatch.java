package io.windrow.runner.local;

import io.windrow.api.error.WindrowException;
import io.windrow.core.checkpoint.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks in the store now and then whether a copy or a repair was asked for since the last look, on a thread of its own: what asks need not
 * know where the run is, only its store.
 */
final class ResyncWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResyncWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final StateStore store;
    private final String pipeline;
    private final Runnable asked;
    private final Pause pause = new Pause();
    private final Thread thread;

    /**
     * Starts to look.
     *
     * @param asked called on the watch's thread when there is something that was not there at the look before
     */
    ResyncWatch(StateStore store, String pipeline, ThreadFactory threads, Runnable asked) {
        this.store = store;
        this.pipeline = pipeline;
        this.asked = asked;
        this.thread = threads.newThread(this::look);
        this.thread.start();
    }

    private void look() {
        Set<Object> known = new HashSet<>();
        while (pause.of(EVERY)) {
            try {
                List<Object> now = new ArrayList<>(store.resyncs(pipeline));
                now.addAll(store.repairs(pipeline));
                boolean news = !known.containsAll(now);
                known = new HashSet<>(now);
                if (news) {
                    asked.run();
                }
            } catch (WindrowException e) {
                // Whoever saves meets the same and says so; what was asked is still there at the next look.
                LOG.debug("{}; looked again in {}", e.getMessage(), EVERY);
            }
        }
    }

    /** Looks no more. */
    @Override
    public void close() {
        pause.end();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.windrow.runner.local;

import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.MDC;

/** Makes the threads of one run: named, not daemons, with pipeline and run in every log line. */
final class RunThreads {
    private final Map<String, String> context;
    private final AtomicInteger made = new AtomicInteger();

    RunThreads(String pipeline, String run) {
        this.context = Map.of("pipeline", pipeline, "run", run);
    }

    /** A factory for threads of one role. */
    ThreadFactory of(String role) {
        return task -> {
            Thread thread = new Thread(
                    () -> {
                        MDC.setContextMap(context);
                        task.run();
                    },
                    "windrow-" + role + "-" + made.incrementAndGet());
            thread.setDaemon(false);
            return thread;
        };
    }
}

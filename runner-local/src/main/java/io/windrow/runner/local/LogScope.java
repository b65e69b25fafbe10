package io.windrow.runner.local;

import io.windrow.api.schema.StreamName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Names stream and epoch in the log lines of this thread until it is closed, which restores what was there before. */
final class LogScope implements AutoCloseable {
    private static final int NAMED = 3;

    private final @Nullable String stream = MDC.get("stream");
    private final @Nullable String epoch = MDC.get("epoch");

    private LogScope() {}

    static LogScope of(StreamName stream) {
        LogScope scope = new LogScope();
        MDC.put("stream", stream.toString());
        return scope;
    }

    static LogScope of(StreamName stream, long epoch) {
        LogScope scope = of(stream);
        MDC.put("epoch", Long.toString(epoch));
        return scope;
    }

    /** What stands for several streams: the first few names. */
    static String name(List<StreamName> streams) {
        List<String> first = streams.stream().limit(NAMED).map(StreamName::toString).toList();
        return String.join(",", first) + (streams.size() > NAMED ? ",+" + (streams.size() - NAMED) : "");
    }

    @Override
    public void close() {
        restore("stream", stream);
        restore("epoch", epoch);
    }

    private static void restore(String key, @Nullable String value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }
}

package io.windrow.benchmarks.governed;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Everything that runs of this process say: each log line of every level, and each event. Safe for use by many threads. */
final class Traces extends AppenderBase<ILoggingEvent> implements RunListener, AutoCloseable {
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger ours;
    private final Optional<Level> before;

    private Traces(Logger ours) {
        this.ours = ours;
        this.before = Optional.ofNullable(ours.getLevel());
    }

    /** Listens to the process's logs until it is closed. */
    static Traces listen() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Traces traces = new Traces(context.getLogger("io.windrow"));
        traces.setContext(context);
        traces.start();
        traces.ours.setLevel(Level.TRACE);
        traces.ours.setAdditive(false);
        traces.ours.addAppender(traces);
        return traces;
    }

    @Override
    protected void append(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        lines.add(event.getFormattedMessage() + " " + event.getMDCPropertyMap()
                + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
    }

    @Override
    public void on(RunEvent event) {
        lines.add(event.toString());
        if (event instanceof RunEvent.ErrorMet met) {
            for (Throwable error = met.error(); error != null; error = error.getCause()) {
                lines.add(String.valueOf(error.getMessage()));
            }
        }
    }

    void add(String output) {
        lines.add(output);
    }

    /** All lines since the last call. */
    String take() {
        StringBuilder text = new StringBuilder();
        for (String line = lines.poll(); line != null; line = lines.poll()) {
            text.append(line).append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        ours.detachAppender(this);
        ours.setAdditive(true);
        ours.setLevel(before.orElse(null));
    }
}

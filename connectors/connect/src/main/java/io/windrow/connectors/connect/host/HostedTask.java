package io.windrow.connectors.connect.host;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source connector with its one task. As Kafka's contract has it, the task is polled on a thread of its own, since a poll may
 * block until the task is stopped; all methods are called on the reader's thread, but {@link #wakeUp}, which any may call. Only
 * when records are asked for are they polled: none is fetched ahead. What the connector starts besides is its own affair and
 * ends with {@link #close}.
 */
public final class HostedTask implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostedTask.class);
    /** How long a poll may go on after the task was told to stop. */
    private static final long STOP_SECONDS = 5;
    private static final String EAR = "io.windrow.connectors.connect.plugin.LogEar";

    private final PluginLoader loader;
    private final SourceConnector connector;
    private final SourceTask task;
    private final ConnectorSide side;
    private final ExecutorService poller =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("windrow-connect-poll").factory());
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    private final LogWatch watch;
    private final boolean takesCommittedRecords;
    private boolean polling;
    /** Whether the task has given records. Used by the thread of the polls. */
    private boolean given;

    private HostedTask(PluginLoader loader, SourceConnector connector, SourceTask task, ConnectorSide side, LogWatch watch) {
        this.loader = loader;
        this.connector = connector;
        this.task = task;
        this.side = side;
        this.watch = watch;
        this.takesCommittedRecords = Arrays.stream(task.getClass().getMethods())
                .anyMatch(method -> method.getName().equals("commitRecord") && method.getDeclaringClass() != SourceTask.class);
    }

    /** What the reader's thread waits for. */
    private sealed interface Answer {
        /** A poll gave these. */
        record Records(List<SourceRecord> records) implements Answer {}

        /** A poll gave none. */
        record Failed(WindrowException why) implements Answer {}

        /** Nobody shall wait any longer. */
        record Woken() implements Answer {}
    }

    /**
     * Starts a connector and its task. What was started is stopped again if not all of it could be.
     *
     * @param settings the connector's own settings; they may hold secrets
     * @param secrets what no message may show
     * @param watch hears the log of one of Debezium's connectors for MariaDB and MySQL; {@link LogWatch#NONE} for any other
     * @throws WindrowException coded by {@link Failures}
     */
    public static HostedTask start(
            PluginLoader loader, String connectorClass, Map<String, String> settings, Collection<Secret> secrets, SavedOffsets offsets, LogWatch watch) {
        return Failures.coding("Starting " + connectorClass, Failures.Words.given(secrets, settings.keySet()), () -> within(loader, () -> {
            SourceConnector connector = loader.make(connectorClass, SourceConnector.class);
            ConnectorSide side = new ConnectorSide(offsets);
            connector.initialize(side);
            Map<String, String> told = new HashMap<>(settings);
            told.put("connector.class", connectorClass);
            try {
                connector.start(told);
                // Whatever asked for other tasks so far has them with these.
                side.forget();
                List<Map<String, String>> tasks = connector.taskConfigs(1);
                if (tasks.size() != 1) {
                    throw WindrowException.of(
                            ConnectError.CONFIG_REFUSED,
                            "Starting " + connectorClass + ": it wants " + tasks.size() + " tasks, and one is run");
                }
                Map<String, String> own = new HashMap<>(tasks.getFirst());
                // As Kafka Connect tells its tasks; Debezium finds its parts by them.
                own.put("connector.class", connectorClass);
                own.put("task.class", connector.taskClass().getName());
                return new HostedTask(loader, connector, startedTask(loader, own, offsets, watch), side, watch);
            } catch (Exception | LinkageError e) {
                quietly(loader, connector::stop);
                throw e;
            }
        }));
    }

    /**
     * What a connector says of its settings without being started; some ask their server for it.
     *
     * @param settings the connector's own settings; they may hold secrets
     * @param secrets what no message may show
     * @return by setting, why it is refused; empty if none is
     * @throws WindrowException coded by {@link Failures}
     */
    public static Map<String, String> refused(
            PluginLoader loader, String connectorClass, Map<String, String> settings, Collection<Secret> secrets) {
        return Failures.coding("Asking " + connectorClass, Failures.Words.given(secrets, settings.keySet()), () -> within(loader, () -> {
            Map<String, String> refused = new TreeMap<>();
            for (ConfigValue value : loader.make(connectorClass, SourceConnector.class).validate(settings).configValues()) {
                if (!value.errorMessages().isEmpty()) {
                    refused.put(value.name(), Failures.without(secrets, String.join("; ", value.errorMessages())));
                }
            }
            return refused;
        }));
    }

    private static SourceTask startedTask(PluginLoader loader, Map<String, String> own, SavedOffsets offsets, LogWatch watch) {
        SourceTask task = loader.make(own.get("task.class"), SourceTask.class);
        try {
            task.initialize(new TaskSide(own, offsets));
            task.start(own);
            if (watch != LogWatch.NONE) {
                loader.make(EAR, LogWatch.Ear.class).listen(task, watch);
            }
            return task;
        } catch (RuntimeException | LinkageError e) {
            quietly(loader, task::stop);
            throw e;
        }
    }

    /** Whether the task was asked for records and has not answered. */
    public boolean isPolling() {
        return polling;
    }

    /**
     * Asks the task for records, unless it was asked before and has not answered, and waits for them.
     *
     * @param deadlineNanos until when, as {@link System#nanoTime} counts
     * @return the records; none after the connector's own poll interval; empty if it has not answered by then or somebody called
     *     {@link #wakeUp}
     */
    public Optional<List<SourceRecord>> poll(long deadlineNanos) {
        side.expectUntroubled();
        if (!polling) {
            polling = true;
            poller.execute(this::answer);
        }
        return switch (awaited(deadlineNanos)) {
            case null -> Optional.empty();
            case Answer.Woken ignored -> Optional.empty();
            case Answer.Records given -> {
                polling = false;
                // Before what lies behind it is handed on: no place behind it may be committed.
                watch.expectWhole();
                yield Optional.of(given.records());
            }
            case Answer.Failed failed -> {
                polling = false;
                throw failed.why();
            }
        };
    }

    /** Waits without asking for records, unless somebody calls {@link #wakeUp}. Only while the task is not polling. */
    public void rest(long deadlineNanos) {
        side.expectUntroubled();
        awaited(deadlineNanos);
    }

    private @Nullable Answer awaited(long deadlineNanos) {
        try {
            return answers.poll(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw WindrowException.of(ConnectError.CONNECTOR_RETRIES, "Reading: interrupted");
        }
    }

    /** Runs on the thread of the polls. */
    private void answer() {
        Answer answer = new Answer.Failed(
                WindrowException.of(ConnectError.CONNECTOR_FAILED, "Reading: the connector ended the thread that polls it"));
        try {
            List<SourceRecord> records = Failures.coding("Reading", Failures.Words.WITHHELD, () -> within(loader, task::poll));
            if (!given && records != null && !records.isEmpty()) {
                given = true;
                EventTexts.end(task);
            }
            answer = new Answer.Records(records == null ? List.of() : records);
        } catch (WindrowException e) {
            answer = new Answer.Failed(e);
        } finally {
            answers.add(answer);
        }
    }

    /** Ends the wait of {@link #poll}, this one or the next. Any thread. */
    public void wakeUp() {
        answers.add(new Answer.Woken());
    }

    /** Whether the task looks at single records that are committed. */
    public boolean takesCommittedRecords() {
        return takesCommittedRecords;
    }

    /** These records are committed, and all that were polled before them. */
    public void commit(List<SourceRecord> records) {
        Failures.coding("Acknowledging", Failures.Words.WITHHELD, () -> within(loader, () -> {
            for (SourceRecord record : records) {
                task.commitRecord(record, null);
            }
            task.commit();
            return task;
        }));
    }

    @Override
    public void close() {
        // From outside: a poll that blocks ends by it.
        quietly(loader, task::stop);
        poller.shutdown();
        try {
            if (!poller.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                poller.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            poller.shutdownNow();
        }
        quietly(loader, connector::stop);
    }

    private static void quietly(PluginLoader loader, Runnable stopping) {
        try {
            within(loader, () -> {
                stopping.run();
                return stopping;
            });
        } catch (Exception | LinkageError e) {
            LOG.debug("Stopping a connector", e);
        }
    }

    @FunctionalInterface
    interface Work<T> {
        T run() throws Exception;
    }

    /** Connectors look for their parts with the thread's class loader. */
    static <T> T within(ClassLoader loader, Work<T> work) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return work.run();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

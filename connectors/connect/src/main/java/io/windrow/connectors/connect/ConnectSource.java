package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.connect.database.Metrics;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.HostedTask;
import io.windrow.connectors.connect.host.LogWatch;
import io.windrow.connectors.connect.host.PluginLoader;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.HeardLog;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.Shape;
import io.windrow.connectors.connect.record.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A configured database behind a connector. Planner and readers make connections of their own. */
final class ConnectSource implements Source {
    /** The launcher names the folder under which each line of Debezium has its own. */
    private static final String PLUGINS = "windrow.plugins";

    private static final Pattern SECRET_NAMES = Pattern.compile("password|passphrase|secret|token|credential|api.?key");

    private final Preset preset;
    private final Context context;
    private final Duration silence;
    private final Map<StreamName, StreamSchema> schemas = new ConcurrentHashMap<>();
    private final Map<String, LogPlace> copies = new ConcurrentHashMap<>();
    private final History history;
    /** Whose log is followed, and whether it was seen to hold what was read before. */
    private volatile LogPlace.Log log = LogPlace.Log.UNNAMED;
    private volatile boolean proven;
    private @Nullable PluginLoader loader;

    ConnectSource(Preset preset, Context context) {
        this(preset, context, Silence.MOST);
    }

    /**
     * A source whose log may be silent for another time.
     *
     * @param silence how long its server may send nothing, not even a sign of life
     */
    ConnectSource(Preset preset, Context context, Duration silence) {
        this.preset = preset;
        this.context = context;
        this.silence = silence;
        this.history = new History(preset.order());
    }

    Preset preset() {
        return preset;
    }

    Duration silence() {
        return silence;
    }

    History history() {
        return history;
    }

    /** Whose log is followed. */
    LogPlace.Log log() {
        return log;
    }

    /** How the places of the log that is followed become numbers. */
    LogOrder logOrder() {
        return preset.order().shifted(log.shift());
    }

    /**
     * From here on this server's log is followed.
     *
     * @param holdsRead whether it was seen to hold what was read before
     */
    void follow(LogPlace.Log of, boolean holdsRead) {
        log = of;
        proven = holdsRead;
        history.follow(logOrder());
    }

    /** Up to where the running connector has read the log; empty: it does not say. */
    OptionalLong readUpTo() {
        OptionalLong unshifted = preset.readUpTo(context.pipeline());
        return unshifted.isPresent() ? OptionalLong.of(unshifted.getAsLong() + log.shift()) : unshifted;
    }

    /** That the server is still the one whose log is followed. */
    void expectFollowed() {
        if (!log.server().isEmpty()) {
            try (Server server = connect()) {
                if (!server.identity().orElse("").equals(log.server())) {
                    throw WindrowException.of(ConnectError.CONNECT_REFUSED, "Reading the log: another server answers than a moment ago");
                }
            }
        }
    }

    /** The name under which the connector runs; a part of what it calls its partition, so it stays the same. */
    String server() {
        return context.pipeline().replaceAll("[^a-zA-Z0-9_]", "_");
    }

    /** The connector's classes; loaded when they are first needed. */
    synchronized PluginLoader loader() {
        PluginLoader known = loader;
        if (known == null) {
            known = PluginLoader.of(preset.plugin().orElseGet(this::ofLauncher));
            loader = known;
        }
        return known;
    }

    private Path ofLauncher() {
        String plugins = System.getProperty(PLUGINS);
        if (plugins == null) {
            throw WindrowException.of(
                    ConnectError.PLUGIN_MISSING, "Loading the connector of " + preset.vendor() + ": the setting plugin names no folder");
        }
        return Path.of(plugins, preset.line());
    }

    Server connect() {
        return preset.server(loader());
    }

    /** What this run's planner found out about a stream. */
    void remember(StreamSchema schema) {
        schemas.put(schema.stream(), schema);
    }

    StreamSchema schema(StreamName stream) {
        return schemas.computeIfAbsent(stream, this::fresh);
    }

    /** The stream as the database has it at this moment. */
    StreamSchema fresh(StreamName stream) {
        try (Server server = connect()) {
            return server.schema(stream);
        }
    }

    /** Starts the connector. */
    HostedTask start(ConnectSplit.Kind kind, Collection<StreamName> streams, HistoryFile file, SavedOffsets offsets) {
        Map<String, String> settings = settings(kind, streams, file);
        if (kind == ConnectSplit.Kind.COPY && preset.dialect() == Values.Dialect.BINLOG) {
            ExactCopy.settings(streams.stream().map(this::schema).toList()).forEach(settings::putIfAbsent);
        }
        boolean heard = kind == ConnectSplit.Kind.LOG && preset.dialect() == Values.Dialect.BINLOG;
        return HostedTask.start(loader(), preset.connectorClass(), settings, secrets(settings), offsets,
                heard ? new HeardLog(streams, context.notices()) : LogWatch.NONE);
    }

    /** Those that the config calls so, and what further settings hold under such a name. */
    private List<Secret> secrets(Map<String, String> settings) {
        return Stream.concat(
                        preset.secretValues().stream(),
                        settings.entrySet().stream().filter(one -> SECRET_NAMES.matcher(one.getKey()).find()).map(one -> Secret.of(one.getValue())))
                .toList();
    }

    /** What the connector is told; holds the password. */
    Map<String, String> settings(ConnectSplit.Kind kind, Collection<StreamName> streams, HistoryFile file) {
        Map<String, String> settings = new LinkedHashMap<>(preset.settings(server()));
        settings.put("name", server());
        settings.put("tasks.max", "1");
        if (preset.shape() != Shape.MESSAGES) {
            settings.putAll(debezium());
            settings.putAll(preset.captured(streams));
            if (preset.shape() == Shape.ROWS) {
                settings.putAll(file.settings());
            }
            settings.putAll(preset.properties());
            // Whatever else is asked for: what is copied, and what is only followed, is ours to say.
            settings.put("snapshot.mode", kind == ConnectSplit.Kind.COPY ? "initial_only" : "initial");
            if (kind == ConnectSplit.Kind.LOG) {
                settings.putAll(preset.following());
                if (proven) {
                    settings.put("internal.log.position.check.enable", "false");
                }
            }
        }
        return settings;
    }

    /** What every connector of Debezium is told. */
    private Map<String, String> debezium() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("topic.prefix", server());
        settings.putAll(Metrics.settings(context.pipeline()));
        // The runner retries, and knows when to stop.
        settings.put("errors.max.retries", "0");
        settings.put("decimal.handling.mode", "precise");
        settings.put("skipped.operations", "none");
        settings.put("tombstones.on.delete", "false");
        // Of the connector's name and the task's number, made anew with every record.
        settings.put("extended.headers.enabled", "false");
        // With every event if the last one is as long ago: a run that meets nothing of its tables has read the log all the same (D08).
        settings.put("heartbeat.interval.ms", "10");
        settings.put("poll.interval.ms", "50");
        settings.put("max.batch.size", "2048");
        settings.put("max.queue.size", "8192");
        // I12: what is on its way from the connector to a batch has a limit in bytes too.
        settings.put("max.queue.size.in.bytes", Long.toString(2 * preset.batchSize().bytes()));
        return settings;
    }

    /** A reader has copied the streams as of a place in the log. */
    void copied(String split, Set<StreamName> streams, LogPlace place, List<String> lines) {
        streams.forEach(history::forget);
        lines.forEach(line -> history.add(streams, line));
        copies.put(split, place);
    }

    /** The place of a copy that has ended. */
    LogPlace copied(String split) {
        LogPlace place = copies.get(split);
        if (place == null) {
            throw WindrowException.of(ConnectError.PLANNER_MISUSED, "Ending the copy " + split + ": nobody has read it");
        }
        return place;
    }

    @Override
    public List<CheckResult> check() {
        List<CheckResult> results = new ArrayList<>();
        try (Server server = connect()) {
            if (preset.shape() == Shape.ROWS) {
                results.add(CheckResult.ok("connection", "connected as the user of the pipeline file"));
            } else {
                results.add(asked());
            }
            results.addAll(server.check(preset.streams()));
        } catch (WindrowException e) {
            results.add(CheckResult.failed("connection", e.getMessage(), e.remedy()));
        }
        return results;
    }

    /** Where nobody but the connector connects, it is asked what it makes of its settings. */
    private CheckResult asked() {
        try (HistoryFile none = new HistoryFile(context.temporaryFolder(), List.of())) {
            Map<String, String> settings = settings(ConnectSplit.Kind.LOG, preset.streams(), none);
            Map<String, String> refused = HostedTask.refused(loader(), preset.connectorClass(), settings, secrets(settings));
            return refused.isEmpty()
                    ? CheckResult.ok("connector", "it loads and takes its settings")
                    : CheckResult.failed("connector", "it refuses its settings: " + refused, "Correct what it names.");
        }
    }

    @Override
    public List<StreamDescription> discover() {
        try (Server server = connect()) {
            return preset.streams().stream()
                    .map(stream -> new StreamDescription(
                            server.schema(stream), preset.shape().kind(), Set.of(ReadMode.CDC), List.of(), server.estimatedRows(stream), -1, List.of()))
                    .toList();
        }
    }

    @Override
    public Map<StreamName, ReadMode> selected() {
        return new LinkedHashSet<>(preset.streams()).stream()
                .collect(Collectors.toMap(stream -> stream, stream -> ReadMode.CDC, (one, other) -> one, LinkedHashMap::new));
    }

    @Override
    public SplitPlanner plan(List<StreamRequest> requests) {
        schemas.clear();
        return new ConnectPlanner(this, context, requests);
    }

    @Override
    public SplitReader open(Split split, Optional<Position> from) {
        throw WindrowException.of(ConnectError.PLANNER_MISUSED, "Opening split " + split.id() + ": it is not a log");
    }

    @Override
    public SplitReader openLog(Split split, Map<StreamName, Position> starts) {
        return ConnectSplit.isLog(split)
                ? new LogReader(this, context, ConnectSplit.of(split), starts)
                : new CopyReader(this, context, split);
    }

    @Override
    public Optional<Comparator<Position>> order() {
        return Optional.of(LogPlace.ORDER);
    }

    @Override
    public synchronized void close() {
        PluginLoader known = loader;
        loader = null;
        if (known != null) {
            try {
                known.close();
            } catch (IOException e) {
                throw WindrowException.of(ConnectError.PLUGIN_BROKEN, "Closing the plugin folder: " + e.getMessage(), e);
            }
        }
    }
}

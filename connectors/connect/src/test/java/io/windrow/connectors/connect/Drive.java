package io.windrow.connectors.connect;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.testkit.oracle.ChangeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A runner for tests: one thread, commits after every batch, may be killed after any of them. */
final class Drive {
    private final Preset preset;
    private final Context context;
    private final List<StreamName> streams;
    /** What is committed of each stream, in order. */
    final Map<StreamName, List<String>> rows = new TreeMap<>();
    final Map<StreamName, PlannerState> states = new TreeMap<>();
    final Map<StreamName, Position> places = new TreeMap<>();
    final Map<StreamName, Long> generations = new TreeMap<>();
    final Map<StreamName, WindrowException> refused = new TreeMap<>();
    /** The streams with which a run could not go on. */
    final Map<StreamName, WindrowException> failed = new TreeMap<>();
    /** Where rows came that are not of the planned schema. */
    final Map<StreamName, Position> altered = new TreeMap<>();
    /** What is done once every table is copied, before the log is read. */
    Runnable beforeLog = () -> {};
    /** What is done after each batch of the log is committed, while the connector goes on. */
    Runnable afterBatch = () -> {};
    /** What is done after each batch of a copy is committed, while the connector goes on. */
    Runnable afterCopied = () -> {};
    /** For how long the log may be silent. */
    Duration silence = Silence.MOST;
    /** How far a run reads. */
    Until until = Until.CAUGHT_UP;
    long seenAgain;
    /** Values that followed a counted rule, by column and kind. */
    final Map<String, Long> exceptions = new TreeMap<>();
    private Optional<Position> released = Optional.empty();

    Drive(Preset preset, Context context) {
        this.preset = preset;
        this.context = context;
        this.streams = preset.streams();
        streams.forEach(stream -> {
            rows.put(stream, new ArrayList<>());
            generations.put(stream, 1L);
        });
    }

    List<String> rows(String name) {
        return rows.get(name.contains(".") ? Preset.stream(name) : StreamName.of(name));
    }

    void run() {
        run(Integer.MAX_VALUE);
    }

    /** Runs up to the log's end, or dies after so many batches were committed. */
    void run(int batches) {
        int left = batches;
        try (Source source = new ConnectSource(preset, context, silence); SplitPlanner planner = source.plan(requests())) {
            refused.clear();
            failed.clear();
            refused.putAll(planner.refusals());
            List<StreamName> active = new ArrayList<>(streams);
            active.removeAll(refused.keySet());
            for (StreamName stream : active) {
                if (planner.plans().get(stream).restart().isPresent()) {
                    generations.merge(stream, 1L, Long::sum);
                    rows.get(stream).clear();
                    states.remove(stream);
                    places.remove(stream);
                    planner.restart(stream, generations.get(stream));
                } else if (places.containsKey(stream)) {
                    planner.giveBack(new ConnectSplit(ConnectSplit.Kind.LOG, Optional.empty()).toSplit("", List.of(stream)),
                            Optional.of(places.get(stream)));
                }
            }
            while (!active.stream().allMatch(planner::ended)) {
                List<SplitPlanner.Assignment> next = planner.next(1);
                refused.putAll(planner.failed());
                active.removeAll(refused.keySet());
                for (SplitPlanner.Assignment one : next) {
                    if (ConnectSplit.isLog(one.split())) {
                        beforeLog.run();
                    }
                    left = read(source, planner, one, left);
                    if (left == 0) {
                        return;
                    }
                }
            }
        }
    }

    private List<StreamRequest> requests() {
        return streams.stream()
                .map(stream -> new StreamRequest(
                        stream, ReadMode.CDC, generations.get(stream), Optional.ofNullable(states.get(stream)), until,
                        released.map(at -> Map.of(ConnectSplit.logId(), at)).orElse(Map.of())))
                .toList();
    }

    private int read(Source source, SplitPlanner planner, SplitPlanner.Assignment one, int batches) {
        int left = batches;
        boolean log = ConnectSplit.isLog(one.split());
        try (SplitReader reader = source.openLog(one.split(), one.starts())) {
            while (true) {
                ReadResult result;
                try {
                    result = reader.read(System.nanoTime() + TimeUnit.SECONDS.toNanos(20));
                } finally {
                    altered.putAll(reader.altered());
                }
                failed.putAll(reader.failed());
                switch (result) {
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            StreamName stream = batch.stream();
                            if (failed.containsKey(stream)) {
                                continue;
                            }
                            batch.exceptions().forEach((kind, count) -> exceptions.merge(kind, count, Long::sum));
                            rows.get(stream).addAll(ChangeText.rows(batch));
                            seenAgain += Optional.ofNullable(batch.measures().get(Source.SEEN_AGAIN)).map(m -> m.count()).orElse(0L);
                            states.put(stream, planner.state(stream));
                            if (log) {
                                places.put(stream, batch.position());
                                data.moved().ifPresent(at -> moved(reader, one, at));
                            }
                        }
                        (log ? afterBatch : afterCopied).run();
                        if (--left == 0) {
                            return 0;
                        }
                    }
                    case ReadResult.Idle idle -> idle.moved().ifPresent(at -> moved(reader, one, at));
                    case ReadResult.End end -> {
                        planner.ended(one.split(), end.proof());
                        for (StreamName stream : log ? one.starts().keySet() : new java.util.HashSet<>(one.split().streams())) {
                            if (failed.containsKey(stream)) {
                                continue;
                            }
                            states.put(stream, planner.state(stream));
                            end.resume().ifPresent(at -> places.put(stream, at));
                        }
                        return left;
                    }
                }
            }
        }
    }

    /** Goes on where another pipeline file of the same pipeline was. */
    void goOnFrom(Drive other) {
        rows.putAll(other.rows);
        states.putAll(other.states);
        places.putAll(other.places);
        generations.putAll(other.generations);
    }

    /** Everything up to here is committed of all streams but those that have failed, which hold the log where they are. */
    private void moved(SplitReader reader, SplitPlanner.Assignment log, Position at) {
        for (StreamName stream : log.starts().keySet()) {
            if (!failed.containsKey(stream)) {
                places.merge(stream, at, (one, other) -> LogPlace.ORDER.compare(one, other) >= 0 ? one : other);
            }
        }
        if (failed.isEmpty()) {
            released = Optional.of(at);
            reader.acknowledge(at);
        }
    }

    Map<StreamName, Position> placesCopy() {
        return new HashMap<>(places);
    }
}

package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Until;
import io.windrow.testkit.oracle.ChangeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A runner for tests of change streams: one thread, several streams, commits after every batch if it may, may be killed after any. */
final class LogDrive implements AutoCloseable {
    final Drive drive;
    final List<StreamName> streams;
    /** What is committed of each stream, in order. */
    final Map<StreamName, List<String>> rows = new TreeMap<>();
    final Map<StreamName, WindrowException> refused = new TreeMap<>();
    final Map<StreamName, PlannerState> states = new TreeMap<>();
    final Map<StreamName, Position> places = new TreeMap<>();
    final Map<StreamName, Long> generations = new TreeMap<>();
    /** Up to where the log was let go, with everything of these streams delivered. */
    final Map<StreamName, Map<String, Position>> released = new TreeMap<>();
    /** Streams that the last run's reader left behind, and why. */
    final Map<StreamName, WindrowException> failed = new TreeMap<>();
    long seenAgain;
    /** Changes that copied rows showed. */
    long superseded;
    /** Streams of which a mask hides the key. */
    final Set<StreamName> hidden = new HashSet<>();
    /** The slot that runs read. */
    String slot = "windrow_test";
    /** Whether a stream of which nothing more can be handed out leaves the others alone. */
    boolean parksWhatCannotBePlanned;
    /** Up to where runs read. */
    Until until = Until.CAUGHT_UP;
    /** Keys of rows that are to be read again, until a batch says that they are through. */
    final Map<StreamName, List<List<String>>> repairs = new HashMap<>();
    /** How many keys were said to be through. */
    long repaired;
    /** Streams of which another generation was opened while they were followed. */
    final Set<StreamName> again = new HashSet<>();

    /** The stream is to be read from its start, as a new generation. */
    void copyAgain(StreamName stream) {
        again.add(stream);
        generations.merge(stream, 1L, Long::sum);
        rows.get(stream).clear();
        states.remove(stream);
        places.remove(stream);
        released.remove(stream);
    }

    /** How long a read of the log may wait. */
    long readMillis = 2000;

    LogDrive(PostgresConfig config, StreamName... streams) {
        this.drive = new Drive(config, streams[0]);
        this.streams = List.of(streams);
        for (StreamName stream : streams) {
            rows.put(stream, new ArrayList<>());
            generations.put(stream, 1L);
        }
    }

    static StreamConfig follow(String table, String... columns) {
        StreamConfig plain = StreamConfig.snapshot(table);
        return new StreamConfig(
                plain.table(), plain.query(), plain.name(), plain.exclude(), ReadMode.CDC, plain.cursor(), plain.guarantee(),
                plain.lag(), plain.start(), List.of(columns), plain.where(), plain.key(), plain.outOfRange(), plain.consistency());
    }

    /** A stream of messages with these prefixes. */
    static StreamConfig messages(String name, List<String> columns, String... prefixes) {
        StreamConfig plain = StreamConfig.snapshot("public.t");
        return new StreamConfig(
                Optional.empty(), plain.query(), Optional.of(name), plain.exclude(), ReadMode.CDC, plain.cursor(), plain.guarantee(),
                plain.lag(), plain.start(), columns, plain.where(), plain.key(), plain.outOfRange(), plain.consistency(), List.of(prefixes));
    }

    /** What was read and committed elsewhere is gone on from. */
    void goOnFrom(LogDrive other) {
        states.putAll(other.states);
        places.putAll(other.places);
        released.putAll(other.released);
    }

    static PostgresConfig config(String url, String... tables) {
        List<StreamConfig> streams = new ArrayList<>();
        for (String table : tables) {
            streams.add(follow(table));
        }
        return Drive.config(url, streams.toArray(StreamConfig[]::new));
    }

    static PostgresConfig config(String url, ChangesConfig changes, String... tables) {
        PostgresConfig plain = config(url, tables);
        return new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(),
                plain.batchRows(), plain.lockTimeout(), plain.connectTimeout(), plain.longTransaction(), Optional.of(changes));
    }

    Secret url() {
        return drive.config.url();
    }

    void run() {
        run(Integer.MAX_VALUE);
    }

    /** What is done once the log is handed out and all copies have ended, before it is read. */
    Runnable beforeLog = () -> {};

    /** What is done before each read of a copy, by the thread that reads. */
    Consumer<SplitPlanner> whileCopying = planner -> {};

    /** What is done before each read of the log, by the thread that reads. */
    BiConsumer<SplitPlanner, SplitReader> beforeRead = (planner, reader) -> {};

    /** Whether a run that waits for rows has to end. */
    BooleanSupplier enough = () -> false;

    /**
     * Runs up to the log's end, or dies after so many batches were committed. Whoever read the slot before is let go first:
     * while the server sends it does not look whether he is still there, and lets nobody else read.
     */
    void run(int batches) {
        try (PostgresSource source = drive.source(); Session session = Session.open(source.address(), source.config())) {
            await().pollDelay(Duration.ZERO).atMost(Duration.ofMinutes(5)).until(() -> session.row(
                    "SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_name = '" + slot + "' AND active").contains("0"));
        }
        runAtOnce(batches);
    }

    /** The same, whoever reads the slot. */
    void runAtOnce(int batches) {
        int left = batches;
        refused.clear();
        // Of a stream without a state nothing is committed.
        places.keySet().retainAll(states.keySet());
        failed.clear();
        try (Source source = drive.source(); SplitPlanner planner = source.plan(requests())) {
            refused.putAll(planner.refusals());
            for (StreamName stream : hidden) {
                planner.hide(stream);
                assertThat(planner.plans().get(stream).positionFields()).isEmpty();
            }
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
                    planner.giveBack(log(stream), Optional.of(resumes(source, stream)));
                }
            }
            while (!active.stream().allMatch(planner::ended)) {
                List<SplitPlanner.Assignment> next = planner.next(1);
                for (Map.Entry<StreamName, WindrowException> failure : planner.failed().entrySet()) {
                    if (!parksWhatCannotBePlanned) {
                        throw failure.getValue();
                    }
                    failed.put(failure.getKey(), failure.getValue());
                    planner.parked(failure.getKey());
                    active.remove(failure.getKey());
                }
                for (SplitPlanner.Assignment one : next) {
                    if (one.split().kind() == Split.Kind.LOG) {
                        beforeLog.run();
                    }
                    left = read(source, planner, one, left);
                    if (left == 0) {
                        return;
                    }
                }
            }
            active.forEach(stream -> states.put(stream, planner.state(stream)));
        }
    }

    /** Behind what is committed, and behind what was let go. */
    private Position resumes(Source source, StreamName stream) {
        Position saved = places.get(stream);
        return Optional.ofNullable(released.getOrDefault(stream, Map.of()).get(log(stream).id()))
                .filter(position -> LogPosition.ORDER.compare(position, saved) > 0)
                .map(position -> source.goesOn(stream, saved, position))
                .orElse(saved);
    }

    private Split log(StreamName stream) {
        return new LogSplit(slot, "p", java.util.OptionalLong.empty()).toSplit(List.of(stream));
    }

    private List<StreamRequest> requests() {
        return streams.stream()
                .map(stream -> new StreamRequest(
                        stream, ReadMode.CDC, generations.get(stream), Optional.ofNullable(states.get(stream)),
                        until, released.getOrDefault(stream, Map.of()),
                        again.contains(stream) && !states.containsKey(stream)
                                ? StreamRequest.Copy.BESIDE_LOG
                                : StreamRequest.Copy.OF_ITSELF,
                        repairs.getOrDefault(stream, List.of())))
                .toList();
    }

    /** What is committed at some time. */
    private record Committed(
            Map<StreamName, Integer> rows, Map<StreamName, PlannerState> states, Map<StreamName, Position> places,
            Map<StreamName, Map<String, Position>> released) {}

    private Committed committed() {
        Map<StreamName, Integer> sizes = new HashMap<>();
        rows.forEach((stream, all) -> sizes.put(stream, all.size()));
        return new Committed(sizes, Map.copyOf(states), Map.copyOf(places), Map.copyOf(released));
    }

    private void undoTo(Committed then) {
        then.rows().forEach((stream, size) -> rows.get(stream).subList(size, rows.get(stream).size()).clear());
        states.keySet().retainAll(then.states().keySet());
        states.putAll(then.states());
        places.keySet().retainAll(then.places().keySet());
        places.putAll(then.places());
        released.keySet().retainAll(then.released().keySet());
        released.putAll(then.released());
    }

    private int read(Source source, SplitPlanner planner, SplitPlanner.Assignment one, int batches) {
        int left = batches;
        Committed committed = committed();
        boolean log = one.split().kind() == Split.Kind.LOG;
        boolean ended = false;
        Optional<Position> letGo = Optional.empty();
        try (SplitReader reader = log
                ? source.openLog(one.split(), one.starts())
                : source.open(one.split(), one.from())) {
            while (!ended) {
                if (log) {
                    beforeRead.accept(planner, reader);
                } else {
                    whileCopying.accept(planner);
                }
                ReadResult result = reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(readMillis));
                failed.putAll(reader.failed());
                List<StreamName> going = one.starts().keySet().stream().filter(each -> !failed.containsKey(each)).toList();
                if (log && going.isEmpty()) {
                    if (result instanceof ReadResult.Data data) {
                        data.batch().close();
                    }
                    throw failed.values().iterator().next();
                }
                switch (result) {
                    case ReadResult.Data data when failed.containsKey(data.batch().stream()) -> data.batch().close();
                    case ReadResult.Data data -> {
                        try (Batch batch = data.batch()) {
                            StreamName stream = batch.stream();
                            rows.get(stream).addAll(ChangeText.rows(batch));
                            Optional.ofNullable(batch.measures().get(Source.SEEN_AGAIN)).ifPresent(m -> seenAgain += m.count());
                            superseded += batch.account().superseded();
                            Optional.ofNullable(batch.measures().get(Source.REPAIRED)).ifPresent(m -> {
                                repaired += m.count();
                                repairs.remove(stream);
                            });
                            if (log) {
                                at(stream, batch.position());
                            }
                            states.put(stream, planner.state(stream));
                            if (log && data.moved().isPresent()) {
                                going.forEach(each -> at(each, data.moved().get()));
                                if (failed.isEmpty()) {
                                    letGo(one, data.moved().get());
                                    reader.acknowledge(data.moved().get());
                                }
                            }
                        }
                        if (--left == 0) {
                            if (!reader.mayCut()) {
                                undoTo(committed);
                            }
                            return 0;
                        }
                    }
                    case ReadResult.Idle idle -> {
                        if (until == Until.STOPPED && idle.moved().isPresent() && failed.isEmpty()) {
                            going.forEach(each -> at(each, idle.moved().get()));
                            letGo(one, idle.moved().get());
                            reader.acknowledge(idle.moved().get());
                        }
                        if (enough.getAsBoolean()) {
                            return 0;
                        }
                        reader.keepAlive();
                    }
                    case ReadResult.End end -> {
                        planner.ended(one.split(), end.proof());
                        if (log) {
                            end.resume().ifPresent(at -> going.forEach(each -> places.put(each, at)));
                            going.forEach(stream -> states.put(stream, planner.state(stream)));
                            letGo = failed.isEmpty() ? end.resume() : Optional.empty();
                        } else {
                            states.put(one.split().stream(), planner.state(one.split().stream()));
                        }
                        ended = true;
                    }
                }
                if (reader.mayCut()) {
                    committed = committed();
                }
            }
        }
        if (letGo.isPresent() && one.starts().keySet().containsAll(one.split().streams())) {
            letGo(one, letGo.get());
            planner.acknowledge(one.split(), letGo.get());
        }
        return left;
    }

    /** A stream that has been further stays there. */
    private void at(StreamName stream, Position position) {
        places.merge(stream, position, (before, now) -> LogPosition.ORDER.compare(before, now) > 0 ? before : now);
    }

    private void letGo(SplitPlanner.Assignment one, Position position) {
        one.starts().keySet().forEach(stream -> released.put(stream, Map.of(one.split().id(), position)));
    }

    /** The committed rows of the only stream. */
    List<String> rows() {
        return rows.get(streams.getFirst());
    }

    Map<StreamName, Position> placesCopy() {
        return new HashMap<>(places);
    }

    @Override
    public void close() {
        drive.close();
    }
}

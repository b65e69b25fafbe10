package io.windrow.benchmarks.governed;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamPlan;
import io.windrow.api.source.StreamRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Cuts what is new of each table into splits of so many rows. Its state is {@code from,to,finished} and then the beginnings
 * of the splits that have ended.
 */
final class GeneratedPlanner implements SplitPlanner {
    private static final Guarantee GUARANTEE = new Guarantee("snapshot", "All rows as of one moment.", List.of(), List.of());

    private final Map<StreamName, Read> reads = new TreeMap<>();
    private final Map<StreamName, StreamPlan> plans = new TreeMap<>();
    private final ArrayDeque<Assignment> ready = new ArrayDeque<>();
    private boolean made;

    /** How far one table is read. */
    private static final class Read {
        final Table table;
        long generation;
        int from;
        int to;
        final Set<Integer> ended = new TreeSet<>();
        /** Where splits that had been begun go on, by their beginning. */
        final Map<Integer, Integer> open = new LinkedHashMap<>();

        Read(Table table, long generation) {
            this.table = table;
            this.generation = generation;
            this.to = table.log.size();
        }

        boolean finished() {
            for (int begin = from; begin < to; begin += table.splitRows) {
                if (!ended.contains(begin)) {
                    return false;
                }
            }
            return true;
        }
    }

    GeneratedPlanner(List<Table> tables, List<StreamRequest> requests) {
        for (StreamRequest request : requests) {
            Table table = tables.stream().filter(one -> one.stream.equals(request.stream())).findFirst().orElseThrow();
            Read read = new Read(table, request.generation());
            request.state().ifPresent(state -> resume(read, state));
            boolean lost = request.state().isPresent() && table.lost && table.mode == ReadMode.SNAPSHOT;
            table.lost = false;
            reads.put(table.stream, read);
            plans.put(table.stream, new StreamPlan(
                    table.schema(), GUARANTEE, lost ? Optional.of("snapshot.lost") : Optional.empty(), read.to - read.from, -1));
        }
    }

    private static void resume(Read read, PlannerState state) {
        List<String> parts = Arrays.asList(state.text().split(","));
        if (read.table.mode == ReadMode.INCREMENTAL && Boolean.parseBoolean(parts.get(2))) {
            read.from = Integer.parseInt(parts.get(1));
            return;
        }
        read.from = Integer.parseInt(parts.get(0));
        read.to = Integer.parseInt(parts.get(1));
        parts.subList(3, parts.size()).forEach(begin -> read.ended.add(Integer.parseInt(begin)));
    }

    static int begin(Split split) {
        return Integer.parseInt(split.text().split(",")[0]);
    }

    static int end(Split split) {
        return Integer.parseInt(split.text().split(",")[1]);
    }

    @Override
    public Map<StreamName, StreamPlan> plans() {
        return plans;
    }

    @Override
    public Map<StreamName, WindrowException> refusals() {
        return Map.of();
    }

    @Override
    public void restart(StreamName stream, long generation) {
        Read read = reads.get(stream);
        read.generation = generation;
        read.from = 0;
        read.to = read.table.log.size();
        read.ended.clear();
    }

    private void make() {
        if (made) {
            return;
        }
        made = true;
        for (Read read : reads.values()) {
            read.table.resumed = read.to;
            for (int begin = read.from; begin < read.to; begin += read.table.splitRows) {
                if (read.ended.contains(begin)) {
                    continue;
                }
                int at = read.open.getOrDefault(begin, begin);
                read.table.resumed = Math.min(read.table.resumed, at);
                if (!read.open.containsKey(begin)) {
                    int end = Math.min(read.to, begin + read.table.splitRows);
                    ready.add(new Assignment(
                            new Split(read.generation + "/" + begin, read.table.stream, 1, begin + "," + end, -1),
                            Optional.empty()));
                }
            }
        }
    }

    @Override
    public List<Assignment> next(int max) {
        make();
        List<Assignment> next = new ArrayList<>();
        while (next.size() < max && !ready.isEmpty()) {
            next.add(ready.poll());
        }
        return next;
    }

    @Override
    public void ended(Split split, EndProof proof) {
        reads.get(split.stream()).ended.add(begin(split));
    }

    @Override
    public void giveBack(Split split, Optional<Position> position) {
        int at = position.map(place -> Integer.parseInt(place.text())).orElse(begin(split));
        reads.get(split.stream()).open.put(begin(split), at);
        ready.add(new Assignment(split, position));
    }

    @Override
    public boolean ended(StreamName stream) {
        return reads.get(stream).finished();
    }

    @Override
    public boolean finished() {
        return reads.values().stream().allMatch(Read::finished);
    }

    @Override
    public PlannerState state(StreamName stream) {
        Read read = reads.get(stream);
        StringBuilder text = new StringBuilder().append(read.from).append(',').append(read.to).append(',').append(read.finished());
        read.ended.forEach(begin -> text.append(',').append(begin));
        return new PlannerState(1, text.toString());
    }

    @Override
    public void acknowledge(StreamName stream, PlannerState state) {
        // Nothing upstream is freed.
    }

    @Override
    public void keepAlive() {
        // There is no connection.
    }

    @Override
    public void close() {
        // There is no connection.
    }
}

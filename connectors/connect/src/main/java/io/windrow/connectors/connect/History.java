package io.windrow.connectors.connect;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.SavedText;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.TableIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the followed tables looked like at which place of the log: the lines of Debezium's schema history, which every stream
 * saves for its own table in its planner state, in the same write as its position. A line may be ahead of the position; the
 * connector passes over it until it comes there. Safe for use by many threads: a reader adds, the planner saves.
 */
final class History {
    private static final LogOrder.Before NOTHING = new LogOrder.Before(0, Map.of());

    private final LogOrder order;
    private final Map<StreamName, List<Line>> lines = new TreeMap<>();
    private long next;

    /**
     * A change of tables.
     *
     * @param number its number among all lines
     * @param text as the connector wrote it
     */
    private record Line(long number, String text) {
        Map<String, @Nullable Object> parsed() {
            return SavedText.read(text);
        }

        /** Which change it tells of: read again after a restart, the same one is written with another time. */
        String change() {
            Map<String, @Nullable Object> parsed = parsed();
            return SavedText.write(SavedText.object(parsed, "position")) + parsed.get("ddl");
        }
    }

    History(LogOrder order) {
        this.order = order;
    }

    /** Takes in a line that the connector wrote; it is kept by every stream whose table it is of. */
    synchronized void add(Set<StreamName> followed, String text) {
        Line line = new Line(next++, text);
        Set<StreamName> of = new LinkedHashSet<>();
        for (Map<String, @Nullable Object> table : SavedText.objects(line.parsed(), "tableChanges")) {
            of.add(TableIds.stream(SavedText.field(table, "id", String.class)));
        }
        // A change of no table, such as the character set of a database, counts for all of them.
        Set<StreamName> keeping = of.isEmpty() ? followed : of;
        for (StreamName stream : keeping) {
            if (followed.contains(stream)) {
                List<Line> own = lines.computeIfAbsent(stream, name -> new ArrayList<>());
                if (own.stream().noneMatch(known -> known.change().equals(line.change()))) {
                    own.add(line);
                }
            }
        }
    }

    /** Forgets a stream, which is to be copied anew. */
    synchronized void forget(StreamName stream) {
        lines.remove(stream);
    }

    /** What a stream saves. */
    synchronized List<Map<String, Object>> saved(StreamName stream) {
        return lines.getOrDefault(stream, List.of()).stream()
                .map(line -> Map.<String, Object>of("number", line.number(), "text", line.text()))
                .toList();
    }

    /** Takes in what a stream saved. */
    synchronized void restore(StreamName stream, List<Map<String, @Nullable Object>> saved) {
        List<Line> own = new ArrayList<>();
        for (Map<String, @Nullable Object> one : saved) {
            Line line = new Line(SavedText.field(one, "number", Long.class), SavedText.field(one, "text", String.class));
            next = Math.max(next, line.number() + 1);
            own.add(line);
        }
        lines.put(stream, own);
    }

    /**
     * The history that a connector is given that goes on at the lowest of the streams' places. What a table looked like at its
     * stream's own place is told as if it had been so from there on: rows before are passed over. Older lines are forgotten (D21).
     *
     * @param starts where each stream goes on
     * @param lowest the lowest of them
     */
    synchronized List<String> from(Map<StreamName, LogPlace> starts, LogPlace lowest) {
        Map<Long, String> all = new TreeMap<>();
        starts.forEach((stream, start) -> {
            List<Line> own = lines.getOrDefault(stream, new ArrayList<>());
            List<Line> before = own.stream().filter(line -> isAtOrBefore(line, start)).toList();
            Map<Boolean, List<Line>> byTable = new HashMap<>();
            for (Line line : before) {
                byTable.computeIfAbsent(isOfTable(line), of -> new ArrayList<>()).add(line);
            }
            List<Line> kept = new ArrayList<>(byTable.getOrDefault(false, List.of()));
            byTable.getOrDefault(true, List.of()).stream().max(Comparator.comparingLong(Line::number)).ifPresent(kept::add);
            kept.forEach(line -> all.put(line.number(), at(line, lowest)));
            List<Line> later = own.stream().filter(line -> !before.contains(line)).toList();
            later.forEach(line -> all.put(line.number(), line.text()));
            if (order.isAbsolute()) {
                List<Line> left = new ArrayList<>(kept);
                left.addAll(later);
                lines.put(stream, left);
            }
        });
        return List.copyOf(all.values());
    }

    private static boolean isOfTable(Line line) {
        return !SavedText.objects(line.parsed(), "tableChanges").isEmpty();
    }

    /** Of a connector whose places are only counted nobody can tell, so every line stays as it is. */
    private boolean isAtOrBefore(Line line, LogPlace start) {
        return order.isAbsolute() && order.place(SavedText.object(line.parsed(), "position"), NOTHING) <= start.transaction();
    }

    private String at(Line line, LogPlace lowest) {
        Map<String, @Nullable Object> moved = new LinkedHashMap<>(line.parsed());
        Map<String, Object> position = new LinkedHashMap<>(lowest.offsets().only());
        moved.put("position", position);
        return SavedText.write(moved);
    }
}

package io.windrow.connectors.connect;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.SavedText;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.TableIds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private LogOrder order;
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

        /** What it says something of, if it is of no table. */
        Optional<String> subject(StreamName stream) {
            Map<String, @Nullable Object> parsed = parsed();
            return DatabaseLine.subject(String.valueOf(parsed.get("ddl")), String.valueOf(parsed.get("databaseName")), stream.namespace());
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
        for (StreamName stream : followed) {
            // A change of no table, such as the character set of a database, counts for all of its tables.
            if (of.contains(stream) || of.isEmpty() && line.subject(stream).isPresent()) {
                List<Line> own = lines.computeIfAbsent(stream, name -> new ArrayList<>());
                // What was altered before a table's first form is in that form.
                boolean covered = order.isAbsolute() && place(line, order) < firstForm(own, order);
                if (!covered && own.stream().noneMatch(known -> known.change().equals(line.change()))) {
                    own.add(line);
                }
            }
        }
    }

    /** Lines are compared with places of this order from here on. */
    synchronized void follow(LogOrder of) {
        order = of;
    }

    /**
     * Another server's log is followed: of each stream that was read from one before, its table's form at its place there is kept, as
     * one at the lowest place of the log that is followed now. What lies behind that is read again.
     *
     * @param former where the streams stood in the log of which their lines are
     * @param lowest where the reading begins
     */
    synchronized void moved(Map<StreamName, LogPlace> former, LogPlace lowest) {
        former.forEach((stream, at) -> {
            // Places of two logs say nothing of each other.
            long before = former.values().stream()
                    .filter(other -> other.log().equals(at.log())).mapToLong(LogPlace::transaction).min().orElse(at.transaction());
            List<Line> own = lines.getOrDefault(stream, List.of());
            LogOrder was = order.shifted(at.log().shift());
            List<Line> moved = new ArrayList<>();
            kept(stream, own, was, Math.max(before, firstForm(own, was))).forEach(line -> moved.add(new Line(line.number(), at(line, lowest))));
            lines.put(stream, moved);
        });
    }

    /** Of all lines up to a place those that say what the table looked like there. */
    private static List<Line> kept(StreamName stream, List<Line> own, LogOrder order, long known) {
        List<Line> before = own.stream().filter(line -> place(line, order) <= known).toList();
        Map<String, Line> newest = new TreeMap<>();
        before.stream().filter(line -> !isOfTable(line)).sorted(byPlace(order))
                .forEach(line -> line.subject(stream).ifPresent(subject -> newest.put(subject, line)));
        List<Line> kept = new ArrayList<>(newest.values());
        before.stream().filter(History::isOfTable).max(byPlace(order)).ifPresent(kept::add);
        return kept;
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
     * The history that a connector is given that goes on at the lowest of the streams' places: what each table looked like there,
     * and every later change. The first form of a table that was copied further on is told as if it had been so from there on: its
     * rows before are passed over. Older lines are forgotten (D21).
     *
     * @param starts where each stream goes on
     * @param lowest the lowest of them
     */
    synchronized List<String> from(Map<StreamName, LogPlace> starts, LogPlace lowest) {
        Map<Line, String> all = new TreeMap<>(byPlace(order));
        for (StreamName stream : starts.keySet()) {
            // An earlier version kept every statement about any database.
            List<Line> own = lines.getOrDefault(stream, List.of()).stream()
                    .filter(line -> isOfTable(line) || line.subject(stream).isPresent()).toList();
            long known = Math.max(lowest.transaction(), firstForm(own, order));
            // Of a connector whose places are only counted nobody can tell, so every line stays as it is.
            List<Line> kept = order.isAbsolute() ? kept(stream, own, order, known) : List.of();
            List<Line> later = own.stream().filter(line -> !order.isAbsolute() || place(line, order) > known).toList();
            later.forEach(line -> all.put(line, line.text()));
            kept.forEach(line -> all.put(line, at(line, lowest)));
            if (order.isAbsolute()) {
                List<Line> left = new ArrayList<>(kept);
                left.addAll(later);
                lines.put(stream, left);
            }
        }
        return List.copyOf(all.values());
    }

    private static boolean isOfTable(Line line) {
        return !SavedText.objects(line.parsed(), "tableChanges").isEmpty();
    }

    /** The place of the first form of a table that is known. */
    private static long firstForm(List<Line> own, LogOrder order) {
        return own.stream().filter(History::isOfTable).mapToLong(line -> place(line, order)).min().orElse(Long.MIN_VALUE);
    }

    /** As the log has them: a line that a stream behind has the connector read again may arrive after later ones. */
    private static Comparator<Line> byPlace(LogOrder order) {
        return Comparator.<Line>comparingLong(line -> place(line, order)).thenComparingLong(Line::number);
    }

    private static long place(Line line, LogOrder order) {
        return order.place(SavedText.object(line.parsed(), "position"), NOTHING);
    }

    private static String at(Line line, LogPlace lowest) {
        Map<String, @Nullable Object> moved = new LinkedHashMap<>(line.parsed());
        Map<String, Object> position = new LinkedHashMap<>(lowest.offsets().only());
        moved.put("position", position);
        return SavedText.write(moved);
    }
}

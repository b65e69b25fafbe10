package io.windrow.connectors.connect.record;

import io.windrow.connectors.connect.host.SavedText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How much of a transaction was delivered, in a form that holds for every server that has the transaction: servers write the same rows
 * in the same order, but in events of their own sizes.
 *
 * @param gtid the transaction that a place lies in; empty: it lies between two, or nobody can tell
 * @param rows by table, how many of its rows in it were delivered or passed over; a change of key is one
 * @param owed by transaction that is still to come and by table, how many of its first rows were delivered before
 */
public record Halfway(String gtid, Map<String, Long> rows, Map<String, Map<String, Long>> owed) {
    /** Nothing of any transaction. */
    public static final Halfway NONE = new Halfway("", Map.of(), Map.of());

    public Halfway {
        rows = Map.copyOf(rows);
        Map<String, Map<String, Long>> copied = new TreeMap<>();
        owed.forEach((transaction, tables) -> copied.put(transaction, Map.copyOf(tables)));
        owed = Map.copyOf(copied);
    }

    /** What is owed once all of the transactions are read again from their beginning. */
    public Map<String, Map<String, Long>> owedAgain() {
        Map<String, Map<String, Long>> all = new TreeMap<>(owed);
        if (!rows.isEmpty()) {
            Map<String, Long> again = new TreeMap<>(rows);
            owed.getOrDefault(gtid, Map.of()).forEach((table, more) -> again.merge(table, more, Long::sum));
            all.put(gtid, again);
        }
        return all;
    }

    boolean isNothing() {
        return gtid.isEmpty() && owed.isEmpty();
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("gtid", gtid);
        map.put("rows", rows);
        map.put("owed", owed);
        return map;
    }

    static Halfway of(Map<String, @Nullable Object> map) {
        Map<String, @Nullable Object> owed = SavedText.object(map, "owed");
        Map<String, Map<String, Long>> all = new TreeMap<>();
        owed.keySet().forEach(transaction -> all.put(transaction, counts(owed, transaction)));
        return new Halfway(SavedText.field(map, "gtid", String.class), counts(map, "rows"), all);
    }

    private static Map<String, Long> counts(Map<String, @Nullable Object> of, String name) {
        Map<String, @Nullable Object> saved = SavedText.object(of, name);
        Map<String, Long> counts = new TreeMap<>();
        saved.keySet().forEach(table -> counts.put(table, SavedText.field(saved, table, Long.class)));
        return counts;
    }
}

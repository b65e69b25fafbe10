package io.windrow.api.schema;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which columns of a stream are the same after its schema has changed, by ids and names alone: the one rule for whoever compares
 * schemas and whoever keeps rows of both. Columns are the same if they have the same id. Where a source has given all ids anew (a
 * table that was restored, a query with a further column in between), and where ids are not the source's at all, columns of the
 * same name are the same. Pure.
 */
public final class SameColumns {
    /** Ids from here on up are given by Windrow: for a column that a step added, or for a name where a source has nothing else. */
    private static final int FIRST_BY_NAME = 1_000_000;

    private SameColumns() {}

    /** What a column is known by; ids and names are unique in a schema, names told apart exactly. */
    public record Label(int id, String name) {
        /** The labels of columns, in order. */
        public static List<Label> of(List<Column> columns) {
            return columns.stream().map(column -> new Label(column.id(), column.name())).toList();
        }
    }

    /** For each column of the former schema, in order, the index of the same one in the later schema, or −1: it is gone. */
    public static List<Integer> indexes(List<Label> former, List<Label> later) {
        Map<Integer, Integer> byId = new HashMap<>();
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < later.size(); i++) {
            byId.put(later.get(i).id(), i);
            byName.put(later.get(i).name(), i);
        }
        List<Integer> same = new ArrayList<>(Collections.nCopies(former.size(), -1));
        Set<Integer> taken = new HashSet<>();
        boolean anew = wereNumberedAnew(former, later, byId, byName);
        for (int i = 0; i < former.size(); i++) {
            Integer at = byName.get(former.get(i).name());
            if (at != null && (anew || former.get(i).id() >= FIRST_BY_NAME && later.get(at).id() >= FIRST_BY_NAME)) {
                same.set(i, at);
                taken.add(at);
            }
        }
        for (int i = 0; i < former.size(); i++) {
            Integer at = byId.get(former.get(i).id());
            if (same.get(i) < 0 && at != null && taken.add(at)) {
                same.set(i, at);
            }
        }
        return List.copyOf(same);
    }

    /** The ids are others, and a name that both have belongs to another id: ids say nothing then. */
    private static boolean wereNumberedAnew(
            List<Label> former, List<Label> later, Map<Integer, Integer> byId, Map<String, Integer> byName) {
        Set<Integer> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (Label before : former) {
            ids.add(before.id());
            names.add(before.name());
        }
        if (ids.equals(byId.keySet())) {
            return false;
        }
        for (Label before : former) {
            Integer at = byId.get(before.id());
            if (at != null && !later.get(at).name().equals(before.name()) && byName.containsKey(before.name())
                    && names.contains(later.get(at).name())) {
                return true;
            }
        }
        return false;
    }
}

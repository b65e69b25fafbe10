package io.windrow.core.transform.mask;

import io.windrow.api.batch.Rejected;
import io.windrow.api.error.WindrowException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The rows of one batch that a mask could not treat, each with its first reason. */
final class BadRows {
    private final TreeMap<Integer, Rejected.Reason> reasons = new TreeMap<>();

    void add(int row, String field, WindrowException why) {
        reasons.putIfAbsent(row, new Rejected.Reason(row, why.errorCode().code(), field, why.getMessage()));
    }

    boolean isEmpty() {
        return reasons.isEmpty();
    }

    boolean contains(int row) {
        return reasons.containsKey(row);
    }

    int[] rows() {
        return reasons.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    List<Rejected.Reason> reasons() {
        return new ArrayList<>(reasons.values());
    }
}

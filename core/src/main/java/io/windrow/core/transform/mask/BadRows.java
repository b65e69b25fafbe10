package io.windrow.core.transform.mask;

import io.windrow.api.batch.Rejected;
import io.windrow.api.error.WindrowException;
import io.windrow.core.transform.GoneValues;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The rows of one batch that a mask could not treat, each with its first reason. */
final class BadRows {
    private final TreeMap<Integer, Rejected.Reason> reasons = new TreeMap<>();
    private final GoneValues gone;

    /** None yet, in rows that are no changes. */
    BadRows() {
        this(new GoneValues(null, List.of()));
    }

    /** None yet; what the values of rows that are gone take sets no row aside. */
    BadRows(GoneValues gone) {
        this.gone = gone;
    }

    void add(int row, String field, WindrowException why) {
        if (gone.takes(row, field)) {
            return;
        }
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

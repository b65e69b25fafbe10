package io.windrow.connectors.connect;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.Gtids;
import io.windrow.connectors.connect.record.Gtids.Gtid;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the rows of each stream in the transaction that is being read, and passes over those that another server's log had and that
 * were delivered then. Used by the reader's thread.
 */
final class TransactionRows {
    private static final String GTIDS = "gtids";

    private final Map<StreamName, Count> counts = new HashMap<>();
    /** The places of transactions of which an earlier version has delivered rows and did not count them. */
    private final Set<Long> uncounted = new HashSet<>();
    private final Map<String, Map<StreamName, Long>> owed = new HashMap<>();
    /** The transaction that is being read; empty: none, or it has no id. */
    private String gtid;

    /** Of how many rows of which transaction. */
    private static final class Count {
        String gtid = "";
        long rows;
    }

    /**
     * Goes on at places.
     *
     * @param starts where each stream goes on
     * @param lowest where the reading begins
     */
    TransactionRows(Map<StreamName, LogPlace> starts, LogPlace lowest) {
        this.gtid = lowest.halfway().gtid();
        starts.forEach((stream, start) -> {
            Count count = new Count();
            count.gtid = start.halfway().gtid();
            count.rows = start.halfway().rows().getOrDefault(stream.toString(), 0L);
            counts.put(stream, count);
            if (start.row() > 0 && count.gtid.isEmpty()) {
                uncounted.add(start.transaction());
            }
            start.halfway().owed().forEach((transaction, tables) -> {
                Long rows = tables.get(stream.toString());
                if (rows != null && rows > 0) {
                    owed.computeIfAbsent(transaction, id -> new HashMap<>()).put(stream, rows);
                }
            });
        });
    }

    /**
     * The next row is one of this transaction.
     *
     * @param transaction its id; null: it has none
     * @param place its place
     */
    void at(@Nullable String transaction, long place) {
        String next = transaction == null || uncounted.contains(place) ? "" : transaction;
        if (!next.equals(gtid)) {
            if (!owed.isEmpty()) {
                Gtid.of(next).ifPresent(this::expectNothingOwedBefore);
            }
            gtid = next;
        }
    }

    /** The place that was reached lies in no transaction of which a row has come. */
    void left() {
        gtid = "";
    }

    /** Everything in an offset is complete. */
    void moved(Map<String, ?> offset) {
        if (!owed.isEmpty() && offset.get(GTIDS) instanceof String completed) {
            Gtids.of(completed).ifPresent(all -> all.newest().values().forEach(one -> {
                expectNothingOwedBefore(one);
                if (owed.containsKey(one.toString())) {
                    throw fewer(one.toString());
                }
            }));
        }
    }

    /** Of a domain transactions come in their order. */
    private void expectNothingOwedBefore(Gtid next) {
        for (String before : owed.keySet()) {
            Optional<Gtid> one = Gtid.of(before);
            if (one.isPresent() && one.get().domain() == next.domain() && one.get().sequence() < next.sequence()) {
                throw fewer(before);
            }
        }
    }

    private WindrowException fewer(String transaction) {
        return WindrowException.of(ConnectError.SERVER_CHANGED, "Reading the log: transaction " + transaction
                + " has fewer rows here than were delivered of it from another server, of " + owed.get(transaction).keySet());
    }

    /** Whether a row that has come was delivered before, from another server. */
    boolean passesOver(StreamName stream) {
        if (owed.isEmpty()) {
            return false;
        }
        Map<StreamName, Long> here = owed.getOrDefault(gtid, Map.of());
        Long left = here.get(stream);
        if (left == null) {
            return false;
        }
        taken(stream);
        if (left > 1) {
            here.put(stream, left - 1);
        } else {
            here.remove(stream);
            if (here.isEmpty()) {
                owed.remove(gtid);
            }
        }
        return true;
    }

    /** A row is on its way; a change of key is one. */
    void taken(StreamName stream) {
        Count count = counts.get(stream);
        if (count != null && !gtid.isEmpty()) {
            if (!count.gtid.equals(gtid)) {
                count.gtid = gtid;
                count.rows = 0;
            }
            count.rows++;
        }
    }

    /** What a place holds that lies here. */
    Halfway halfway() {
        Map<String, Long> rows = new TreeMap<>();
        if (!gtid.isEmpty()) {
            counts.forEach((stream, count) -> {
                if (count.rows > 0 && count.gtid.equals(gtid)) {
                    rows.put(stream.toString(), count.rows);
                }
            });
        }
        Map<String, Map<String, Long>> left = new TreeMap<>();
        owed.forEach((transaction, tables) -> {
            Map<String, Long> named = new TreeMap<>();
            tables.forEach((stream, more) -> named.put(stream.toString(), more));
            left.put(transaction, named);
        });
        return new Halfway(gtid, rows, left);
    }
}

package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.connect.database.Server;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.Gtids;
import io.windrow.connectors.connect.record.Gtids.Gtid;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Puts the places of streams into the log of the server that answers now, wherever they were read before (D30). It goes on only where
 * the log itself proves that it holds the very transactions that were read, and no others, before the place that it gives.
 */
final class Takeover {
    private final Server server;
    /** Which server it is; empty: nobody can tell, and then it is always the same. */
    private final String identity;
    private final Notices notices;
    private final Map<String, Server.Located> asked = new HashMap<>();
    private final Map<StreamName, LogPlace> settled = new TreeMap<>();
    private final Map<StreamName, WindrowException> lost = new TreeMap<>();
    /** The places, by stream, as the servers before had them. */
    private final Map<StreamName, LogPlace> former = new TreeMap<>();
    private boolean proven;

    /**
     * For one server.
     *
     * @param identity how it names itself; empty: it does not
     */
    Takeover(Server server, Optional<String> identity, Notices notices) {
        this.server = server;
        this.identity = identity.orElse("");
        this.notices = notices;
    }

    /**
     * Finds where streams go on.
     *
     * @param starts where they stand
     * @param servers whose log each was read from by what its state says, if it says that
     */
    void settle(Map<StreamName, Position> starts, Map<StreamName, String> servers) {
        long highest = 0;
        for (Map.Entry<StreamName, Position> one : starts.entrySet()) {
            LogPlace at = LogPlace.of(one.getValue());
            String known = at.log().server().isEmpty() ? servers.getOrDefault(one.getKey(), "") : at.log().server();
            highest = Math.max(highest, at.transaction());
            if (identity.isEmpty() || known.isEmpty() || known.equals(identity)) {
                settled.put(one.getKey(), at.in(new LogPlace.Log(identity, at.log().shift()), at.halfway()));
                continue;
            }
            try {
                settled.put(one.getKey(), taken(one.getKey(), known, at));
                former.put(one.getKey(), at.in(new LogPlace.Log(known, at.log().shift()), at.halfway()));
            } catch (WindrowException e) {
                lost.put(one.getKey(), e);
            }
        }
        if (!former.isEmpty() || settled.values().stream().map(place -> place.log().shift()).distinct().count() > 1) {
            shift(highest);
        }
        if (!identity.isEmpty() && former.isEmpty()) {
            prove();
        }
    }

    /** The places of all streams are behind those that any of them had: rows are ordered by them. */
    private void shift(long highest) {
        long lowest = settled.values().stream().mapToLong(LogPlace::unshifted).min().orElse(0);
        long shift = LogOrder.Binlog.shiftBehind(lowest, highest);
        settled.replaceAll((stream, at) -> new LogPlace(
                at.unshifted() + shift, at.row(), at.offsets(), new LogPlace.Log(identity, shift), at.halfway()));
    }

    private LogPlace taken(StreamName stream, String known, LogPlace at) {
        String doing = "Following " + stream + ": its place is one in the log of the server " + known + ", and " + identity + " answers";
        Gtids completed = gtids(at)
                .orElseThrow(() -> WindrowException.of(ConnectError.SERVER_CHANGED, doing + "; without a GTID of MariaDB's it cannot be found in that log"));
        if (at.row() > 0 && at.halfway().gtid().isEmpty()) {
            throw WindrowException.of(ConnectError.SERVER_CHANGED, doing + "; it lies within a transaction of which nobody counted the rows");
        }
        Map<String, Map<String, Long>> owed = at.halfway().owedAgain();
        List<Gtid> begun = new ArrayList<>();
        owed.keySet().forEach(one -> Gtid.of(one).ifPresent(begun::add));
        switch (asked.computeIfAbsent(completed + " " + begun, key -> server.locate(completed, begun))) {
            case Server.Located.Nowhere nowhere -> throw WindrowException.of(nowhere.error(), doing + "; " + nowhere.why());
            case Server.Located.At found -> {
                notices.tell("connect.server_taken_over", doing + ". Its log holds the same transactions up to " + completed
                        + ", and the stream goes on behind them, at " + found.file() + ":" + found.position() + ".");
                proven = true;
                // The connector reads the transaction from its start: what it is to pass over is counted in rows.
                return new LogPlace(LogOrder.Binlog.place(found.file(), found.position()), 0,
                        at.offsets().changed(
                                Map.of("file", found.file(), "pos", found.position(), "gtids", completed.toString()), List.of("event", "row")),
                        LogPlace.Log.UNNAMED, new Halfway("", Map.of(), owed));
            }
        }
    }

    /** A connector takes a log for lost that goes on with another server's transactions, so it is looked for what it misses. */
    private void prove() {
        lowest().flatMap(Takeover::gtids).filter(completed -> !server.endsAs(completed)).ifPresent(completed ->
                proven = server.locate(completed, List.of()) instanceof Server.Located.At);
    }

    private static Optional<Gtids> gtids(LogPlace at) {
        return at.offsets().only().get("gtids") instanceof String text ? Gtids.of(text).filter(gtids -> !gtids.isEmpty()) : Optional.empty();
    }

    /** Where each stream goes on that can. */
    Map<StreamName, LogPlace> settled() {
        return settled;
    }

    /** Why the others cannot. */
    Map<StreamName, WindrowException> lost() {
        return lost;
    }

    /** Where those streams stood that were read from another server. */
    Map<StreamName, LogPlace> former() {
        return former;
    }

    /** The lowest of the places. */
    Optional<LogPlace> lowest() {
        return settled.values().stream().min(Comparator.comparingLong(LogPlace::transaction).thenComparingLong(LogPlace::row));
    }

    /** Whose log is followed. */
    LogPlace.Log log() {
        return lowest().map(LogPlace::log).orElse(new LogPlace.Log(identity, 0));
    }

    /** Whether the log was seen to hold what was read before, so that the connector need not look. */
    boolean isProven() {
        return proven;
    }
}

package io.windrow.connectors.connect.database;

import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.Gtids;
import io.windrow.connectors.connect.record.Gtids.Gtid;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks in a MariaDB server's log, transaction by transaction, for the place before which it holds just those of another one. That the
 * server knows higher sequences proves nothing: one that parted from the other uses the same numbers for transactions of its own. One
 * search.
 */
final class GtidSearch {
    /** How many events are asked for at once: the server holds its log's lock meanwhile. */
    private static final int PAGE = 5_000;
    /** So many events stand at a file's head at most before the list of what lies before it. */
    private static final int HEAD = 10;

    /** What stands between transactions. */
    private static final Set<String> BETWEEN =
            Set.of("Gtid", "Gtid_list", "Rotate", "Stop", "Binlog_checkpoint", "Format_desc", "Start_encryption", "Heartbeat");

    private static final Pattern GTID = Pattern.compile("(?:^|\\s)GTID (\\d+-\\d+-\\d+)");
    private static final String DOING = "Looking for a transaction in the log";

    private final Asking server;
    private final Gtids completed;
    private final Map<Long, Gtid> begun = new HashMap<>();
    private Gtids held = Gtids.NONE;
    private Server.@Nullable Located found;
    private Server.Located.@Nullable At place;

    /** Asks the server. */
    @FunctionalInterface
    interface Asking {
        /** The answer to a statement; a failure says what was being done. */
        <T> T ask(String doing, String sql, BinlogServer.Rows<T> rows);
    }

    /**
     * A file of the log.
     *
     * @param bytes its length now
     */
    private record LogFile(String name, long bytes) {}

    /**
     * An event.
     *
     * @param position where it begins
     * @param info what the server tells of it, if it is about GTIDs
     */
    private record LogEvent(long position, String type, String info) {}

    GtidSearch(Asking server, Gtids completed, Collection<Gtid> begun) {
        this.server = server;
        this.completed = completed;
        begun.forEach(one -> this.begun.put(one.domain(), one));
    }

    Server.Located search() {
        List<LogFile> files = server.ask(DOING, "SHOW BINARY LOGS", rows -> {
            List<LogFile> all = new ArrayList<>();
            while (rows.next()) {
                all.add(new LogFile(rows.getString(1), rows.getLong(2)));
            }
            return all;
        });
        int first = files.size() - 1;
        while (first >= 0 && !before(files.get(first)).mayPrecede(completed)) {
            first--;
        }
        if (first < 0) {
            return nowhere(ConnectError.LOG_LOST, "its log is purged up to " + before(files.getFirst()) + ", which lies behind " + wanted());
        }
        held = before(files.get(first));
        for (LogFile file : files.subList(first, files.size())) {
            read(file);
            if (found != null) {
                return found;
            }
        }
        return held.equals(completed) || place != null
                ? nowhere(ConnectError.SERVER_BEHIND, "its log does not hold " + begun.values() + " yet; it ends with " + held)
                : nowhere(ConnectError.SERVER_BEHIND, "its log does not hold " + missing() + " yet; it ends with " + held);
    }

    /** What the log held before a file. */
    private Gtids before(LogFile file) {
        return events(file.name(), "LIMIT " + HEAD).stream()
                .filter(event -> event.type().equals("Gtid_list"))
                .findFirst()
                // Of a domain the newest stands last.
                .flatMap(event -> Gtids.of(event.info().replaceAll("[\\[\\]\\s]", "")))
                .orElse(Gtids.NONE);
    }

    private void read(LogFile file) {
        long from = 0;
        while (found == null) {
            List<LogEvent> page = events(file.name(), (from == 0 ? "" : "FROM " + from + " ") + "LIMIT " + PAGE);
            for (LogEvent event : page) {
                if (found == null && event.position() > from) {
                    meet(file, event);
                }
            }
            if (page.size() < PAGE) {
                break;
            }
            // Where an event of a transaction ends the server does not say, so that the last one is asked for again.
            from = page.getLast().position();
        }
        if (found == null && place == null && held.equals(completed)) {
            reached(file, file.bytes());
        }
    }

    private List<LogEvent> events(String file, String which) {
        return server.ask(DOING, "SHOW BINLOG EVENTS IN '" + file.replace("'", "''") + "' " + which, GtidSearch::events);
    }

    private static List<LogEvent> events(ResultSet rows) throws SQLException {
        List<LogEvent> events = new ArrayList<>();
        while (rows.next()) {
            String type = rows.getString(3);
            events.add(new LogEvent(rows.getLong(2), type, type.startsWith("Gtid") ? rows.getString(6) : ""));
        }
        return events;
    }

    private void meet(LogFile file, LogEvent event) {
        if (place == null && held.equals(completed) && BETWEEN.contains(event.type()) && !event.type().equals("Format_desc")) {
            reached(file, event.position());
        }
        Optional<Gtid> next = event.type().equals("Gtid") ? gtid(event.info()) : Optional.empty();
        next.ifPresent(this::meet);
    }

    private void meet(Gtid next) {
        if (found != null) {
            return;
        }
        if (place != null) {
            Gtid expected = begun.remove(next.domain());
            if (expected != null && !expected.equals(next)) {
                found = nowhere(ConnectError.SERVER_CHANGED, "its log has " + next + " in the place of " + expected);
            }
            held = held.with(next);
            settle();
            return;
        }
        Optional<Gtid> last = completed.of(next.domain());
        if (last.isEmpty()) {
            found = nowhere(ConnectError.SERVER_CHANGED, "its log holds " + next + " before " + wanted() + ", which the other log did not");
        } else if (next.sequence() > last.get().sequence() || next.sequence() == last.get().sequence() && !next.equals(last.get())) {
            found = held.of(next.domain()).equals(last)
                    ? nowhere(ConnectError.SERVER_CHANGED, "its log holds " + next + " before " + missing() + ", and the other log did not")
                    : nowhere(ConnectError.SERVER_CHANGED, "its log does not hold " + last.get() + ", but "
                            + held.of(next.domain()).map(one -> one + " and then ").orElse("") + next);
        } else {
            held = held.with(next);
        }
    }

    private void reached(LogFile file, long position) {
        place = new Server.Located.At(file.name(), position);
        settle();
    }

    private void settle() {
        if (begun.isEmpty() && found == null) {
            found = place;
        }
    }

    private static Optional<Gtid> gtid(String info) {
        Matcher matcher = GTID.matcher(info);
        return matcher.find() ? Gtid.of(matcher.group(1)) : Optional.empty();
    }

    private String wanted() {
        return completed.toString();
    }

    /** Those that were not met. */
    private Gtids missing() {
        Gtids missing = Gtids.NONE;
        for (Gtid one : completed.newest().values()) {
            if (!held.of(one.domain()).equals(Optional.of(one))) {
                missing = missing.with(one);
            }
        }
        return missing;
    }

    private static Server.Located nowhere(ConnectError error, String why) {
        return new Server.Located.Nowhere(error, why);
    }
}

package io.windrow.connectors.postgres;

import io.windrow.api.context.Notices;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.CopyPlace.Key;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys of a followed table whose rows are to be read again, as the database writes them.
 *
 * @param source the database
 * @param stream the table's stream
 */
record RepairKeys(PostgresSource source, StreamName stream) {
    /** As many values go into one question. */
    private static final int AT_ONCE = 500;
    /** The class of SQLSTATEs of values that are none of their type. */
    private static final String DATA_EXCEPTION = "22";

    /** Those of the keys that were asked for which are of the table still; tells of others. */
    static List<Key> fitting(StreamShape shape, List<List<String>> asked, Notices notices) {
        Optional<KeyOrder> order = KeyOrder.of(shape);
        List<Key> keys = asked.stream().map(Key::new).filter(key -> order.filter(one -> one.isKey(key)).isPresent()).toList();
        if (keys.size() < asked.size()) {
            refuse(shape.stream(), "its key is another one by now", notices);
        }
        return keys;
    }

    /** Tells why rows are not read that were asked for. */
    static void refuse(StreamName stream, String why, Notices notices) {
        notices.tell(
                "postgres.repair_refused",
                "Rows of " + stream + " that were asked for by their keys are not read again: " + why
                        + ". 'windrow resync' copies the whole table and takes back what was asked.");
    }

    /**
     * The keys, each as the log has it.
     *
     * @param keys as a person writes them
     */
    List<List<String>> written(List<List<String>> keys) {
        StreamShape shape = source.fresh(stream);
        KeyOrder order = KeyOrder.of(shape).orElseThrow(() -> unfit(shape.schema().key().isEmpty()
                ? "the table has no key"
                : "rows are read again by keys of smallint, integer, bigint, uuid, text, varchar and char columns, each NOT NULL"
                        + " and together unique, and its key is " + shape.schema().key()));
        List<List<String>> written = new ArrayList<>();
        try (Session session = Session.open(source.address(), source.config())) {
            List<String> vague = session.promptly(() -> session.column(order.vague()));
            if (!vague.isEmpty()) {
                throw unfit("the collation of " + vague.getFirst() + " takes texts for one that differ (nondeterministic)");
            }
            for (int from = 0; from < keys.size(); from += AT_ONCE) {
                written.addAll(written(shape, order, session, keys.subList(from, Math.min(keys.size(), from + AT_ONCE))));
            }
        } catch (SQLException e) {
            throw String.valueOf(e.getSQLState()).startsWith(DATA_EXCEPTION)
                    ? invalid(String.valueOf(e.getMessage()))
                    : SqlStates.coded("Looking at the keys of " + stream, e);
        }
        return written;
    }

    private List<List<String>> written(StreamShape shape, KeyOrder order, Session session, List<List<String>> keys) throws SQLException {
        List<Key> asked = new ArrayList<>();
        for (List<String> key : keys) {
            if (key.size() != shape.schema().key().size()) {
                throw invalid(key + " has " + key.size() + " values, and the key is " + shape.schema().key());
            }
            asked.add(new Key(key));
        }
        List<List<String>> written = new ArrayList<>();
        for (List<@Nullable String> row : session.promptly(() -> session.rows(order.written(asked)))) {
            List<String> values = row.stream().skip(1).map(String::valueOf).toList();
            // What is too long for its column is cut off without a word.
            if (!order.isSame(asked.get(written.size()), new Key(values))) {
                throw invalid(asked.get(written.size()).values() + " is longer than the key's columns are");
            }
            written.add(values);
        }
        return written;
    }

    private WindrowException unfit(String why) {
        return WindrowException.of(PostgresError.REPAIR_UNFIT, "Asking for rows of " + stream + ": " + why);
    }

    private WindrowException invalid(String why) {
        return WindrowException.of(PostgresError.KEY_INVALID, "Asking for rows of " + stream + ": " + why);
    }
}

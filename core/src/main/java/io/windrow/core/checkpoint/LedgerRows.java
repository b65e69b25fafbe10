package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The ledger entries of one pipeline, within one transaction. */
record LedgerRows(Connection connection, String pipeline, RecordChecksums checksums, Damage damage) {
    private static final String KEY = "pipeline = ? AND namespace = ? AND name = ?";

    void save(LedgerEntry entry, int committed) throws SQLException {
        String record = entry.toJson();
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_ledger (pipeline, namespace, name, epoch, committed, record, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (pipeline, epoch, namespace, name) DO UPDATE SET"
                        + " committed = excluded.committed, record = excluded.record, checksum = excluded.checksum")) {
            key(upsert, entry.stream());
            upsert.setLong(4, entry.epoch());
            upsert.setInt(5, committed);
            upsert.setString(6, record);
            upsert.setString(7, checksums.ledger(entry.stream(), entry.epoch(), record));
            upsert.executeUpdate();
        }
    }

    /** Puts the entry in the place of all from its first epoch up to its last. */
    void rollUp(LedgerEntry entry) throws SQLException {
        expectBehind(entry);
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_ledger WHERE " + KEY + " AND epoch >= ? AND epoch <= ?")) {
            key(delete, entry.stream());
            delete.setLong(4, RollUp.firstEpoch(entry));
            delete.setLong(5, entry.epoch());
            delete.executeUpdate();
        }
        save(entry, 1);
    }

    /** An entry as it was saved. */
    record Recorded(long epoch, String json) {}

    /** Committed entries of epochs before one, newest first, at most so many; of all streams if none is given. */
    List<Recorded> newest(Optional<StreamName> stream, long before, int limit) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT namespace, name, epoch, record, checksum FROM windrow_ledger WHERE "
                        + (stream.isPresent() ? KEY : "pipeline = ?")
                        + " AND committed = 1 AND epoch < ? ORDER BY epoch DESC, namespace, name LIMIT ?")) {
            int parameter = 1;
            select.setString(parameter++, pipeline);
            if (stream.isPresent()) {
                select.setString(parameter++, stream.get().namespace());
                select.setString(parameter++, stream.get().name());
            }
            select.setLong(parameter++, before);
            select.setInt(parameter, limit);
            List<Recorded> entries = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    StreamName of = new StreamName(row.getString(1), row.getString(2));
                    long epoch = row.getLong(3);
                    entries.add(new Recorded(epoch, checksums.ledgerRecord(of, epoch, row.getString(4), row.getString(5))));
                }
            }
            return entries;
        }
    }

    /** Gives all committed entries of a stream, newest first, with no more than so many in memory. */
    void each(StreamName stream, int atATime, Consumer<String> taker) throws SQLException {
        long before = Long.MAX_VALUE;
        List<Recorded> page;
        do {
            page = newest(Optional.of(stream), before, atATime);
            page.forEach(entry -> taker.accept(entry.json()));
            before = page.isEmpty() ? before : page.getLast().epoch();
        } while (page.size() == atATime);
    }

    /** The entries of the epochs that the stream stands at are part of its state. */
    private void expectBehind(LedgerEntry entry) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT committed, pending FROM windrow_stream WHERE " + KEY)) {
            key(select, entry.stream());
            try (ResultSet row = select.executeQuery()) {
                boolean behind = row.next()
                        && (row.getLong(1) == 0 || row.getLong(1) > entry.epoch())
                        && (row.getLong(2) == 0 || row.getLong(2) > entry.epoch());
                if (!behind) {
                    throw damage.conflict("epoch " + entry.epoch() + " of " + entry.stream() + " is not an earlier one");
                }
            }
        }
    }

    private void key(PreparedStatement statement, StreamName stream) throws SQLException {
        statement.setString(1, pipeline);
        statement.setString(2, stream.namespace());
        statement.setString(3, stream.name());
    }
}

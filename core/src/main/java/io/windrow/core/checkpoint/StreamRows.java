package io.windrow.core.checkpoint;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.LedgerEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The rows of one pipeline, within one transaction. A split's row holds from the epoch {@code since} on, until a later
 * row of the same split; an empty record says that the split is closed. So a save writes only the splits that moved, and
 * the committed view stays readable beside the pending one.
 */
final class StreamRows {
    private static final String KEY = "pipeline = ? AND namespace = ? AND name = ?";

    private final Connection connection;
    private final String pipeline;
    private final Damage damage;
    private final RecordChecksums checksums;
    private final MemoryRows remembered;
    private final LedgerRows ledger;

    StreamRows(Connection connection, String pipeline, Damage damage) {
        this.connection = connection;
        this.pipeline = pipeline;
        this.damage = damage;
        this.checksums = new RecordChecksums(pipeline, damage);
        this.remembered = new MemoryRows(connection, pipeline, checksums);
        this.ledger = new LedgerRows(connection, pipeline, checksums, damage);
    }

    /** The row of {@code windrow_stream}; 0 stands for no epoch. */
    private record Head(
            StreamName stream, long generation, long lastEpoch, long committed, long pending, String pendingStatus,
            String start) {
        String checksum(String pipeline) {
            return Checksum.of(
                    "stream", pipeline, stream.namespace(), stream.name(), Long.toString(generation),
                    Long.toString(lastEpoch), Long.toString(committed), Long.toString(pending), pendingStatus, start);
        }
    }

    /** All streams, or the one. */
    List<StreamState> states(Optional<StreamName> only) throws SQLException {
        List<StreamState> states = new ArrayList<>();
        for (Head head : heads(only)) {
            Optional<StreamEpoch> committed =
                    head.committed == 0 ? Optional.empty() : Optional.of(epoch(head, head.committed, Status.COMMITTED));
            Optional<StreamEpoch> pending = head.pending == 0
                    ? Optional.empty()
                    : Optional.of(epoch(head, head.pending, Status.valueOf(head.pendingStatus)));
            Optional<Progress> start =
                    head.start.isEmpty() ? Optional.empty() : Optional.of(RecordJson.readProgress(head.start));
            states.add(new StreamState(head.stream, head.generation, head.lastEpoch, start, committed, pending));
        }
        states.sort((a, b) -> a.stream().compareTo(b.stream()));
        return states;
    }

    /** Epochs without a stream's row mean that the row was lost: starting afresh would be a guess. */
    void expectNoOrphans(List<StreamState> states) throws SQLException {
        long known = 0;
        for (StreamState state : states) {
            known += (state.committed().isPresent() ? 1 : 0) + (state.pending().isPresent() ? 1 : 0);
        }
        try (PreparedStatement select =
                connection.prepareStatement("SELECT COUNT(*) FROM windrow_epoch WHERE pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                if (row.getLong(1) != known) {
                    throw damage.found(row.getLong(1) + " epochs are stored, " + known + " belong to a stream");
                }
            }
        }
    }

    void prepare(StreamEpoch epoch) throws SQLException {
        Head head = head(epoch.stream()).orElse(new Head(epoch.stream(), epoch.generation(), 0, 0, 0, "", ""));
        if (head.pendingStatus.equals(Status.PREPARED.name())) {
            throw damage.conflict("epoch " + head.pending + " of " + epoch.stream() + " is still undecided");
        }
        if (epoch.epoch() <= head.lastEpoch || epoch.generation() < head.generation) {
            throw damage.conflict("epoch " + epoch.epoch() + " of generation " + epoch.generation() + " of "
                    + epoch.stream() + " does not follow epoch " + head.lastEpoch + " of generation "
                    + head.generation);
        }
        forget(head, head.pending);
        Map<String, String> before = splits(head, head.committed, head.committed);
        Map<String, String> after = new TreeMap<>();
        epoch.openSplits().forEach((id, split) -> after.put(id, RecordJson.split(split)));
        before.keySet().forEach(id -> after.putIfAbsent(id, ""));
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO windrow_split (pipeline, namespace, name, split, since, record, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            for (Map.Entry<String, String> split : after.entrySet()) {
                if (!split.getValue().equals(before.get(split.getKey()))) {
                    key(insert, epoch.stream());
                    insert.setString(4, split.getKey());
                    insert.setLong(5, epoch.epoch());
                    insert.setString(6, split.getValue());
                    insert.setString(7, checksums.split(epoch.stream(), split.getKey(), epoch.epoch(), split.getValue()));
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
        String record = RecordJson.header(epoch);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO windrow_epoch (pipeline, namespace, name, epoch, generation, record, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            key(insert, epoch.stream());
            insert.setLong(4, epoch.epoch());
            insert.setLong(5, epoch.generation());
            insert.setString(6, record);
            insert.setString(7, checksums.epoch(epoch.stream(), epoch.epoch(), epoch.generation(), record));
            insert.executeUpdate();
        }
        remembered.save(epoch);
        ledger.save(epoch.ledger(), 0);
        store(new Head(
                epoch.stream(), epoch.generation(), epoch.epoch(), head.committed, epoch.epoch(),
                Status.PREPARED.name(), head.start));
    }

    void commit(StreamEpoch epoch) throws SQLException {
        Head head = existing(epoch);
        if (head.committed == epoch.epoch() && stored(head, epoch.epoch()).digest().equals(epoch.digest())) {
            return;
        }
        expectPrepared(head, epoch);
        forget(head, head.committed);
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM windrow_split WHERE " + KEY
                + " AND since < ? AND split IN (SELECT split FROM windrow_split WHERE " + KEY + " AND since = ?)")) {
            key(delete, epoch.stream());
            delete.setLong(4, epoch.epoch());
            delete.setString(5, pipeline);
            delete.setString(6, epoch.stream().namespace());
            delete.setString(7, epoch.stream().name());
            delete.setLong(8, epoch.epoch());
            delete.executeUpdate();
        }
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_split WHERE " + KEY + " AND since = ? AND record = ''")) {
            key(delete, epoch.stream());
            delete.setLong(4, epoch.epoch());
            delete.executeUpdate();
        }
        remembered.committed(epoch);
        ledger.save(epoch.ledger(), 1);
        store(new Head(epoch.stream(), head.generation, head.lastEpoch, epoch.epoch(), 0, "", ""));
    }

    void rollBack(StreamEpoch epoch) throws SQLException {
        Head head = existing(epoch);
        if (head.pending == epoch.epoch()
                && head.pendingStatus.equals(Status.ROLLED_BACK.name())
                && stored(head, epoch.epoch()).digest().equals(epoch.digest())) {
            return;
        }
        expectPrepared(head, epoch);
        remembered.forget(head.stream, epoch.epoch());
        // A generation that was opened by the epoch itself was never seen: the committed one goes on.
        long generation = head.committed == 0 ? head.generation : storedEpoch(head, head.committed).generation;
        store(new Head(
                head.stream, generation, head.lastEpoch, head.committed, head.pending, Status.ROLLED_BACK.name(),
                head.start));
    }

    void open(GenerationStart generation) throws SQLException {
        Optional<Head> head = head(generation.stream());
        if (head.isPresent()
                && (generation.generation() <= head.get().generation
                        || generation.lastEpoch() < head.get().lastEpoch)) {
            throw damage.conflict("generation " + generation.generation() + " from epoch " + generation.lastEpoch()
                    + " does not follow generation " + head.get().generation + ", epoch " + head.get().lastEpoch);
        }
        StreamName stream = generation.stream();
        for (String sql : List.of(
                "DELETE FROM windrow_epoch WHERE " + KEY,
                "DELETE FROM windrow_split WHERE " + KEY,
                "DELETE FROM windrow_memory WHERE " + KEY,
                "DELETE FROM windrow_ledger WHERE " + KEY + " AND committed = 0")) {
            try (PreparedStatement delete = connection.prepareStatement(sql)) {
                key(delete, stream);
                delete.executeUpdate();
            }
        }
        String start = generation.start().map(RecordJson::progress).orElse("");
        store(new Head(stream, generation.generation(), generation.lastEpoch(), 0, 0, "", start));
    }

    /** What the committed epochs of the current generation remember, oldest first. */
    List<RememberedRows> remembered(StreamName stream) throws SQLException {
        Optional<Head> head = head(stream);
        return head.isEmpty() || head.get().committed == 0
                ? List.of()
                : remembered.of(stream, storedEpoch(head.get(), head.get().committed).generation, head.get().committed);
    }

    private Head existing(StreamEpoch epoch) throws SQLException {
        return head(epoch.stream())
                .orElseThrow(() -> damage.conflict("nothing is stored of " + epoch.stream()));
    }

    private void expectPrepared(Head head, StreamEpoch epoch) throws SQLException {
        if (head.pending != epoch.epoch()
                || !head.pendingStatus.equals(Status.PREPARED.name())
                || head.generation != epoch.generation()
                || !stored(head, epoch.epoch()).digest().equals(epoch.digest())) {
            throw damage.conflict("epoch " + epoch.epoch() + " of " + epoch.stream() + " with digest " + epoch.digest()
                    + " is not the one that is prepared (" + head + ")");
        }
    }

    /** Removes an epoch, and the split rows that only it had if it was rolled back. */
    private void forget(Head head, long epoch) throws SQLException {
        if (epoch == 0) {
            return;
        }
        delete("windrow_epoch", "epoch", head.stream, epoch);
        if (epoch == head.pending) {
            delete("windrow_split", "since", head.stream, epoch);
            delete("windrow_ledger", "epoch", head.stream, epoch);
        }
    }

    private void delete(String table, String column, StreamName stream, long epoch) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM " + table + " WHERE " + KEY + " AND " + column + " = ?")) {
            key(delete, stream);
            delete.setLong(4, epoch);
            delete.executeUpdate();
        }
    }

    private void store(Head head) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_stream (pipeline, namespace, name, generation, last_epoch, committed, pending,"
                        + " pending_status, start_record, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                        + " ON CONFLICT (pipeline, namespace, name) DO UPDATE SET generation = excluded.generation,"
                        + " last_epoch = excluded.last_epoch, committed = excluded.committed,"
                        + " pending = excluded.pending, pending_status = excluded.pending_status,"
                        + " start_record = excluded.start_record, checksum = excluded.checksum")) {
            key(upsert, head.stream);
            upsert.setLong(4, head.generation);
            upsert.setLong(5, head.lastEpoch);
            upsert.setLong(6, head.committed);
            upsert.setLong(7, head.pending);
            upsert.setString(8, head.pendingStatus);
            upsert.setString(9, head.start);
            upsert.setString(10, head.checksum(pipeline));
            upsert.executeUpdate();
        }
    }

    private Optional<Head> head(StreamName stream) throws SQLException {
        return heads(Optional.of(stream)).stream().findFirst();
    }

    private List<Head> heads(Optional<StreamName> only) throws SQLException {
        List<Head> heads = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT namespace, name, generation, last_epoch, committed, pending, pending_status, start_record,"
                        + " checksum FROM windrow_stream WHERE "
                        + (only.isPresent() ? KEY : "pipeline = ?"))) {
            if (only.isPresent()) {
                key(select, only.get());
            } else {
                select.setString(1, pipeline);
            }
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Head head = new Head(
                            new StreamName(row.getString(1), row.getString(2)), row.getLong(3), row.getLong(4),
                            row.getLong(5), row.getLong(6), row.getString(7), row.getString(8));
                    checksums.expect(head.checksum(pipeline), row.getString(9), "the state of " + head.stream);
                    heads.add(head);
                }
            }
        }
        return heads;
    }

    private StreamEpoch epoch(Head head, long number, Status status) throws SQLException {
        StoredEpoch stored = storedEpoch(head, number);
        RecordJson.Header header = stored.header;
        Map<String, OpenSplit> open = new HashMap<>();
        splits(head, number, head.committed).forEach((id, record) -> open.put(id, RecordJson.readSplit(record)));
        if (!RecordJson.splitsDigest(open).equals(header.splits())) {
            throw damage.found("the splits of epoch " + number + " of " + head.stream + " are not complete");
        }
        return new StreamEpoch(
                head.stream, stored.generation, number, status, header.mode(), header.planner(), open,
                header.staged(), header.digest(), header.supersedes(), header.completesGeneration(),
                ledger(head.stream, number));
    }

    private record StoredEpoch(long generation, RecordJson.Header header) {}

    private RecordJson.Header stored(Head head, long number) throws SQLException {
        return storedEpoch(head, number).header;
    }

    private StoredEpoch storedEpoch(Head head, long number) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT generation, record, checksum FROM windrow_epoch WHERE " + KEY + " AND epoch = ?")) {
            key(select, head.stream);
            select.setLong(4, number);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw damage.found("epoch " + number + " of " + head.stream + " is missing");
                }
                long generation = row.getLong(1);
                String record = row.getString(2);
                checksums.expect(checksums.epoch(head.stream, number, generation, record), row.getString(3),
                        "epoch " + number + " of " + head.stream);
                return new StoredEpoch(generation, RecordJson.readHeader(record));
            }
        }
    }

    private LedgerEntry ledger(StreamName stream, long epoch) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT record, checksum FROM windrow_ledger WHERE " + KEY + " AND epoch = ?")) {
            key(select, stream);
            select.setLong(4, epoch);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw damage.found("the ledger entry of epoch " + epoch + " of " + stream + " is missing");
                }
                String json = checksums.ledgerRecord(stream, epoch, row.getString(1), row.getString(2));
                try {
                    return LedgerEntry.parse(json);
                } catch (WindrowException e) {
                    throw damage.found("the ledger entry of epoch " + epoch + " of " + stream + " cannot be read", e);
                }
            }
        }
    }

    /** The records of the splits that are open after an epoch: the committed view, or that of the one pending after it. */
    private Map<String, String> splits(Head head, long epoch, long committed) throws SQLException {
        Map<String, String> open = new TreeMap<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT split, since, record, checksum FROM windrow_split WHERE " + KEY
                        + " AND (since <= ? OR since = ?) ORDER BY since")) {
            key(select, head.stream);
            select.setLong(4, committed);
            select.setLong(5, epoch);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String id = row.getString(1);
                    String record = row.getString(3);
                    checksums.expect(checksums.split(head.stream, id, row.getLong(2), record), row.getString(4),
                            "split " + id + " of " + head.stream);
                    if (record.isEmpty()) {
                        open.remove(id);
                    } else {
                        open.put(id, record);
                    }
                }
            }
        }
        return open;
    }

    private void key(PreparedStatement statement, StreamName stream) throws SQLException {
        statement.setString(1, pipeline);
        statement.setString(2, stream.namespace());
        statement.setString(3, stream.name());
    }
}

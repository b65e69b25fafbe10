package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.HashForm;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The remembered rows of one pipeline's streams, within one transaction. Those of an epoch lie in parts of at most a
 * megabyte, of which there is always one, so that a missing part is found. Each part says when its rows were cut, which is one
 * moment for all but those of a replay.
 */
final class MemoryRows {
    private static final String KEY = "pipeline = ? AND namespace = ? AND name = ?";
    private static final int PART_BYTES = 1 << 20;

    private final Connection connection;
    private final String pipeline;
    private final RecordChecksums checksums;

    MemoryRows(Connection connection, String pipeline, RecordChecksums checksums) {
        this.connection = connection;
        this.pipeline = pipeline;
        this.checksums = checksums;
    }

    /** One row of {@code windrow_memory}. */
    record Part(int number, int parts, long generation, long oldest, long cutMillis, int form, byte[] hashes) {}

    void save(StreamEpoch epoch) throws SQLException {
        int parts = epoch.remembered().stream().mapToInt(MemoryRows::parts).sum();
        int number = 0;
        for (RememberedRows rows : epoch.remembered()) {
            save(epoch, rows, number, parts);
            number += parts(rows);
        }
    }

    private static int parts(RememberedRows rows) {
        return Math.max(1, (rows.hashes().length + PART_BYTES - 1) / PART_BYTES);
    }

    private void save(StreamEpoch epoch, RememberedRows rows, int first, int parts) throws SQLException {
        byte[] hashes = rows.hashes();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO windrow_memory (pipeline, namespace, name, epoch, part, parts, generation, oldest,"
                        + " cut_millis, form, hashes, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int at = 0; at < parts(rows); at++) {
                Part part = new Part(
                        first + at, parts, epoch.generation(), rows.oldest(), rows.cut().toEpochMilli(), rows.form().number(),
                        Arrays.copyOfRange(hashes, at * PART_BYTES, Math.min(hashes.length, (at + 1) * PART_BYTES)));
                key(insert, epoch.stream());
                insert.setLong(4, epoch.epoch());
                insert.setInt(5, part.number);
                insert.setInt(6, part.parts);
                insert.setLong(7, part.generation);
                insert.setLong(8, part.oldest);
                insert.setLong(9, part.cutMillis);
                insert.setInt(10, part.form);
                insert.setBytes(11, part.hashes);
                insert.setString(12, checksums.memory(epoch.stream(), epoch.epoch(), part));
                insert.executeUpdate();
            }
        }
    }

    /** The epoch is committed: what it shows to be out of the window goes, and what earlier generations remembered. */
    void committed(StreamEpoch epoch) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("DELETE FROM windrow_memory WHERE " + KEY
                + " AND (generation < ? OR epoch < (SELECT MAX(oldest) FROM windrow_memory WHERE " + KEY
                + " AND epoch = ?))")) {
            key(delete, epoch.stream());
            delete.setLong(4, epoch.generation());
            delete.setString(5, pipeline);
            delete.setString(6, epoch.stream().namespace());
            delete.setString(7, epoch.stream().name());
            delete.setLong(8, epoch.epoch());
            delete.executeUpdate();
        }
    }

    void forget(StreamName stream, long epoch) throws SQLException {
        try (PreparedStatement delete =
                connection.prepareStatement("DELETE FROM windrow_memory WHERE " + KEY + " AND epoch = ?")) {
            key(delete, stream);
            delete.setLong(4, epoch);
            delete.executeUpdate();
        }
    }

    List<RememberedRows> of(StreamName stream, long generation, long committed) throws SQLException {
        List<RememberedRows> epochs = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT epoch, part, parts, oldest, cut_millis, form, hashes, checksum FROM windrow_memory WHERE " + KEY
                        + " AND generation = ? AND epoch <= ? ORDER BY epoch, part")) {
            key(select, stream);
            select.setLong(4, generation);
            select.setLong(5, committed);
            try (ResultSet row = select.executeQuery()) {
                int expected = 0;
                while (row.next()) {
                    long epoch = row.getLong(1);
                    Part part = new Part(
                            row.getInt(2), row.getInt(3), generation, row.getLong(4), row.getLong(5), row.getInt(6),
                            row.getBytes(7));
                    String what = "the remembered rows of epoch " + epoch + " of " + stream;
                    checksums.expect(checksums.memory(stream, epoch, part), row.getString(8), what);
                    if (part.number != expected) {
                        throw checksums.damage().found("part " + expected + " of " + what + " is missing");
                    }
                    HashForm form = HashForm.of(part.form)
                            .orElseThrow(() -> checksums.damage().found(what + " are hashed in the unknown form " + part.form));
                    epochs.add(new RememberedRows(
                            epoch, Instant.ofEpochMilli(part.cutMillis), part.oldest, form, part.hashes));
                    expected = (part.number + 1) % part.parts;
                }
                if (expected != 0) {
                    throw checksums.damage().found("parts of the remembered rows of " + stream + " are missing");
                }
            }
        }
        return together(epochs);
    }

    /** Parts of one epoch that were cut at one moment, and are hashed in one form, are one. */
    private static List<RememberedRows> together(List<RememberedRows> parts) {
        List<RememberedRows> epochs = new ArrayList<>();
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (int at = 0; at < parts.size(); at++) {
            RememberedRows part = parts.get(at);
            hashes.writeBytes(part.hashes());
            if (at + 1 == parts.size() || !isOne(part, parts.get(at + 1))) {
                epochs.add(new RememberedRows(part.epoch(), part.cut(), part.oldest(), part.form(), hashes.toByteArray()));
                hashes.reset();
            }
        }
        return epochs;
    }

    private static boolean isOne(RememberedRows part, RememberedRows next) {
        return next.epoch() == part.epoch() && next.cut().equals(part.cut()) && next.form() == part.form();
    }

    private void key(PreparedStatement statement, StreamName stream) throws SQLException {
        statement.setString(1, pipeline);
        statement.setString(2, stream.namespace());
        statement.setString(3, stream.name());
    }
}

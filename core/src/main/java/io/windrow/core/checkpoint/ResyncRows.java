package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The copies that were asked for and are not begun, of one pipeline, within one transaction. */
record ResyncRows(Connection connection, String pipeline, Damage damage) {
    List<Resync> all() throws SQLException {
        List<Resync> asked = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT namespace, name, record, checksum FROM windrow_resync WHERE pipeline = ? ORDER BY namespace, name")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    StreamName stream = new StreamName(row.getString(1), row.getString(2));
                    String record = row.getString(3);
                    if (!checksum(stream, record).equals(row.getString(4))) {
                        throw damage.found("the checksum of the copy that was asked for of " + stream + " is wrong");
                    }
                    asked.add(read(stream, record));
                }
            }
        }
        return asked;
    }

    /** Keeps it; the same asked for again is one, as of the last time. */
    void add(Resync resync) throws SQLException {
        String record = write(resync);
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_resync (pipeline, namespace, name, record, checksum) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (pipeline, namespace, name) DO UPDATE SET record = excluded.record,"
                        + " checksum = excluded.checksum")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, resync.stream().namespace());
            upsert.setString(3, resync.stream().name());
            upsert.setString(4, record);
            upsert.setString(5, checksum(resync.stream(), record));
            upsert.executeUpdate();
        }
    }

    /** The stream is read from its very start from here on. */
    void remove(StreamName stream) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_resync WHERE pipeline = ? AND namespace = ? AND name = ?")) {
            delete.setString(1, pipeline);
            delete.setString(2, stream.namespace());
            delete.setString(3, stream.name());
            delete.executeUpdate();
        }
    }

    static String write(Resync resync) {
        return RecordJson.object(out -> out.writeStringField("asked_at", resync.askedAt().toString()));
    }

    static Resync read(StreamName stream, String record) {
        var read = new Object() {
            @Nullable String askedAt;
        };
        RecordJson.parse(record, (name, in) -> {
            switch (name) {
                case "asked_at" -> read.askedAt = RecordJson.text(in);
                default -> throw RecordJson.unknown(name);
            }
        });
        try {
            return new Resync(stream, Instant.parse(RecordJson.present(read.askedAt, "asked_at")));
        } catch (DateTimeException e) {
            throw new RecordJson.Damaged("asked_at is no time", e);
        }
    }

    private String checksum(StreamName stream, String record) {
        return Checksum.of("resync", pipeline, stream.namespace(), stream.name(), record);
    }
}

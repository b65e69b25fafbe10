package io.windrow.core.checkpoint;

import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The repairs that were asked for and are not through, of one pipeline, within one transaction. */
record RepairRows(Connection connection, String pipeline, Damage damage) {
    List<Repair> all() throws SQLException {
        List<Repair> asked = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT namespace, name, record, checksum FROM windrow_repair WHERE pipeline = ? ORDER BY namespace, name")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    StreamName stream = new StreamName(row.getString(1), row.getString(2));
                    String record = row.getString(3);
                    if (!checksum(stream, record).equals(row.getString(4))) {
                        throw damage.found("the checksum of the repair that was asked for of " + stream + " is wrong");
                    }
                    asked.add(read(stream, record));
                }
            }
        }
        return asked;
    }

    /** Keeps its keys beside those of the stream that were asked for before. */
    void add(Repair repair) throws SQLException {
        List<List<String>> keys = new ArrayList<>();
        Instant askedAt = repair.askedAt();
        Optional<Repair> before = all().stream().filter(one -> one.stream().equals(repair.stream())).findFirst();
        if (before.isPresent()) {
            keys.addAll(before.get().keys());
            // What a run has in hand is not through with this.
            askedAt = askedAt.isAfter(before.get().askedAt()) ? askedAt : before.get().askedAt().plusMillis(1);
        }
        keys.addAll(repair.keys());
        Repair both = new Repair(repair.stream(), askedAt, keys);
        if (both.keys().size() > Repair.MAX_KEYS) {
            throw WindrowException.of(
                    CheckpointError.TOO_MANY_KEYS,
                    "Asking for a repair of " + repair.stream() + ": with those that were asked for before it is " + both.keys().size()
                            + " keys, expected at most " + Repair.MAX_KEYS);
        }
        String record = write(both);
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_repair (pipeline, namespace, name, record, checksum) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (pipeline, namespace, name) DO UPDATE SET record = excluded.record,"
                        + " checksum = excluded.checksum")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, both.stream().namespace());
            upsert.setString(3, both.stream().name());
            upsert.setString(4, record);
            upsert.setString(5, checksum(both.stream(), record));
            upsert.executeUpdate();
        }
    }

    /** It is through, unless something else was asked for since. */
    void remove(Repair repair) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_repair WHERE pipeline = ? AND namespace = ? AND name = ? AND record = ?")) {
            delete.setString(1, pipeline);
            delete.setString(2, repair.stream().namespace());
            delete.setString(3, repair.stream().name());
            delete.setString(4, write(repair));
            delete.executeUpdate();
        }
    }

    /** All rows of the stream are read again from here on. */
    void remove(StreamName stream) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_repair WHERE pipeline = ? AND namespace = ? AND name = ?")) {
            delete.setString(1, pipeline);
            delete.setString(2, stream.namespace());
            delete.setString(3, stream.name());
            delete.executeUpdate();
        }
    }

    static String write(Repair repair) {
        return RecordJson.object(out -> {
            out.writeStringField("asked_at", repair.askedAt().toString());
            out.writeArrayFieldStart("keys");
            for (List<String> key : repair.keys()) {
                out.writeStartArray();
                for (String value : key) {
                    out.writeString(value);
                }
                out.writeEndArray();
            }
            out.writeEndArray();
        });
    }

    static Repair read(StreamName stream, String record) {
        var read = new Object() {
            @Nullable String askedAt;
            final List<List<String>> keys = new ArrayList<>();
        };
        RecordJson.parse(record, (name, in) -> {
            switch (name) {
                case "asked_at" -> read.askedAt = RecordJson.text(in);
                case "keys" -> {
                    RecordJson.expect(in, JsonToken.START_ARRAY);
                    while (in.nextToken() != JsonToken.END_ARRAY) {
                        RecordJson.expect(in, JsonToken.START_ARRAY);
                        List<String> key = new ArrayList<>();
                        while (in.nextToken() != JsonToken.END_ARRAY) {
                            key.add(RecordJson.text(in));
                        }
                        read.keys.add(key);
                    }
                }
                default -> throw RecordJson.unknown(name);
            }
        });
        try {
            return new Repair(stream, Instant.parse(RecordJson.present(read.askedAt, "asked_at")), read.keys);
        } catch (DateTimeException e) {
            throw new RecordJson.Damaged("asked_at is no time", e);
        }
    }

    private String checksum(StreamName stream, String record) {
        return Checksum.of("repair", pipeline, stream.namespace(), stream.name(), record);
    }
}

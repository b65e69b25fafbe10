package io.windrow.core.checkpoint;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** The documents of one pipeline, within one transaction. */
record DocumentRows(Connection connection, String pipeline, Damage damage) {
    /** All versions, by name, then oldest first. A gap in a name's versions is damage: a document was lost. */
    List<Document> all(String kind) throws SQLException {
        List<Document> documents = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT name, version, json, recorded_at, checksum FROM windrow_document WHERE pipeline = ? AND kind = ?"
                        + " ORDER BY name, version")) {
            select.setString(1, pipeline);
            select.setString(2, kind);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    documents.add(document(kind, row));
                }
            }
        }
        for (int i = 0; i < documents.size(); i++) {
            Document document = documents.get(i);
            boolean follows = i > 0 && documents.get(i - 1).name().equals(document.name());
            if (document.version() != (follows ? documents.get(i - 1).version() + 1 : 1)) {
                throw damage.found("a version before version " + document.version() + " of the " + kind + " of "
                        + document.name() + " is not there");
            }
        }
        return documents;
    }

    private Document document(String kind, ResultSet row) throws SQLException {
        String name = row.getString(1);
        long version = row.getLong(2);
        String json = row.getString(3);
        String recordedAt = row.getString(4);
        if (!checksum(kind, name, version, json, recordedAt).equals(row.getString(5))) {
            throw damage.found("the checksum of version " + version + " of the " + kind + " of " + name + " is wrong");
        }
        try {
            return new Document(kind, name, version, json, Instant.parse(recordedAt));
        } catch (DateTimeException e) {
            throw damage.found("version " + version + " of the " + kind + " of " + name + " has no readable time", e);
        }
    }

    /** Adds the version that follows the newest one; the key keeps a second writer out. */
    Document add(String kind, String name, String json, Instant now) throws SQLException {
        long version = newest(kind, name) + 1;
        Document document = new Document(kind, name, version, json, now.truncatedTo(ChronoUnit.MILLIS));
        String recordedAt = document.recordedAt().toString();
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO windrow_document (pipeline, kind, name, version, json, recorded_at, checksum)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, pipeline);
            insert.setString(2, kind);
            insert.setString(3, name);
            insert.setLong(4, version);
            insert.setString(5, json);
            insert.setString(6, recordedAt);
            insert.setString(7, checksum(kind, name, version, json, recordedAt));
            insert.executeUpdate();
        }
        return document;
    }

    /** Deletes all versions of a document, so that there is no gap. */
    int remove(String kind, String name) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM windrow_document WHERE pipeline = ? AND kind = ? AND name = ?")) {
            delete.setString(1, pipeline);
            delete.setString(2, kind);
            delete.setString(3, name);
            return delete.executeUpdate();
        }
    }

    private long newest(String kind, String name) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT MAX(version) FROM windrow_document WHERE pipeline = ? AND kind = ? AND name = ?")) {
            select.setString(1, pipeline);
            select.setString(2, kind);
            select.setString(3, name);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private String checksum(String kind, String name, long version, String json, String recordedAt) {
        return Checksum.of("document", pipeline, kind, name, Long.toString(version), json, recordedAt);
    }
}

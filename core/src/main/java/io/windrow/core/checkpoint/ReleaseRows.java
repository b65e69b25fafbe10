package io.windrow.core.checkpoint;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** How far the logs of one pipeline are let go, within one transaction. */
record ReleaseRows(Connection connection, String pipeline, Damage damage) {
    List<Release> all() throws SQLException {
        List<Release> released = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT split, record, checksum FROM windrow_release WHERE pipeline = ? ORDER BY split")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    String split = row.getString(1);
                    String record = row.getString(2);
                    if (!checksum(split, record).equals(row.getString(3))) {
                        throw damage.found("the checksum of what is released of split " + split + " is wrong");
                    }
                    released.add(ReleaseJson.read(split, record));
                }
            }
        }
        return released;
    }

    void save(Release release) throws SQLException {
        String record = ReleaseJson.write(release);
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_release (pipeline, split, record, checksum) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (pipeline, split) DO UPDATE SET record = excluded.record,"
                        + " checksum = excluded.checksum")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, release.split());
            upsert.setString(3, record);
            upsert.setString(4, checksum(release.split(), record));
            upsert.executeUpdate();
        }
    }

    private String checksum(String split, String record) {
        return Checksum.of("release", pipeline, split, record);
    }
}

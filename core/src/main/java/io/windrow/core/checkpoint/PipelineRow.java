package io.windrow.core.checkpoint;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.core.ledger.HashKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** What the store keeps of a pipeline as a whole, within one transaction: the key of its row hashes, its last run. */
final class PipelineRow {
    private final Connection connection;
    private final String pipeline;
    private final Damage damage;

    PipelineRow(Connection connection, String pipeline, Damage damage) {
        this.connection = connection;
        this.pipeline = pipeline;
        this.damage = damage;
    }

    private record Texts(String hashKey, String run) {
        static final Texts NONE = new Texts("", "");
    }

    Optional<HashKey> hashKey() throws SQLException {
        String text = texts().hashKey;
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(HashKey.parse(Secret.of(text)));
        } catch (WindrowException e) {
            throw damage.found("the key of the row hashes cannot be read", e);
        }
    }

    HashKey keepHashKey() throws SQLException {
        Optional<HashKey> kept = hashKey();
        if (kept.isPresent()) {
            return kept.get();
        }
        HashKey fresh = HashKey.random();
        store(new Texts(fresh.reveal().reveal(), texts().run));
        return fresh;
    }

    Optional<RunMark> run() throws SQLException {
        String text = texts().run;
        return text.isEmpty() ? Optional.empty() : Optional.of(RunMarkJson.read(text));
    }

    void mark(RunMark run) throws SQLException {
        store(new Texts(texts().hashKey, RunMarkJson.write(run)));
    }

    private Texts texts() throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT hash_key, run_record, checksum FROM windrow_pipeline WHERE pipeline = ?")) {
            select.setString(1, pipeline);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Texts.NONE;
                }
                Texts texts = new Texts(row.getString(1), row.getString(2));
                if (!checksum(texts).equals(row.getString(3))) {
                    throw damage.found("the checksum of the pipeline's own record is wrong");
                }
                return texts;
            }
        }
    }

    private void store(Texts texts) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(
                "INSERT INTO windrow_pipeline (pipeline, hash_key, run_record, checksum) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (pipeline) DO UPDATE SET hash_key = excluded.hash_key,"
                        + " run_record = excluded.run_record, checksum = excluded.checksum")) {
            upsert.setString(1, pipeline);
            upsert.setString(2, texts.hashKey);
            upsert.setString(3, texts.run);
            upsert.setString(4, checksum(texts));
            upsert.executeUpdate();
        }
    }

    private String checksum(Texts texts) {
        return Checksum.of("pipeline", pipeline, texts.hashKey, texts.run);
    }
}

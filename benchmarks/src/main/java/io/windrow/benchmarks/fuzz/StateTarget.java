package io.windrow.benchmarks.fuzz;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.GenerationStart;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StateStores;
import io.windrow.core.checkpoint.Status;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Written;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A SQLite state store whose file, or one value in it, is broken. What is still read has to be what was saved. */
public final class StateTarget implements Target {
    private static final String PIPELINE = "fuzz";
    private static final List<String> CELLS = List.of(
            "windrow_epoch.record", "windrow_split.record", "windrow_ledger.record", "windrow_stream.start_record",
            "windrow_stream.generation", "windrow_stream.last_epoch", "windrow_stream.pending_status",
            "windrow_epoch.checksum", "windrow_epoch.generation", "windrow_split.since");

    private final Path folder;
    private final byte[] valid;
    private final List<StreamState> saved;
    private final List<String> ledger;

    private StateTarget(Path folder, byte[] valid, List<StreamState> saved, List<String> ledger) {
        this.folder = folder;
        this.valid = valid;
        this.saved = saved;
        this.ledger = ledger;
    }

    /** Saves one committed and one prepared epoch. */
    public static StateTarget in(Path folder) throws IOException {
        Path file = folder.resolve("valid.db");
        StreamName stream = new StreamName("public", "orders");
        List<StreamState> saved;
        List<String> ledger;
        StateStore store = StateStores.open("jdbc:sqlite:" + file);
        Lease lease = store.acquire(PIPELINE, "fuzz", Duration.ofMinutes(1));
        store.open(lease, new GenerationStart(stream, 1, 0, Optional.empty()));
        StreamEpoch first = epoch(stream, 1);
        store.save(lease, List.of(first));
        store.save(lease, List.of(first.with(Status.COMMITTED)));
        store.save(lease, List.of(epoch(stream, 2)));
        saved = store.load(PIPELINE);
        ledger = store.ledger(PIPELINE, Optional.empty(), 10);
        store.release(lease);
        store.close();
        return new StateTarget(folder, Files.readAllBytes(file), saved, ledger);
    }

    private static StreamEpoch epoch(StreamName stream, long number) {
        LedgerEntry ledger = new LedgerEntry(
                PIPELINE, stream, 1, number, WriteMode.APPEND, new Account(5, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0),
                Optional.empty(), "", new RowHash(2, number), new Written(5, Optional.of(new RowHash(2, number)), "whole"),
                List.of(), 1, new Guarantee("snapshot", "All rows.", List.of(), List.of()), false, List.of(), 100,
                Instant.EPOCH, Instant.EPOCH, Map.of());
        return new StreamEpoch(
                stream, 1, number, Status.PREPARED, WriteMode.APPEND, new PlannerState(1, "{\"e\":" + number + "}"),
                Map.of("s1", new OpenSplit(new Split("s1", stream, 1, "{}", 10), Optional.of(new Position(1, "{}")))),
                List.of(new Staged(stream, 1, "{\"file\":\"f\"}", 1, 5, 100, "footer")), "d" + number, Optional.empty(),
                false, ledger);
    }

    @Override
    public String name() {
        return "state";
    }

    @Override
    public boolean feed(Random random) throws IOException, SQLException {
        Path file = folder.resolve("broken.db");
        Files.deleteIfExists(folder.resolve("broken.db-wal"));
        Files.deleteIfExists(folder.resolve("broken.db-shm"));
        if (random.nextBoolean()) {
            Files.write(file, new Breakage(random).of(valid));
        } else {
            Files.write(file, valid);
            breakCell(file, random);
        }
        StateStore store = StateStores.open("jdbc:sqlite:" + file);
        try {
            List<StreamState> read = store.load(PIPELINE);
            List<String> entries = store.ledger(PIPELINE, Optional.empty(), 10);
            if (!read.equals(saved) && !read.isEmpty()) {
                throw new AssertionError("state that was never saved: " + read);
            }
            if (!ledger.containsAll(entries)) {
                throw new AssertionError("ledger entries that were never saved: " + entries);
            }
            return read.equals(saved) && entries.equals(ledger);
        } finally {
            store.close();
        }
    }

    private static void breakCell(Path file, Random random) throws SQLException {
        String[] cell = CELLS.get(random.nextInt(CELLS.size())).split("\\.");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            List<List<String>> rows = new ArrayList<>();
            try (Statement read = connection.createStatement();
                    ResultSet row = read.executeQuery("SELECT rowid, " + cell[1] + " FROM " + cell[0])) {
                while (row.next()) {
                    rows.add(List.of(row.getString(1), row.getString(2)));
                }
            }
            List<String> row = rows.get(random.nextInt(rows.size()));
            try (PreparedStatement write = connection.prepareStatement(
                    "UPDATE " + cell[0] + " SET " + cell[1] + " = ? WHERE rowid = ?")) {
                write.setString(1, new Breakage(random).of(row.getLast()));
                write.setString(2, row.getFirst());
                write.executeUpdate();
            }
        }
    }

    @Override
    public void close() {
        // The folder is the caller's.
    }
}

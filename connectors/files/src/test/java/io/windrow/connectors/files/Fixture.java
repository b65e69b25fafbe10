package io.windrow.connectors.files;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.context.Sealing;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** What tests of the sink share: a context, a small stream of (id, name), commits by number, DuckDB as a reader. */
public final class Fixture implements AutoCloseable {
    public static final StreamName ORDERS = new StreamName("public", "orders");

    public final BufferAllocator allocator = new RootAllocator();
    public final Path folder;
    public Failpoints failpoints = Failpoints.NONE;
    public Function<Sealing.Use, Optional<Sealing>> seals = use -> Optional.empty();
    /** The codes of the notices that were given. */
    public final List<String> told = new ArrayList<>();
    public Instant now = Instant.parse("2026-01-01T00:00:00Z");

    public Fixture(Path folder) {
        this.folder = folder;
    }

    public Context context() {
        return new Context() {
            @Override
            public String pipeline() {
                return "test";
            }

            @Override
            public Clock clock() {
                return Clock.fixed(now, ZoneOffset.UTC);
            }

            @Override
            public BufferAllocator allocator() {
                return allocator;
            }

            @Override
            public Path temporaryFolder() {
                return folder;
            }

            @Override
            public Failpoints failpoints() {
                return name -> failpoints.reach(name);
            }

            @Override
            public Optional<Sealing> sealing(Sealing.Use use) {
                return seals.apply(use);
            }

            @Override
            public Notices notices() {
                return (code, text) -> told.add(code);
            }
        };
    }

    public static StreamSchema orders() {
        return schema(ORDERS);
    }

    public static StreamSchema schema(StreamName stream) {
        return new StreamSchema(stream, 1, List.of(
                new Column(1, "id", new ColumnType.Int(64, true), false, "bigint"),
                new Column(2, "name", new ColumnType.Text(), true, "text")), List.of("id"));
    }

    /** Rows from first to last; the name is null for every fifth id. */
    public Batch batch(StreamSchema schema, long first, long last) {
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        BigIntVector ids = (BigIntVector) root.getVector("id");
        VarCharVector names = (VarCharVector) root.getVector("name");
        int rows = (int) (last - first + 1);
        for (int i = 0; i < rows; i++) {
            ids.setSafe(i, first + i);
            if ((first + i) % 5 != 0) {
                names.setSafe(i, ("name \"" + (first + i) + "\",\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        root.setRowCount(rows);
        return new Batch(schema, root, new Position(1, "{}"), Account.ofRead(rows));
    }

    public List<Staged> stage(FilesSink sink, WriteMode mode, WriterId id, long epoch, long first, long last) {
        try (SinkWriter writer = sink.writer(orders(), mode, id); Batch batch = batch(orders(), first, last)) {
            writer.write(batch);
            return writer.prepareCommit(epoch);
        }
    }

    public static StreamCommit commit(WriteMode mode, long generation, long epoch, List<Staged> staged) {
        return new StreamCommit(new CommitIdentity("test", ORDERS, generation, epoch, "d" + epoch), 1, mode, staged,
                Optional.empty(), false, "{\"epoch\":" + epoch + "}");
    }

    public static StreamCommit completing(StreamCommit c) {
        return new StreamCommit(c.identity(), c.fencingToken(), c.mode(), c.staged(), c.supersedes(), true, c.ledger());
    }

    public static StreamCommit superseding(StreamCommit c, long generation) {
        return new StreamCommit(c.identity(), c.fencingToken(), c.mode(), c.staged(), Optional.of(generation),
                c.completesGeneration(), c.ledger());
    }

    /** The rows that DuckDB answers with, columns joined by {@code |}. */
    public static List<String> duck(String sql) {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:");
                var statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<String> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    row.append(i > 1 ? "|" : "").append(result.getString(i));
                }
                rows.add(row.toString());
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    @Override
    public void close() {
        // Fails the test if a buffer was leaked.
        allocator.close();
    }
}

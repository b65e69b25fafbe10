package io.windrow.benchmarks;

import io.windrow.api.batch.Batch;
import io.windrow.api.config.Secret;
import io.windrow.api.context.Context;
import io.windrow.api.context.Failpoints;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.SourceFactory;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.PostgresConfig;
import io.windrow.connectors.postgres.PostgresConnector;
import io.windrow.connectors.postgres.StreamConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** DuckDB writes the batches that our source decodes, handed over through Arrow's C interface without a copy of our own. */
final class DuckDbRival {
    private DuckDbRival() {}

    /** Copies a table to a Parquet file. */
    static void copy(String url, StreamName table, Path file) throws Exception {
        Class.forName("org.duckdb.DuckDBDriver");
        try (RootAllocator allocator = new RootAllocator();
                Batches batches = new Batches(allocator, url, table);
                ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
                Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            Data.exportArrayStream(allocator, batches, stream);
            connection.unwrap(DuckDBConnection.class).registerArrowStream("batches", stream);
            // Order costs DuckDB time and is not asked of anyone here.
            statement.execute("SET preserve_insertion_order = false");
            statement.execute("COPY (SELECT * FROM batches) TO '" + file + "' (FORMAT parquet, COMPRESSION zstd)");
        }
    }

    /** What our source needs of a process. */
    private record Bare(BufferAllocator allocator, Clock clock) implements Context {
        @Override
        public String pipeline() {
            return "duckdb";
        }

        @Override
        public Path temporaryFolder() {
            return Path.of(System.getProperty("java.io.tmpdir"));
        }

        @Override
        public Failpoints failpoints() {
            return Failpoints.NONE;
        }

        @Override
        public Notices notices() {
            return (code, text) -> System.err.println(code + ": " + text);
        }
    }

    /** One reader after the other, on whatever thread DuckDB asks. */
    private static final class Batches extends ArrowReader {
        private final Source source;
        private final SplitPlanner planner;
        private final Schema schema;
        private @Nullable SplitReader reader;
        private SplitPlanner.@Nullable Assignment split;

        Batches(BufferAllocator allocator, String url, StreamName table) {
            super(allocator);
            source = source(allocator, url, table);
            planner = source.plan(List.of(new StreamRequest(table, source.selected().get(table), 1, Optional.empty())));
            schema = ArrowTypes.schema(planner.plans().get(table).schema());
        }

        @SuppressWarnings("unchecked")
        private static Source source(BufferAllocator allocator, String url, StreamName table) {
            PostgresConfig config =
                    PostgresConfig.of(Secret.of(url), List.of(StreamConfig.snapshot(table.toString())));
            SourceFactory<PostgresConfig> factory =
                    (SourceFactory<PostgresConfig>) new PostgresConnector().source().orElseThrow();
            return factory.create(config, new Bare(allocator, Clock.systemUTC()));
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            while (true) {
                SplitReader open = reader;
                if (open == null) {
                    List<SplitPlanner.Assignment> next = planner.next(1);
                    if (next.isEmpty()) {
                        return false;
                    }
                    split = next.getFirst();
                    reader = source.open(split.split(), split.from());
                    continue;
                }
                switch (open.read(System.nanoTime() + TimeUnit.SECONDS.toNanos(10))) {
                    case ReadResult.Data data -> {
                        take(data.batch());
                        return true;
                    }
                    case ReadResult.Idle ignored -> {}
                    case ReadResult.End end -> {
                        open.close();
                        reader = null;
                        if (split != null) {
                            planner.ended(split.split(), end.proof());
                        }
                    }
                }
            }
        }

        private void take(Batch batch) throws IOException {
            prepareLoadNextBatch();
            try (batch;
                    ArrowRecordBatch rows = new VectorUnloader(batch.arrow()).getRecordBatch()) {
                loadRecordBatch(rows);
            }
        }

        @Override
        public long bytesRead() {
            return 0;
        }

        @Override
        protected void closeReadSource() {
            if (reader != null) {
                reader.close();
            }
            planner.close();
            source.close();
        }

        @Override
        protected Schema readSchema() {
            return schema;
        }
    }
}

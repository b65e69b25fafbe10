package io.windrow.benchmarks.fuzz;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.FilesConfig;
import io.windrow.connectors.files.FilesConnector;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.read.Decoders;
import io.windrow.connectors.files.read.FileDecoder;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A file that the files sink wrote, broken, read by the decoder that {@code verify --files} uses; the checksum that
 * stands before that decoder is left out. A file that yields another number of rows counts as refused: the manifest says
 * how many there are.
 */
public final class FileTarget implements Target {
    private static final long MEMORY = 512L << 20;

    private final Format format;
    private final StreamSchema schema;
    private final Path folder;
    private final byte[] valid;
    private final long rows;

    private FileTarget(Format format, StreamSchema schema, Path folder, byte[] valid, long rows) {
        this.format = format;
        this.schema = schema;
        this.folder = folder;
        this.valid = valid;
        this.rows = rows;
    }

    /** Writes the rows of a copy with the sink. */
    public static FileTarget of(Format format, CopyTarget copy, Path folder) throws IOException {
        StreamSchema schema = new StreamSchema(
                CopyTarget.NAME, 1, copy.plans().stream().map(plan -> plan.column()).toList(), List.of("id"));
        SinkFactory<FilesConfig> factory = factory(new FilesConnector().sink().orElseThrow());
        try (BufferAllocator allocator = new RootAllocator();
                Sink sink = factory.create(FilesConfig.of(folder, format), new FuzzContext(allocator, folder));
                Batch batch = new Batch(schema, copy.rows(allocator), new Position(1, "{}"), Account.ofRead(10))) {
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 0));
                    Committer committer = sink.committer()) {
                writer.write(batch);
                CommitOutcome outcome = committer.commit(new StreamCommit(
                        new CommitIdentity("fuzz", schema.stream(), 1, 1, "d"), 1, WriteMode.APPEND,
                        writer.prepareCommit(1), Optional.empty(), true, "{}"));
                if (!(outcome instanceof CommitOutcome.Committed)) {
                    throw new AssertionError("writing a valid file: " + outcome);
                }
            }
            try (Stream<Path> files = Files.walk(folder.resolve(schema.stream().toString()))) {
                Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
                return new FileTarget(format, schema, folder, Files.readAllBytes(file), batch.rowCount());
            }
        }
    }

    @SuppressWarnings("unchecked") // The connector's sink is configured by this record.
    private static SinkFactory<FilesConfig> factory(SinkFactory<?> any) {
        return (SinkFactory<FilesConfig>) any;
    }

    @Override
    public String name() {
        return format.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean feed(Random random) throws IOException {
        // A name of its own for each: a reader may have mapped the one before.
        Path file = Files.createTempFile(folder, "broken", "");
        Files.write(file, new Breakage(random).of(valid));
        try {
            return read(file.getFileName().toString()) == rows;
        } finally {
            Files.delete(file);
        }
    }

    private long read(String file) {
        BufferAllocator allocator = new RootAllocator(MEMORY);
        try {
            return read(file, allocator);
        } finally {
            // Arrow's own reader keeps buffers of a message that it cannot read; the checksum before it is what helps.
            if (format != Format.ARROW && format != Format.ARROW_STREAM) {
                allocator.close();
            }
        }
    }

    private long read(String file, BufferAllocator allocator) {
        long read = 0;
        try (FileDecoder decoder = Decoders.open(
                new Content(new LocalFileTree(folder), file, Optional.empty()), format, Compression.NONE, schema,
                CsvStyle.standard(), allocator)) {
            for (Optional<VectorSchemaRoot> next = decoder.next(); next.isPresent(); next = decoder.next()) {
                try (VectorSchemaRoot root = next.get()) {
                    for (FieldVector vector : root.getFieldVectors()) {
                        for (int row = 0; row < root.getRowCount(); row++) {
                            vector.getObject(row); // Every value, as whoever compares them does.
                        }
                    }
                    read += root.getRowCount();
                }
            }
        }
        return read;
    }

    @Override
    public void close() {
        // The folder is the caller's.
    }
}

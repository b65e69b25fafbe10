package io.windrow.connectors.files;

import io.windrow.api.batch.Batch;
import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.CountedOutput;
import io.windrow.connectors.files.format.Encoders;
import io.windrow.connectors.files.format.RowEncoder;
import io.windrow.connectors.files.format.Written;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.SchemaBook;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.read.ReadBack;
import io.windrow.connectors.files.tree.FileTree;
import io.windrow.connectors.files.tree.TreeError;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Encodes one stream's rows into files of the staging folder. A file is called {@code .writing} until its bytes are
 * durable and counted, then {@code .staged}. Names hold no time of day and no format's extension (F09).
 */
final class FilesWriter implements SinkWriter {
    private static final long WRITER_MEMORY = 64L << 20;

    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final StreamSchema schema;
    private final String schemaName;
    private final StreamFolder folder;
    private final WriteMode mode;
    private final WriterId id;
    private final AtomicLong sequence;
    private final Partitioner partitioner;
    private final Optional<Sealing> sealing;
    /** By partition folder, the one used least recently first. */
    private final Map<String, OpenFile> open = new LinkedHashMap<>(16, 0.75f, true);
    private final List<ClosedFile> closed = new ArrayList<>();
    /** For each open file: what one may hold, or its share of what all may (I12). */
    private final long memory;
    private boolean poisoned;

    FilesWriter(
            FilesConfig config,
            Context context,
            FileTree tree,
            StreamSchema schema,
            WriteMode mode,
            WriterId id,
            AtomicLong sequence) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.schema = schema;
        this.schemaName = SchemaBook.of(schema).name();
        this.folder = StreamFolder.of(schema.stream());
        this.mode = mode;
        this.id = id;
        this.sequence = sequence;
        this.partitioner = Partitioner.of(config, schema);
        this.sealing = context.sealing(Sealing.Use.DELIVERED);
        this.memory = partitioner.splits() ? Math.max(1 << 20, WRITER_MEMORY / config.maxOpenFiles()) : WRITER_MEMORY;
    }

    @Override
    public void write(Batch batch) {
        guarded("writing rows", () -> {
            if (batch.rowCount() > 0) {
                partitioner.split(batch.arrow(), this::write);
            }
            context.failpoints().reach("files.after_write");
            return batch;
        });
    }

    private void write(String partition, VectorSchemaRoot rows) {
        OpenFile file = open.get(partition);
        if (file == null) {
            if (open.size() >= config.maxOpenFiles()) {
                finish(open.keySet().iterator().next());
            }
            file = openFile(partition);
        }
        file.encoder.write(rows);
        file.rows += rows.getRowCount();
        if (file.size() >= config.fileSize().bytes()) {
            finish(partition);
        }
    }

    private OpenFile openFile(String partition) {
        if (!partition.isEmpty()) {
            // A folder that cannot be named is refused here: once it is decided to commit, there is no way back.
            tree.local(folder.visible(mode, id.generation()) + "/" + partition);
        }
        long number = sequence.getAndIncrement();
        String name = StreamFolder.stagingName(id.generation(), id.fencingToken(), id.writer(), number);
        String path = folder.staging() + "/" + name + suffix();
        FileTree.Output output = tree.create(path + StreamFolder.WRITING);
        OpenFile file = new OpenFile(partition, path, number, output);
        open.put(partition, file);
        file.start();
        return file;
    }

    /** Ends a file, makes it durable, reads it back. */
    private void finish(String partition) {
        OpenFile file = open.get(partition);
        Written written = file.encoder.finish();
        file.sealed.ifPresent(SealedOutput::end);
        context.failpoints().reach("files.before_sync");
        file.output.sync();
        file.output.close();
        file.encoder.close();
        String writing = file.path + StreamFolder.WRITING;
        long length = tree.length(writing).orElse(-1L);
        ReadBack.Count count = ReadBack.count(
                new Content(tree, writing, sealing), config.format(), config.codec(), schema, written,
                context.allocator());
        if (length != file.counted.bytes() || count.crc32c().orElse(file.counted.checksum()) != file.counted.checksum()
                || count.rows() != file.rows) {
            throw WindrowException.of(FilesError.READ_BACK_DIFFERS, "Reading back " + writing + ": it has " + length
                    + " bytes and " + count.rows() + " rows, expected " + file.counted.bytes() + " and " + file.rows);
        }
        tree.rename(writing, file.path + StreamFolder.STAGED);
        open.remove(partition);
        closed.add(new ClosedFile(file.partition, file.path + StreamFolder.STAGED, file.number, length,
                file.counted.checksum(), count));
    }

    @Override
    public long bytes() {
        long bytes = 0;
        for (OpenFile file : open.values()) {
            bytes += file.size();
        }
        for (ClosedFile file : closed) {
            bytes += file.bytes;
        }
        return bytes;
    }

    @Override
    public List<Staged> prepareCommit(long epoch) {
        return guarded("preparing epoch " + epoch, () -> {
            for (String partition : List.copyOf(open.keySet())) {
                finish(partition);
            }
            return stage(epoch);
        });
    }

    @Override
    public List<Staged> prepareEmpty(long epoch) {
        return guarded("preparing epoch " + epoch, () -> {
            BookFiles books = new BookFiles(tree);
            boolean delivered = books.books(folder, book -> book.live() && book.generation() == id.generation()).stream()
                    .anyMatch(book -> !books.manifest(folder, book).files().isEmpty());
            if (mode != WriteMode.REPLACE || delivered) {
                return List.of();
            }
            String partition = partitioner.ofNulls();
            openFile(partition);
            finish(partition);
            return stage(epoch);
        });
    }

    private List<Staged> stage(long epoch) {
        if (closed.isEmpty()) {
            return List.of();
        }
        tree.syncFolder(folder.staging());
        context.failpoints().reach("files.after_stage");
        List<Staged> staged = new ArrayList<>(closed.size());
        for (ClosedFile file : closed) {
            staged.add(staged(epoch, file));
        }
        closed.clear();
        return staged;
    }

    private Staged staged(long epoch, ClosedFile file) {
        String visible = folder.visible(mode, id.generation());
        String name = StreamFolder.dataName(id.generation(), epoch, id.fencingToken(), id.writer(), file.number);
        String path = visible + "/" + (file.partition.isEmpty() ? "" : file.partition + "/") + name + config.extension()
                + suffix();
        StagedFile text =
                new StagedFile(file.path, path, file.count.rows(), file.bytes, file.crc32c, schemaName);
        return new Staged(
                schema.stream(), StagedFile.VERSION, text.toJson(), schema.version(), file.count.rows(), file.bytes,
                file.count.how());
    }

    /** What encrypted files' names have more than others. */
    private String suffix() {
        return sealing.isPresent() ? Sealing.SUFFIX : "";
    }

    private interface Step<T> {
        T run();
    }

    /** After any exception the writer takes nothing more (F02). */
    private <T> T guarded(String doing, Step<T> step) {
        if (poisoned) {
            throw WindrowException.of(
                    FilesError.WRITER_POISONED, "Writing " + schema.stream() + ": the writer failed before " + doing);
        }
        poisoned = true;
        T result;
        try {
            result = step.run();
        } catch (UncheckedIOException e) {
            throw WindrowException.of(
                    TreeError.IO_FAILED, "Writing " + schema.stream() + ": " + e.getCause().getMessage(), e);
        }
        poisoned = false;
        return result;
    }

    @Override
    public void close() {
        poisoned = true;
        List<String> leftovers = new ArrayList<>();
        for (OpenFile file : open.values()) {
            file.close();
            leftovers.add(file.path + StreamFolder.WRITING);
            leftovers.add(file.path + StreamFolder.STAGED);
        }
        closed.forEach(file -> leftovers.add(file.path));
        open.clear();
        closed.clear();
        // F01: what was not prepared never had a name that a reader takes for data, and goes now. A storage that
        // refuses even this keeps a staged file, which the next owner removes.
        WindrowException refused = null;
        for (String path : leftovers) {
            try {
                tree.delete(path);
            } catch (WindrowException e) {
                refused = e;
            }
        }
        if (refused != null) {
            context.notices().tell("files.leftover", "Staged files could not be removed: " + refused.getMessage());
        }
    }

    /** A file that is durable. */
    private record ClosedFile(String partition, String path, long number, long bytes, long crc32c, ReadBack.Count count) {}

    /** A file that takes rows. */
    private final class OpenFile {
        private final String partition;
        private final String path;
        private final long number;
        private final FileTree.Output output;
        /** The bytes as they lie in the file. */
        private final CountedOutput counted;
        private final Optional<SealedOutput> sealed;
        /** The bytes as the encoder makes them. */
        private final CountedOutput plain;
        private RowEncoder encoder = NOTHING;
        private long rows;

        OpenFile(String partition, String path, long number, FileTree.Output output) {
            this.partition = partition;
            this.path = path;
            this.number = number;
            this.output = output;
            this.counted = new CountedOutput(output);
            this.sealed = sealing.map(cipher -> new SealedOutput(cipher, schema.stream(), counted));
            this.plain = sealed.map(CountedOutput::new).orElse(counted);
        }

        void start() {
            encoder = Encoders.open(
                    config.format(), config.codec(), schema, config.csv(), memory, context.allocator(), plain);
        }

        long size() {
            return plain.bytes() + encoder.buffered();
        }

        void close() {
            encoder.close();
            output.close();
        }
    }

    /** Stands for the encoder of a file that could not be started. */
    private static final RowEncoder NOTHING = new RowEncoder() {
        @Override
        public void write(VectorSchemaRoot rows) {
            throw new IllegalStateException("no encoder");
        }

        @Override
        public long buffered() {
            return 0;
        }

        @Override
        public Written finish() {
            throw new IllegalStateException("no encoder");
        }

        @Override
        public void close() {
            // Nothing was opened.
        }
    };
}

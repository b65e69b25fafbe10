package io.windrow.connectors.files;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.sink.DeliveryAudit.Finding.Kind;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.SchemaBook;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.read.Decoders;
import io.windrow.connectors.files.read.FileDecoder;
import io.windrow.connectors.files.tree.FileTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream's files back, manifest by manifest, with decoders that share no code with the encoders. Before a file is
 * decoded its length and checksum are compared with the manifest: one that is gone or damaged is left out, and told of.
 * Replace: the newest generation that is complete by its manifests and was swapped in.
 */
public final class FilesDelivery implements Delivery {
    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final StreamFolder folder;
    private final FileCondition condition;
    private final Deque<StagedFile> files = new ArrayDeque<>();
    private final List<Finding> unreadable = new ArrayList<>();
    /** What readers see at the start; what is committed later is not looked at. */
    private final List<StreamFolder.Book> shown;

    private final Deque<StreamFolder.Book> manifests;
    private @Nullable Open open;

    /** A file that is being decoded, and how many of its rows were given. */
    private record Open(StagedFile file, FileDecoder decoder, long given) {}

    FilesDelivery(FilesConfig config, Context context, FileTree tree, StreamName stream) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
        this.folder = StreamFolder.of(stream);
        this.condition = new FileCondition(tree, books, folder);
        this.shown = damageTold(Kind.BOOKS, folder.manifests(), () -> Optional.of(new ShownBooks(tree, books).books(folder)))
                .orElse(List.of());
        this.manifests = new ArrayDeque<>(shown);
    }

    @Override
    public long count() {
        long rows = 0;
        for (StreamFolder.Book book : shown) {
            rows += books.manifest(folder, book).rows();
        }
        return rows;
    }

    @Override
    public List<Finding> unreadable() {
        return List.copyOf(unreadable);
    }

    @Override
    public Optional<Batch> read(StreamSchema schema) {
        while (true) {
            Open from = open == null ? openNext(schema) : open;
            if (from == null) {
                return Optional.empty();
            }
            int told = unreadable.size();
            Optional<VectorSchemaRoot> rows =
                    damageTold(Kind.UNDECODABLE, from.file().file(), () -> from.decoder().next());
            if (rows.isPresent()) {
                int count = rows.get().getRowCount();
                open = new Open(from.file(), from.decoder(), from.given() + count);
                return Optional.of(
                        new Batch(schema, renamed(rows.get(), schema), new Position(1, "{}"), Account.ofRead(count)));
            }
            closeDecoder();
            if (unreadable.size() == told && from.given() != from.file().rows()) {
                unreadable.add(new Finding(Kind.ROWS, from.file().file(),
                        from.given() + " rows were decoded, the manifest says " + from.file().rows()));
            }
        }
    }

    /** The next file that is as its manifest says; null if there is none left. */
    private @Nullable Open openNext(StreamSchema schema) {
        while (true) {
            while (files.isEmpty()) {
                if (manifests.isEmpty()) {
                    return null;
                }
                StreamFolder.Book book = manifests.remove();
                damageTold(Kind.BOOKS, folder.manifest(book.generation(), book.epoch()), () -> Optional.of(books.manifest(folder, book)))
                        .ifPresent(manifest -> files.addAll(manifest.files()));
            }
            StagedFile file = files.remove();
            Optional<FileDecoder> decoder =
                    damageTold(Kind.UNDECODABLE, file.file(), () -> decoder(file, asWritten(schema, file)));
            if (decoder.isPresent()) {
                open = new Open(file, decoder.get(), 0);
                return open;
            }
        }
    }

    private Optional<FileDecoder> decoder(StagedFile file, StreamSchema written) {
        Optional<Finding> wrong = condition.of(file);
        wrong.ifPresent(unreadable::add);
        return wrong.isPresent()
                ? Optional.empty()
                : Optional.of(Decoders.open(content(file), written, config.csv(), context.allocator()));
    }

    /** Does what damage may hinder: empty, and told of, if it does. What hinders the reading itself is thrown. */
    private <T> Optional<T> damageTold(Kind kind, String place, Supplier<Optional<T>> step) {
        try {
            return step.get();
        } catch (WindrowException e) {
            return switch (e.kind()) {
                case EXTERNAL_PERMANENT, DATA -> {
                    unreadable.add(new Finding(kind, place, String.valueOf(e.getMessage())));
                    yield Optional.empty();
                }
                // A key that is missing says nothing about the file.
                case USER, EXTERNAL_TRANSIENT, RESOURCE, UNKNOWN_OUTCOME, BUG -> throw e;
            };
        }
    }

    private Content content(StagedFile file) {
        return new Content(tree, file.file(), context.sealing(Sealing.Use.DELIVERED));
    }

    /** The schema with the names that its columns had when the file was written; a column is the same by its id. */
    private StreamSchema asWritten(StreamSchema schema, StagedFile file) {
        Optional<StreamSchema> book = file.schema().isEmpty()
                ? Optional.empty()
                : books.text(folder.schema(file.schema())).map(SchemaBook::of).map(SchemaBook::schema);
        if (book.isEmpty()) {
            return schema;
        }
        Map<String, String> names = new HashMap<>();
        for (Column column : schema.columns()) {
            String name = book.get().indexOf(column.name()) >= 0
                    ? column.name()
                    : book.get().columns().stream()
                            .filter(written -> written.id() == column.id() && schema.indexOf(written.name()) < 0)
                            .map(Column::name)
                            .findFirst()
                            .orElse(column.name());
            names.put(column.name(), name);
        }
        return new StreamSchema(
                schema.stream(),
                schema.version(),
                schema.columns().stream()
                        .map(column -> new Column(
                                column.id(), names.get(column.name()), column.type(), column.nullable(), column.sourceType()))
                        .toList(),
                schema.key().stream().map(names::get).toList());
    }

    /** The rows under the names of the schema; they are handed over, not copied. */
    private static VectorSchemaRoot renamed(VectorSchemaRoot rows, StreamSchema schema) {
        List<Field> fields = ArrowTypes.schema(schema).getFields();
        if (rows.getSchema().getFields().equals(fields)) {
            return rows;
        }
        List<FieldVector> vectors = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            FieldVector vector = rows.getVector(i);
            TransferPair pair = vector.getTransferPair(fields.get(i), vector.getAllocator());
            pair.transfer();
            vectors.add((FieldVector) pair.getTo());
        }
        VectorSchemaRoot root = new VectorSchemaRoot(fields, vectors, rows.getRowCount());
        rows.close();
        return root;
    }

    private void closeDecoder() {
        Open closing = open;
        open = null;
        if (closing != null) {
            closing.decoder().close();
        }
    }

    @Override
    public void close() {
        closeDecoder();
    }
}

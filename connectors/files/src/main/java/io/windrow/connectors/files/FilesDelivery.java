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
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.SchemaBook;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.read.Decoders;
import io.windrow.connectors.files.read.FileDecoder;
import io.windrow.connectors.files.read.ReadError;
import io.windrow.connectors.files.tree.FileTree;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream's files back, manifest by manifest, with decoders that share no code with the encoders. Before a file is
 * decoded its length and checksum are compared with the manifest. Replace: the newest generation that is complete by its manifests
 * and was swapped in.
 */
public final class FilesDelivery implements Delivery {
    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final StreamFolder folder;
    /** What readers see at the start; what is committed later is not looked at. */
    private final List<StreamFolder.Book> shown;

    private final Deque<StreamFolder.Book> manifests;
    private final Deque<StagedFile> files = new ArrayDeque<>();
    private @Nullable FileDecoder decoder;
    private long expected;
    private long got;

    FilesDelivery(FilesConfig config, Context context, FileTree tree, StreamName stream) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
        this.folder = StreamFolder.of(stream);
        this.shown = new ShownBooks(tree, books).books(folder);
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
    public Optional<Batch> read(StreamSchema schema) {
        while (true) {
            if (decoder == null && !openNext(schema)) {
                return Optional.empty();
            }
            FileDecoder from = decoder;
            Optional<VectorSchemaRoot> rows = from == null ? Optional.empty() : from.next();
            if (rows.isPresent()) {
                got += rows.get().getRowCount();
                Account account = Account.ofRead(rows.get().getRowCount());
                return Optional.of(new Batch(schema, renamed(rows.get(), schema), new Position(1, "{}"), account));
            }
            closeDecoder();
            if (got != expected) {
                throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + folder.data() + ": a file holds " + got
                        + " rows, its manifest says " + expected);
            }
        }
    }

    private boolean openNext(StreamSchema schema) {
        while (files.isEmpty()) {
            if (manifests.isEmpty()) {
                return false;
            }
            files.addAll(books.manifest(folder, manifests.remove()).files());
        }
        StagedFile file = files.remove();
        if (!tree.length(file.file()).equals(Optional.of(file.bytes()))
                || Decoders.checksum(tree, file.file()) != file.crc32c()) {
            throw WindrowException.of(ReadError.FILE_DAMAGED, "Reading " + file.file()
                    + ": it is gone or not as its manifest says (" + file.bytes() + " bytes, checksum)");
        }
        decoder = Decoders.open(content(file), asWritten(schema, file), config.csv(), context.allocator());
        expected = file.rows();
        got = 0;
        return true;
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
        FileDecoder open = decoder;
        decoder = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closeDecoder();
    }
}

package io.windrow.connectors.files;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Finding.Kind;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.Manifest;
import io.windrow.connectors.files.layout.SchemaBook;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.read.Decoders;
import io.windrow.connectors.files.read.FileDecoder;
import io.windrow.connectors.files.tree.FileTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Decodes every file that a manifest names, with libraries that share no code with the encoders, and looks for files that
 * none names. A file that has another length or checksum is not decoded: nothing is known of what it is.
 */
final class FilesAudit implements DeliveryAudit {
    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final StreamFolder folder;
    private final FileCondition condition;
    private final Map<String, Optional<StreamSchema>> schemas = new HashMap<>();

    FilesAudit(FilesConfig config, Context context, FileTree tree, StreamName stream) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
        this.folder = StreamFolder.of(stream);
        this.condition = new FileCondition(tree, books, folder);
    }

    @Override
    public List<Commit> commits() {
        Set<StreamFolder.Book> shown = new HashSet<>(new ShownBooks(tree, books).books(folder));
        List<Commit> commits = new ArrayList<>();
        for (StreamFolder.Book book : books.books(folder, any -> true)) {
            commits.add(new Commit(
                    books.manifest(folder, book).identity(),
                    book.state() == StreamFolder.State.DISPOSED
                            ? Standing.DISPOSED
                            : shown.contains(book) ? Standing.SHOWN : Standing.REPLACED,
                    books.text(folder.ledger(book.generation(), book.epoch()))));
        }
        return commits;
    }

    @Override
    public Examined examine(Commit commit, Consumer<Batch> rows) {
        long generation = commit.identity().generation();
        long epoch = commit.identity().epoch();
        Optional<Manifest> manifest = books.manifest(folder, generation, epoch);
        if (manifest.isEmpty()) {
            return new Examined(0, 0, 0, false, List.of(new Finding(
                    Kind.BOOKS, folder.manifest(generation, epoch), "the manifest has vanished during the examination")));
        }
        List<Finding> findings = new ArrayList<>();
        long read = 0;
        long bytes = 0;
        boolean complete = true;
        for (StagedFile file : manifest.get().files()) {
            bytes += file.bytes();
            Optional<Finding> outside = condition.of(file);
            if (outside.isPresent()) {
                findings.add(outside.get());
                complete = false;
                continue;
            }
            Optional<StreamSchema> schema = schema(file);
            complete &= schema.isPresent();
            if (schema.isEmpty()) {
                findings.add(new Finding(Kind.UNDECIDABLE, file.file(),
                        "length and checksum are those of the manifest; its columns are not in the books, so its rows "
                                + "cannot be decoded without the source"));
                continue;
            }
            int found = findings.size();
            long decoded = decode(file, schema.get(), rows, findings);
            read += decoded;
            if (findings.size() == found && decoded != file.rows()) {
                findings.add(new Finding(Kind.ROWS, file.file(),
                        decoded + " rows were decoded, the manifest says " + file.rows()));
            }
            complete &= findings.size() == found;
        }
        return new Examined(manifest.get().files().size(), read, bytes, complete, findings);
    }

    private Optional<StreamSchema> schema(StagedFile file) {
        return file.schema().isEmpty()
                ? Optional.empty()
                : schemas.computeIfAbsent(file.schema(), name -> books.text(folder.schema(name))
                        .map(SchemaBook::of)
                        .filter(book -> book.name().equals(name))
                        .map(SchemaBook::schema));
    }

    /** Gives the rows of a file, up to a damaged place if there is one. What the taker throws is no damage of the file. */
    private long decode(StagedFile file, StreamSchema schema, Consumer<Batch> rows, List<Finding> findings) {
        long read = 0;
        Content content = new Content(tree, file.file(), context.sealing(Sealing.Use.DELIVERED));
        Optional<FileDecoder> opened = damageTold(findings, file, () ->
                Optional.of(Decoders.open(content, schema, config.csv(), context.allocator())));
        if (opened.isEmpty()) {
            return read;
        }
        try (FileDecoder decoder = opened.get()) {
            for (Optional<VectorSchemaRoot> next = damageTold(findings, file, decoder::next);
                    next.isPresent();
                    next = damageTold(findings, file, decoder::next)) {
                int count = next.get().getRowCount();
                try (Batch batch = new Batch(schema, next.get(), new Position(1, "{}"), Account.ofRead(count))) {
                    rows.accept(batch);
                }
                read += count;
            }
        }
        return read;
    }

    /** Does what damage may hinder: empty, and told of, if it does. */
    private static <T> Optional<T> damageTold(List<Finding> findings, StagedFile file, Supplier<Optional<T>> step) {
        try {
            return step.get();
        } catch (WindrowException e) {
            if (e.kind() == ErrorKind.USER) {
                throw e; // A key that is missing says nothing about the file.
            }
            findings.add(new Finding(Kind.UNDECODABLE, file.file(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    @Override
    public List<Finding> strays() {
        // Files first, manifests after: a file whose manifest appears meanwhile is found in it.
        Set<String> lying = new TreeSet<>();
        collect(folder.data(), lying);
        collect(folder.generations(), lying);
        Map<String, String> gone = new HashMap<>();
        long lastEpoch = 0;
        for (StreamFolder.Book book : books.books(folder, any -> true)) {
            lastEpoch = Math.max(lastEpoch, book.epoch());
            for (StagedFile file : books.manifest(folder, book).files()) {
                if (book.live()) {
                    lying.remove(file.file());
                } else {
                    gone.put(file.file(), book.state() == StreamFolder.State.DISPOSED
                            ? "its time was over and it should have been deleted; run `windrow dispose` again"
                            : "its generation was superseded and it should have been deleted");
                }
            }
        }
        List<Finding> findings = new ArrayList<>();
        for (String path : lying) {
            Optional<StreamFolder.Book> named = StreamFolder.dataBook(path.substring(path.lastIndexOf('/') + 1));
            if (named.isPresent() && named.get().epoch() > lastEpoch) {
                findings.add(new Finding(Kind.UNDECIDABLE, path, "it is of epoch " + named.get().epoch()
                        + ", which is not committed: a run is under way or was killed while it committed; run again, then verify"));
            } else {
                findings.add(new Finding(Kind.STRAY, path,
                        gone.getOrDefault(path, "no manifest names it, and readers of the folder take it for data")));
            }
        }
        return findings;
    }

    private void collect(String path, Set<String> files) {
        List<FileTree.Entry> entries = new ArrayList<>();
        tree.list(path, entries::add);
        for (FileTree.Entry entry : entries) {
            String child = path + "/" + entry.name();
            switch (entry.kind()) {
                case FILE -> files.add(child);
                case FOLDER -> collect(child, files);
                case OTHER -> {
                    // Links, the one to the current generation above all: what they lead to is looked at where it lies.
                }
            }
        }
    }

    @Override
    public void close() {
        // Decoders are closed with their file.
    }
}

package io.windrow.connectors.files;

import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.Replaced;
import io.windrow.connectors.files.layout.SchemaBook;
import io.windrow.connectors.files.layout.StreamFacts;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.FileTree;
import io.windrow.connectors.files.tree.TreeError;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files below one root. Staging is at the target: a staged file is a data file that is durable in a folder that no
 * reader looks into; committing renames it.
 */
public final class FilesSink implements Sink {
    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final AtomicLong sequence = new AtomicLong();
    private final Map<StreamName, Long> swept = new ConcurrentHashMap<>();

    /** No I/O. Tests hand in a tree that records or fails. */
    public FilesSink(FilesConfig config, Context context, FileTree tree) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
    }

    @Override
    public List<CheckResult> check() {
        String probe = "." + "windrow-check-" + UUID.randomUUID();
        try {
            boolean there = java.nio.file.Files.isDirectory(config.path());
            if (!there) {
                return List.of(checkParent());
            }
            try (FileTree.Output out = tree.create(probe)) {
                out.append(ByteBuffer.wrap(new byte[] {1}));
                out.sync();
            } finally {
                tree.delete(probe);
            }
            List<CheckResult> results = new ArrayList<>();
            results.add(CheckResult.ok("write", config.path() + " can be written to"));
            checkLinks().ifPresent(results::add);
            return results;
        } catch (WindrowException e) {
            return List.of(CheckResult.failed("write", e.getMessage(), e.remedy()));
        }
    }

    /** Storage without links takes streams that append: which do not, the run says before it reads. */
    private Optional<CheckResult> checkLinks() {
        try {
            LinkProbe.swap(tree);
            return Optional.empty();
        } catch (WindrowException e) {
            if (e.errorCode() != TreeError.LINKS_REFUSED) {
                throw e;
            }
            return Optional.of(CheckResult.warning(
                    "links", e.getMessage() + "; a run refuses every stream whose copies replace each other", e.remedy()));
        }
    }

    /** The root is not there yet: the nearest folder above it must be writable. */
    private CheckResult checkParent() {
        var above = config.path().toAbsolutePath().normalize();
        while (above.getParent() != null && !java.nio.file.Files.exists(above)) {
            above = above.getParent();
        }
        return java.nio.file.Files.isDirectory(above) && java.nio.file.Files.isWritable(above)
                ? CheckResult.ok("write", config.path() + " will be made in " + above)
                : CheckResult.failed("write", above + " is no folder that can be written to",
                        "Give the user that runs Windrow write access to " + above + ", or change sink.files.path.");
    }

    @Override
    public void prepare(StreamSchema schema, WriteMode mode) {
        StreamName stream = schema.stream();
        StreamFolder folder = StreamFolder.of(stream);
        for (String path : List.of(folder.data(), folder.staging(), folder.manifests(), folder.ledgers(),
                folder.schemas(), folder.generations())) {
            tree.folder(path);
        }
        StreamFacts wanted = StreamFacts.of(context.pipeline(), stream, mode);
        Optional<StreamFacts> found = books.text(folder.owner()).map(json -> StreamFacts.parse(folder.owner(), json));
        if (found.isEmpty()) {
            books.put(folder.books(), folder.owner(), 0, wanted.toJson());
        } else if (!found.get().pipeline().equals(wanted.pipeline()) || !found.get().stream().equals(stream)) {
            throw WindrowException.of(FilesError.OWNED_BY_OTHER, "Preparing folder " + folder.data() + " for pipeline "
                    + wanted.pipeline() + ": it is written by pipeline " + found.get().pipeline());
        } else if (!found.get().equals(wanted)) {
            throw WindrowException.of(FilesError.MODE_CHANGED, "Preparing folder " + folder.data() + " for mode "
                    + wanted.mode() + ": it was written in mode " + found.get().mode());
        }
        SchemaBook columns = SchemaBook.of(schema);
        if (tree.length(folder.schema(columns.name())).isEmpty()) {
            books.put(folder.schemas(), folder.schema(columns.name()), 0, columns.text());
        }
        Partitioner.check(config, schema);
        schema.namesAlikeButForCase().forEach(names -> context.notices().tell(
                "files.names_alike", "Stream " + stream + ": columns " + String.join(", ", names)
                        + " differ only in case, and readers such as Spark take them for one. They are delivered as they are; rename one in"
                        + " section transform."));
        if (mode == WriteMode.REPLACE) {
            LinkProbe.swap(tree, folder);
        }
    }

    @Override
    public List<String> placedBy(StreamName stream) {
        return Partitioner.columns(config, stream);
    }

    @Override
    public SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id) {
        sweep(schema.stream(), id.fencingToken());
        return new FilesWriter(config, context, tree, schema, mode, id, sequence);
    }

    /**
     * Removes what dead owners left half written. What they finished may be part of a PREPARED epoch and stays, also under
     * our own token: an owner of a history that is gone, since the state store was restored, had it too.
     */
    private void sweep(StreamName stream, long token) {
        Long before = swept.put(stream, token);
        if (before != null && before >= token) {
            return;
        }
        StreamFolder folder = StreamFolder.of(stream);
        List<String> dead = new ArrayList<>();
        tree.list(folder.staging(), entry -> {
            if (entry.name().endsWith(StreamFolder.WRITING)
                    && StreamFolder.token(entry.name()).filter(t -> t < token).isPresent()) {
                dead.add(entry.name());
            }
            StreamFolder.sequence(entry.name(), token).ifPresent(used -> sequence.accumulateAndGet(used + 1, Math::max));
        });
        dead.forEach(name -> tree.delete(folder.staging() + "/" + name));
    }

    @Override
    public Committer committer() {
        return new FilesCommitter(config, context, tree);
    }

    @Override
    public Optional<Delivery> delivery(StreamName stream) {
        return Optional.of(new FilesDelivery(config, context, tree, stream));
    }

    @Override
    public Optional<DeliveryAudit> audit(StreamName stream) {
        return Optional.of(new FilesAudit(config, context, tree, stream));
    }

    @Override
    public Optional<DeliveryDisposal> disposal(StreamName stream) {
        return Optional.of(new FilesDisposal(context, tree, stream));
    }

    @Override
    public Optional<Staged> replacing(StreamName stream, List<CommitIdentity> replaced) {
        Replaced text = new Replaced(replaced.stream()
                .map(commit -> new Replaced.Commit(commit.generation(), commit.epoch()))
                .toList());
        return Optional.of(new Staged(
                stream, Replaced.VERSION, text.toJson(), 0, 0, 0, "takes the place of " + replaced.size() + " commits"));
    }

    @Override
    public void close() {
        // Files are closed by their writers.
    }
}

package io.windrow.connectors.files;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.Manifest;
import io.windrow.connectors.files.layout.Replaced;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.FileTree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What happens to whole generations: one takes another's place, is swapped in, or goes after its grace. */
final class Generations {
    private final FilesConfig config;
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;

    Generations(FilesConfig config, Context context, FileTree tree, BookFiles books) {
        this.config = config;
        this.context = context;
        this.tree = tree;
        this.books = books;
    }

    /** The generation that readers of {@code current} see; empty before the first. */
    Optional<Long> current(StreamFolder folder) {
        return tree.linkTarget(folder.current()).flatMap(StreamFolder::generationOf);
    }

    /** Takes the rows of the generations from {@code first} up to but without {@code next} away. */
    void supersede(StreamName stream, long first, long next) {
        StreamFolder folder = StreamFolder.of(stream);
        Optional<Long> current = current(folder);
        if (current.isPresent() && current.get() >= first) {
            throw WindrowException.of(FilesError.COMMIT_CONFLICT, "Superseding generation " + first + " of "
                    + folder.data() + ": generation " + current.get() + " is complete and visible");
        }
        List<StreamFolder.Book> old =
                books.books(folder, book -> book.generation() >= first && book.generation() < next);
        for (StreamFolder.Book book : old) {
            if (book.live()) {
                tree.rename(folder.manifest(book.generation(), book.epoch()),
                        folder.superseded(book.generation(), book.epoch()));
            }
        }
        tree.syncFolder(folder.manifests());
        context.failpoints().reach("files.after_supersede");
        // The renamed manifests still name the files: dying here is mended by doing all of it again.
        gone(folder, stream, old.stream().flatMap(book -> books.manifest(folder, book).files().stream()));
    }

    /**
     * Takes the rows of commits away whose place a visible manifest has taken. Till then that manifest alone says that they
     * do not count. Can be done again.
     */
    void replaced(StreamName stream, List<Replaced.Commit> gone) {
        if (gone.isEmpty()) {
            return;
        }
        StreamFolder folder = StreamFolder.of(stream);
        for (Replaced.Commit commit : gone) {
            String live = folder.manifest(commit.generation(), commit.epoch());
            if (tree.length(live).isPresent()) {
                tree.rename(live, folder.superseded(commit.generation(), commit.epoch()));
            }
        }
        tree.syncFolder(folder.manifests());
        context.failpoints().reach("files.after_replace");
        gone(folder, stream, gone.stream()
                .flatMap(commit -> books.manifest(folder, commit.generation(), commit.epoch()).stream())
                .flatMap(old -> old.files().stream()));
    }

    /** Takes files out of the readers' sight: what is on legal hold is kept beside the books. */
    private void gone(StreamFolder folder, StreamName stream, Stream<StagedFile> files) {
        if (!context.isHeld(stream)) {
            delete(files);
            return;
        }
        Set<String> folders = new TreeSet<>();
        for (StagedFile file : files.toList()) {
            // It was kept already if this is done again.
            if (tree.length(file.file()).isPresent()) {
                String kept = folder.held(file.file());
                tree.folder(parent(kept));
                tree.rename(file.file(), kept);
                folders.add(parent(file.file()));
                folders.add(parent(kept));
            }
        }
        folders.forEach(tree::syncFolder);
    }

    /** Deletes files durably: what came back after a crash, nobody would delete again. */
    private void delete(Stream<StagedFile> files) {
        Set<String> folders = new TreeSet<>();
        files.forEach(file -> {
            tree.delete(file.file());
            folders.add(parent(file.file()));
        });
        Map<String, Set<String>> there = new HashMap<>();
        for (String path : folders) {
            if (there.computeIfAbsent(parent(path), this::folders).contains(path)) {
                tree.syncFolder(path);
            }
        }
    }

    private Set<String> folders(String above) {
        Set<String> folders = new TreeSet<>();
        tree.list(above, entry -> {
            if (entry.kind() == FileTree.Entry.Kind.FOLDER) {
                folders.add(above.isEmpty() ? entry.name() : above + "/" + entry.name());
            }
        });
        return folders;
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** Points {@code current} at the generation, if it is whole and nothing newer is there. */
    void swap(StreamFolder folder, CommitIdentity identity, long token) {
        Optional<Long> current = current(folder);
        if (current.isPresent() && current.get() == identity.generation()) {
            return;
        }
        if (current.isPresent() && current.get() > identity.generation()) {
            throw WindrowException.of(FilesError.COMMIT_CONFLICT, "Swapping in generation " + identity.generation()
                    + " of " + identity.stream() + ": generation " + current.get() + " is newer");
        }
        for (StreamFolder.Book book : books.books(folder, b -> b.generation() == identity.generation() && b.live())) {
            for (StagedFile file : books.manifest(folder, book).files()) {
                if (!tree.length(file.file()).equals(Optional.of(file.bytes()))) {
                    throw WindrowException.of(FilesError.STAGED_LOST, "Swapping in generation " + identity.generation()
                            + " of " + identity.stream() + ": " + file.file() + " is gone or has another length");
                }
            }
        }
        String passing = folder.books() + "/current.t" + token;
        tree.delete(passing);
        tree.link(passing, folder.currentTarget(identity.generation()));
        context.failpoints().reach("files.before_swap");
        tree.rename(passing, folder.current());
        tree.syncFolder(folder.data());
        context.failpoints().reach("files.after_swap");
    }

    /**
     * Removes replaced generations whose grace is over; the one before the current one always stays, and all do while the stream is
     * on legal hold. Their manifests go first, so that what has none is what a removal has left that died: its folder goes too.
     */
    void sweep(StreamFolder folder, StreamCommit commit) {
        if (commit.mode() != WriteMode.REPLACE || !commit.completesGeneration() || context.isHeld(commit.identity().stream())) {
            return;
        }
        long now = commit.identity().generation();
        Instant limit = context.clock().instant().minus(config.grace());
        List<StreamFolder.Book> live = books.books(folder, book -> book.generation() < now && book.live());
        List<Manifest> complete = new ArrayList<>();
        for (StreamFolder.Book book : live) {
            Manifest manifest = books.manifest(folder, book);
            if (manifest.completesGeneration()) {
                complete.add(manifest);
            }
        }
        Set<Long> kept = new TreeSet<>();
        live.forEach(book -> kept.add(book.generation()));
        // A generation was replaced when the next complete one was committed.
        for (int i = 0; i + 1 < complete.size(); i++) {
            if (!complete.get(i + 1).at().isAfter(limit)) {
                long generation = complete.get(i).identity().generation();
                supersedeOne(folder, generation);
                kept.remove(generation);
            }
        }
        for (long generation : books.generations(folder)) {
            if (generation < now && !kept.contains(generation)) {
                deleteFolder(folder.generation(generation));
            }
        }
    }

    private void supersedeOne(StreamFolder folder, long generation) {
        for (StreamFolder.Book book : books.books(folder, b -> b.generation() == generation && b.live())) {
            tree.rename(folder.manifest(generation, book.epoch()), folder.superseded(generation, book.epoch()));
        }
        tree.syncFolder(folder.manifests());
    }

    private void deleteFolder(String path) {
        List<FileTree.Entry> entries = new ArrayList<>();
        tree.list(path, entries::add);
        for (FileTree.Entry entry : entries) {
            String child = path + "/" + entry.name();
            if (entry.kind() == FileTree.Entry.Kind.FOLDER) {
                deleteFolder(child);
            } else {
                tree.delete(child);
            }
        }
        tree.delete(path);
    }
}

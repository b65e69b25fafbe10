package io.windrow.connectors.files;

import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Staged;
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
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes staged files visible. The order, each step durable before the next: superseded rows go; files are renamed to
 * their final names; the ledger is laid down; replace swaps the link once the generation is whole; the manifest appears.
 * What the manifest replaces goes after it. Every step can be done again, so a commit that died anywhere is finished by committing again (F22).
 */
final class FilesCommitter implements Committer {
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final Generations generations;

    FilesCommitter(FilesConfig config, Context context, FileTree tree) {
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
        this.generations = new Generations(config, context, tree, books);
    }

    @Override
    public CommitOutcome commit(StreamCommit commit) {
        try {
            return judged(commit);
        } catch (WindrowException e) {
            // Whatever failed, it cannot be told how much of it the storage keeps (I5).
            return new CommitOutcome.Unknown(e);
        }
    }

    private CommitOutcome judged(StreamCommit commit) {
        CommitIdentity identity = commit.identity();
        StreamFolder folder = StreamFolder.of(identity.stream());
        Optional<Manifest> same = books.manifest(folder, identity.generation(), identity.epoch());
        if (same.isPresent()) {
            if (!same.get().identity().equals(identity)) {
                return conflict(commit, "the epoch is there with another digest or pipeline");
            }
            // Whoever made it visible may have died before the commits whose place it took were gone, or old generations.
            generations.replaced(identity.stream(), same.get().replaces());
            sweepGenerations(commit, folder);
            return new CommitOutcome.AlreadyCommitted(outputs(same.get().files()));
        }
        Optional<StreamFolder.Book> last = books.last(folder);
        if (last.isPresent()) {
            // I4: numbers are never used again. I6: an owner with a newer token has been here.
            if (last.get().epoch() >= identity.epoch() || last.get().generation() > identity.generation()) {
                return conflict(commit, "it is at generation " + last.get().generation() + ", epoch "
                        + last.get().epoch() + " already");
            }
            Manifest newest = books.manifest(folder, last.get());
            if (newest.fencingToken() > commit.fencingToken()
                    || !newest.identity().pipeline().equals(identity.pipeline())) {
                return conflict(commit, "pipeline " + newest.identity().pipeline() + " with fencing token "
                        + newest.fencingToken() + " has committed since");
            }
        }
        List<StagedFile> files = new ArrayList<>();
        List<Replaced.Commit> replaces = new ArrayList<>();
        for (Staged staged : commit.staged()) {
            if (staged.version() == Replaced.VERSION) {
                replaces.addAll(Replaced.parse(staged.text()).commits());
            } else {
                files.add(StagedFile.parse(staged.version(), staged.text()));
            }
        }
        Optional<CommitOutcome> lost = verify(commit, folder, files);
        if (lost.isPresent()) {
            return lost.get();
        }
        publish(commit, folder, replaces, files);
        return new CommitOutcome.Committed(outputs(files));
    }

    private static List<String> outputs(List<StagedFile> files) {
        return files.stream().map(StagedFile::file).toList();
    }

    private static CommitOutcome conflict(StreamCommit commit, String why) {
        CommitIdentity identity = commit.identity();
        return new CommitOutcome.Unknown(WindrowException.of(FilesError.COMMIT_CONFLICT,
                "Committing generation " + identity.generation() + ", epoch " + identity.epoch() + " of "
                        + identity.stream() + ": " + why));
    }

    /** Every file is where it was staged or already where it belongs, with its length (F03). */
    private Optional<CommitOutcome> verify(StreamCommit commit, StreamFolder folder, List<StagedFile> files) {
        Set<String> names = new HashSet<>();
        List<String> lost = new ArrayList<>();
        boolean visible = false;
        String home = folder.visible(commit.mode(), commit.identity().generation()) + "/";
        for (StagedFile file : files) {
            if (!file.staged().startsWith(folder.staging() + "/") || !file.file().startsWith(home)
                    || !names.add(file.file())) {
                return Optional.of(conflict(commit, "staged file " + file.file() + " belongs elsewhere or comes twice"));
            }
            boolean published = tree.length(file.file()).isPresent();
            visible |= published;
            String path = published ? file.file() : file.staged();
            if (!tree.length(path).equals(Optional.of(file.bytes()))) {
                lost.add(path);
            }
        }
        if (lost.isEmpty()) {
            return Optional.empty();
        }
        WindrowException reason = WindrowException.of(FilesError.STAGED_LOST,
                "Committing epoch " + commit.identity().epoch() + " of " + commit.identity().stream() + ": " + lost.size()
                        + " of " + files.size() + " files are gone or have another length, first " + lost.getFirst());
        // Nothing of it is visible and it can never be: that is the proof that a rejection needs.
        return Optional.of(visible ? new CommitOutcome.Unknown(reason) : new CommitOutcome.Rejected(reason));
    }

    private void publish(
            StreamCommit commit, StreamFolder folder, List<Replaced.Commit> replaces, List<StagedFile> files) {
        CommitIdentity identity = commit.identity();
        if (commit.supersedes().isPresent()) {
            generations.supersede(identity.stream(), commit.supersedes().get(), identity.generation());
        }
        context.failpoints().reach("files.before_publish");
        Set<String> folders = new TreeSet<>();
        if (commit.mode() == WriteMode.REPLACE) {
            folders.add(folder.generation(identity.generation()));
        }
        files.forEach(file -> folders.add(file.file().substring(0, file.file().lastIndexOf('/'))));
        folders.forEach(tree::folder);
        for (StagedFile file : files) {
            if (tree.length(file.file()).isEmpty()) {
                tree.rename(file.staged(), file.file());
            }
            context.failpoints().reach("files.after_rename");
        }
        folders.forEach(tree::syncFolder);
        books.put(folder.ledgers(), folder.ledger(identity.generation(), identity.epoch()), commit.fencingToken(),
                commit.ledger());
        if (commit.mode() == WriteMode.REPLACE && commit.completesGeneration()) {
            generations.swap(folder, identity, commit.fencingToken());
        }
        context.failpoints().reach("files.before_manifest");
        int schemaVersion = commit.staged().stream().mapToInt(Staged::schemaVersion).max().orElse(0);
        Manifest manifest = new Manifest(identity, commit.fencingToken(), commit.mode(), schemaVersion,
                commit.supersedes(), commit.completesGeneration(), since(folder, replaces), replaces, files);
        books.put(folder.manifests(), folder.manifest(identity.generation(), identity.epoch()), commit.fencingToken(),
                manifest.toJson());
        context.failpoints().reach("files.after_manifest");
        generations.replaced(identity.stream(), replaces);
        sweep(commit, folder, files);
    }

    /**
     * When the commit was made, or the newest of those whose place it takes: a replay makes no row younger than the youngest of the
     * rows that it writes anew, and lets none be disposed of before its time.
     */
    private Instant since(StreamFolder folder, List<Replaced.Commit> replaces) {
        return replaces.stream()
                .flatMap(gone -> books.manifest(folder, gone.generation(), gone.epoch()).stream())
                .map(Manifest::at)
                .max(Comparator.naturalOrder())
                .orElseGet(context.clock()::instant);
    }

    /**
     * After the commit, what older owners staged can belong to no PREPARED epoch: recovery commits or discards theirs
     * before it commits anything of its own. Failing to clean up does not undo a commit.
     */
    private void sweep(StreamCommit commit, StreamFolder folder, List<StagedFile> files) {
        sweepGenerations(commit, folder);
        try {
            boolean own = files.stream()
                    .map(file -> file.staged().substring(file.staged().lastIndexOf('/') + 1))
                    .anyMatch(name -> StreamFolder.token(name).equals(Optional.of(commit.fencingToken())));
            if (!own) {
                return;
            }
            List<String> dead = new ArrayList<>();
            tree.list(folder.staging(), entry -> {
                if (StreamFolder.token(entry.name()).filter(token -> token < commit.fencingToken()).isPresent()) {
                    dead.add(folder.staging() + "/" + entry.name());
                }
            });
            dead.forEach(tree::delete);
        } catch (WindrowException e) {
            leftover(e);
        }
    }

    private void sweepGenerations(StreamCommit commit, StreamFolder folder) {
        try {
            generations.sweep(folder, commit);
        } catch (WindrowException e) {
            leftover(e);
        }
    }

    private void leftover(WindrowException reason) {
        context.notices().tell("files.leftover", "Old files could not be removed: " + reason.getMessage());
    }

    @Override
    public Optional<CommitIdentity> lastCommitted(StreamName stream) {
        StreamFolder folder = StreamFolder.of(stream);
        return books.last(folder).map(book -> books.manifest(folder, book).identity());
    }

    /** Files that bear the number of an epoch after the last manifest's. */
    @Override
    public Optional<Unfinished> unfinished(StreamName stream) {
        StreamFolder folder = StreamFolder.of(stream);
        long last = books.last(folder).map(StreamFolder.Book::epoch).orElse(0L);
        return visibleAfter(folder.data(), last).or(() -> visibleAfter(folder.generations(), last));
    }

    private Optional<Unfinished> visibleAfter(String path, long epoch) {
        List<String> folders = new ArrayList<>();
        List<Unfinished> found = new ArrayList<>();
        tree.list(path, entry -> {
            String child = path + "/" + entry.name();
            if (entry.kind() == FileTree.Entry.Kind.FOLDER) {
                folders.add(child);
            } else if (found.isEmpty()) {
                StreamFolder.dataBook(entry.name())
                        .filter(book -> book.epoch() > epoch)
                        .ifPresent(book -> found.add(new Unfinished(book.generation(), book.epoch(), child)));
            }
        });
        for (int i = 0; i < folders.size() && found.isEmpty(); i++) {
            visibleAfter(folders.get(i), epoch).ifPresent(found::add);
        }
        return found.stream().findFirst();
    }

    @Override
    public void discard(List<Staged> staged) {
        for (Staged one : staged) {
            if (one.version() == Replaced.VERSION) {
                continue; // Nothing lies anywhere for it.
            }
            StagedFile file = StagedFile.parse(one.version(), one.text());
            String staging = StreamFolder.of(one.stream()).staging() + "/";
            if (!file.staged().startsWith(staging)) {
                throw WindrowException.of(FilesError.COMMIT_CONFLICT,
                        "Discarding " + file.staged() + ": it does not lie in " + staging);
            }
            tree.delete(file.staged());
        }
    }

    @Override
    public void close() {
        // Nothing is held open between commits.
    }
}

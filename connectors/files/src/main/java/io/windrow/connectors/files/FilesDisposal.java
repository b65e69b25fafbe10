package io.windrow.connectors.files;

import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.Manifest;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Content;
import io.windrow.connectors.files.tree.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Deletes files whose time is over. The manifest is renamed first, so that no reader of manifests meets a hole, and it goes
 * on naming the files: dying in between is mended by doing all of it again. The tree refuses paths that a link leads out of
 * the root.
 */
final class FilesDisposal implements DeliveryDisposal {
    private final Context context;
    private final FileTree tree;
    private final BookFiles books;
    private final StreamFolder folder;

    FilesDisposal(Context context, FileTree tree, StreamName stream) {
        this.context = context;
        this.tree = tree;
        this.books = new BookFiles(tree);
        this.folder = StreamFolder.of(stream);
    }

    @Override
    public List<Kept> before(Instant limit) {
        List<Kept> kept = new ArrayList<>();
        Set<Long> lying = books.generations(folder);
        for (StreamFolder.Book book : books.books(folder, book -> book.live() || isLeft(book, lying))) {
            Manifest manifest = books.manifest(folder, book);
            if (!book.live() && manifest.files().stream().noneMatch(file -> tree.length(file.file()).isPresent())) {
                continue;
            }
            if (isOurs(manifest) && !manifest.at().isAfter(limit) && !isCurrent(manifest)) {
                kept.add(new Kept(
                        manifest.identity(), manifest.at(), manifest.rows(),
                        manifest.files().stream().map(file -> new File(file.file(), file.bytes())).toList()));
            }
        }
        return kept;
    }

    /** A replaced generation whose removal died on its way. */
    private static boolean isLeft(StreamFolder.Book book, Set<Long> lying) {
        return book.state() == StreamFolder.State.SUPERSEDED && lying.contains(book.generation());
    }

    private boolean isOurs(Manifest manifest) {
        return manifest.identity().pipeline().equals(context.pipeline());
    }

    /** The generation that readers of a replaced stream see, and one that is still being delivered. */
    private boolean isCurrent(Manifest manifest) {
        if (manifest.mode() != WriteMode.REPLACE) {
            return false;
        }
        Optional<Long> current = tree.linkTarget(folder.current()).flatMap(StreamFolder::generationOf);
        return current.isEmpty() || manifest.identity().generation() >= current.get();
    }

    @Override
    public String sha256(String file) {
        if (tree.length(file).isEmpty()) {
            return "";
        }
        try (InputStream in = tree.open(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw WindrowException.of(FilesError.DISPOSAL_REFUSED, "Reading " + file + ": " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    @Override
    public void dispose(CommitIdentity identity) {
        Manifest manifest = books.manifest(folder, identity.generation(), identity.epoch())
                .filter(found -> found.identity().equals(identity) && isOurs(found) && !isCurrent(found))
                .orElseThrow(() -> WindrowException.of(FilesError.DISPOSAL_REFUSED,
                        "Disposing of generation " + identity.generation() + ", epoch " + identity.epoch() + " of "
                                + identity.stream() + ": the target's books show another commit there, none, or the "
                                + "generation that readers see"));
        String home = folder.visible(manifest.mode(), identity.generation()) + "/";
        Set<String> folders = new TreeSet<>();
        for (StagedFile file : manifest.files()) {
            if (!file.file().startsWith(home)) {
                throw WindrowException.of(FilesError.DISPOSAL_REFUSED,
                        "Disposing of " + file.file() + ": it does not lie in " + home);
            }
            folders.add(file.file().substring(0, file.file().lastIndexOf('/')));
        }
        String live = folder.manifest(identity.generation(), identity.epoch());
        if (tree.length(live).isPresent()) {
            tree.rename(live, folder.disposed(identity.generation(), identity.epoch()));
        }
        tree.syncFolder(folder.manifests());
        context.failpoints().reach("dispose.after_manifest");
        for (StagedFile file : manifest.files()) {
            tree.delete(file.file());
            context.failpoints().reach("dispose.after_file");
        }
        folders.forEach(path -> settle(path, home));
    }

    /** Makes the deletions durable. A folder of a replaced generation goes too; a run may have taken it away already. */
    private void settle(String path, String home) {
        String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        if (entries(parent).stream()
                .noneMatch(entry -> path.equals((parent.isEmpty() ? "" : parent + "/") + entry.name())
                        && entry.kind() == FileTree.Entry.Kind.FOLDER)) {
            return;
        }
        tree.syncFolder(path);
        if (home.startsWith(folder.generations()) && entries(path).isEmpty()) {
            tree.delete(path);
            tree.syncFolder(parent);
        }
    }

    private List<FileTree.Entry> entries(String path) {
        List<FileTree.Entry> entries = new ArrayList<>();
        tree.list(path, entries::add);
        return entries;
    }

    @Override
    public Set<String> keysLeft(Set<CommitIdentity> gone) {
        Set<String> keys = new TreeSet<>();
        for (StreamFolder.Book book : books.books(folder, StreamFolder.Book::live)) {
            Manifest manifest = books.manifest(folder, book);
            if (!gone.contains(manifest.identity())) {
                for (StagedFile file : manifest.files()) {
                    Content content = new Content(tree, file.file(), context.sealing(Sealing.Use.DELIVERED));
                    if (content.isSealed()) {
                        keys.add(content.key());
                    }
                }
            }
        }
        return keys;
    }

    @Override
    public void record(String id, String json) {
        tree.folder(folder.disposals());
        books.put(folder.disposals(), folder.disposal(id), 0, json);
        // A record that an older version began under the ending .json, which readers of JSON files meet.
        tree.delete(folder.disposals() + "/" + id + ".json");
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}

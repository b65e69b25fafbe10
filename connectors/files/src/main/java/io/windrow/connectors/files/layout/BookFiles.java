package io.windrow.connectors.files.layout;

import io.windrow.connectors.files.tree.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Reads and writes the sink's books through a {@link FileTree}. One thread. */
public final class BookFiles {
    private final FileTree tree;

    public BookFiles(FileTree tree) {
        this.tree = tree;
    }

    /**
     * Puts a text in place: durable under a passing name first, then renamed, then the name is made durable.
     *
     * @param token the owner's fencing token, so that two owners never write one passing file
     */
    public void put(String folder, String path, long token, String text) {
        String passing = path + ".t" + token;
        tree.delete(passing);
        try (FileTree.Output out = tree.create(passing)) {
            out.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            out.sync();
        }
        tree.rename(passing, path);
        tree.syncFolder(folder);
    }

    /** The text of a file; empty if it is not there. */
    public Optional<String> text(String path) {
        if (tree.length(path).isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = tree.open(path)) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Books.unreadable(path, String.valueOf(e.getMessage()), e);
        }
    }

    /** The manifest, live, superseded or disposed of; empty if there is none. */
    public Optional<Manifest> manifest(StreamFolder folder, long generation, long epoch) {
        for (String path : List.of(
                folder.manifest(generation, epoch), folder.superseded(generation, epoch), folder.disposed(generation, epoch))) {
            Optional<String> json = text(path);
            if (json.isPresent()) {
                return Optional.of(Manifest.parse(path, json.get()));
            }
        }
        return Optional.empty();
    }

    /** The manifest of a listed book. */
    public Manifest manifest(StreamFolder folder, StreamFolder.Book book) {
        return manifest(folder, book.generation(), book.epoch())
                .orElseThrow(() -> Books.unreadable("manifest " + book, "it has vanished", null));
    }

    /** The books that the predicate takes, in order. */
    public List<StreamFolder.Book> books(StreamFolder folder, Predicate<StreamFolder.Book> taken) {
        List<StreamFolder.Book> books = new ArrayList<>();
        tree.list(folder.manifests(), entry -> StreamFolder.book(entry.name()).filter(taken).ifPresent(books::add));
        Collections.sort(books);
        return books;
    }

    /** The generations that have a folder, whatever the books say of them. */
    public Set<Long> generations(StreamFolder folder) {
        Set<Long> generations = new TreeSet<>();
        tree.list(folder.generations(), entry -> StreamFolder.generationOf(entry.name()).ifPresent(generations::add));
        return generations;
    }

    /** The book of the highest generation and epoch, superseded ones included; empty if there is none. */
    public Optional<StreamFolder.Book> last(StreamFolder folder) {
        StreamFolder.Book[] last = new StreamFolder.Book[1];
        tree.list(folder.manifests(), entry -> StreamFolder.book(entry.name()).ifPresent(book -> {
            if (last[0] == null || book.compareTo(last[0]) > 0) {
                last[0] = book;
            }
        }));
        return Optional.ofNullable(last[0]);
    }
}

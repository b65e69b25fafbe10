package io.windrow.connectors.files;

import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.Replaced;
import io.windrow.connectors.files.layout.StreamFacts;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.FileTree;
import java.util.List;
import java.util.Optional;

/**
 * Which manifests' data readers see. Append: all whose place no newer one took. Replace: those of the newest
 * generation that is complete by its manifests and was swapped in.
 */
final class ShownBooks {
    private final FileTree tree;
    private final BookFiles books;

    ShownBooks(FileTree tree, BookFiles books) {
        this.tree = tree;
        this.books = books;
    }

    List<StreamFolder.Book> books(StreamFolder folder) {
        Optional<String> link = tree.linkTarget(folder.current());
        if (link.isEmpty()) {
            boolean replaced = books.text(folder.owner()).isPresent() && replaces(folder);
            return replaced ? List.of() : counted(folder, books.books(folder, StreamFolder.Book::live));
        }
        long current = StreamFolder.generationOf(link.get()).orElseThrow(() -> WindrowException.of(
                FilesError.OWNED_BY_OTHER, "Reading " + folder.current() + ": it leads to no generation of Windrow"));
        // Between the swap of the link and the manifest the newest generation is not yet whole in the books.
        List<StreamFolder.Book> upToCurrent = books.books(folder, book -> book.live() && book.generation() <= current);
        for (StreamFolder.Book last : upToCurrent.reversed()) {
            if (books.manifest(folder, last).completesGeneration()) {
                return upToCurrent.stream().filter(book -> book.generation() == last.generation()).toList();
            }
        }
        return List.of();
    }

    /** Only the newest manifest can have taken the place of others that are still called live: a later commit ends that first. */
    private List<StreamFolder.Book> counted(StreamFolder folder, List<StreamFolder.Book> live) {
        if (live.isEmpty()) {
            return live;
        }
        List<Replaced.Commit> gone = books.manifest(folder, live.getLast()).replaces();
        return gone.isEmpty()
                ? live
                : live.stream().filter(book -> !gone.contains(new Replaced.Commit(book.generation(), book.epoch()))).toList();
    }

    private boolean replaces(StreamFolder folder) {
        return StreamFacts.parse(folder.owner(), books.text(folder.owner()).orElse("{}"))
                .mode().equals(WriteMode.REPLACE.name());
    }
}

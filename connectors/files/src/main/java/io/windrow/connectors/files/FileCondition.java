package io.windrow.connectors.files;

import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.connectors.files.layout.BookFiles;
import io.windrow.connectors.files.layout.StagedFile;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.read.Decoders;
import io.windrow.connectors.files.tree.FileTree;
import java.util.Optional;

/** Whether a file is, as a run of bytes, the one that its manifest names. */
final class FileCondition {
    private final FileTree tree;
    private final BookFiles books;
    private final StreamFolder folder;

    FileCondition(FileTree tree, BookFiles books, StreamFolder folder) {
        this.tree = tree;
        this.books = books;
        this.folder = folder;
    }

    /** What is wrong with the file; empty: it has the length and the checksum of the manifest. */
    Optional<Finding> of(StagedFile file) {
        Optional<Long> length = tree.length(file.file());
        if (length.isEmpty()) {
            return Optional.of(new Finding(Finding.Kind.MISSING, file.file(),
                    "it is not there; the manifest says " + file.rows() + " rows, " + file.bytes() + " bytes"));
        }
        long checksum = Decoders.checksum(tree, file.file());
        if (length.get() == file.bytes() && checksum == file.crc32c()) {
            return Optional.empty();
        }
        String twin = twin(file, length.get(), checksum);
        if (length.get() != file.bytes()) {
            return Optional.of(new Finding(Finding.Kind.LENGTH, file.file(),
                    "it has " + length.get() + " bytes, the manifest says " + file.bytes() + twin));
        }
        return Optional.of(new Finding(Finding.Kind.CHECKSUM, file.file(),
                "its bytes are not those that were committed (CRC-32C)" + twin));
    }

    /** Whether another manifest names a file of exactly these bytes. */
    private String twin(StagedFile file, long length, long checksum) {
        for (StreamFolder.Book book : books.books(folder, any -> true)) {
            for (StagedFile other : books.manifest(folder, book).files()) {
                if (other.bytes() == length && other.crc32c() == checksum && !other.file().equals(file.file())) {
                    return "; its bytes are those of " + other.file();
                }
            }
        }
        return "";
    }
}

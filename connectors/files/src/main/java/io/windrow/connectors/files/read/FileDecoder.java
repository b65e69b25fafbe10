package io.windrow.connectors.files.read;

import java.util.Optional;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Decodes one file into Arrow. One thread. */
public interface FileDecoder extends AutoCloseable {
    /** The next rows, the caller's to close; empty at the end of a whole file. */
    Optional<VectorSchemaRoot> next();

    @Override
    void close();
}

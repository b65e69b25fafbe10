package io.windrow.connectors.files.read;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Steps through the rows of a file. */
interface RowCursor extends AutoCloseable {
    /** Goes to the next row; false at the proven end. */
    boolean next() throws IOException;

    /** The value of the requested schema's column in the form that {@link Values} takes; null also if the file lacks it. */
    @Nullable Object value(int column) throws IOException;

    @Override
    void close() throws IOException;
}

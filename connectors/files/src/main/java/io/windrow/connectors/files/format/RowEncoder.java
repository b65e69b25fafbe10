package io.windrow.connectors.files.format;

import org.apache.arrow.vector.VectorSchemaRoot;

/** Encodes rows of one schema into one file. One thread. After an exception only {@link #close} may be called. */
public interface RowEncoder extends AutoCloseable {
    /** Encodes all rows; they stay the caller's. */
    void write(VectorSchemaRoot rows);

    /** Bytes taken that have not gone to the output yet, roughly. */
    long buffered();

    /** Writes everything that is still buffered and the format's end. Nothing may be written after it. */
    Written finish();

    /** Frees buffers. Writes nothing: a file that was not finished has no end that a reader could take for one. */
    @Override
    void close();
}

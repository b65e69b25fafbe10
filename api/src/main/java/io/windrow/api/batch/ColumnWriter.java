package io.windrow.api.batch;

import org.apache.arrow.vector.FieldVector;

/** Writes the values of one column into its vector. Immutable. */
interface ColumnWriter {
    /** Writes a value that is not null. Throws {@link BatchError#VALUE_DOES_NOT_FIT}, without quoting the value (I11). */
    void write(FieldVector vector, int row, Object value);
}

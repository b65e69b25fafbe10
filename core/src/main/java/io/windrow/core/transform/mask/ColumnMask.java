package io.windrow.core.transform.mask;

import io.windrow.api.schema.Column;
import java.util.List;
import org.apache.arrow.vector.FieldVector;

/** What one rule does to one column. Bound to the column's type; used by one thread. */
interface ColumnMask {
    /** The columns that come out, in order; the first takes the column's place. */
    List<Column> output();

    /**
     * The masked vectors, one for each output column, with the rows of the one given, which stays the caller's. Null stays
     * null. If masking fails nothing is left allocated.
     *
     * @param bad takes rows whose value cannot be masked; they come out null, never clear
     */
    List<FieldVector> apply(FieldVector values, BadRows bad);

    /** Whether different values always come out different. */
    boolean injective();

    /** Whether every value comes out null: a value that a source does not send is known then. */
    default boolean isNull() {
        return false;
    }

    /** What the mask does, with the key's fingerprint in place of the key: the same text means the same output. */
    String version();

    /** What {@link #version} was under the previous key, if one is given: rows of that version stay joinable. */
    default String previousVersion() {
        return version();
    }
}

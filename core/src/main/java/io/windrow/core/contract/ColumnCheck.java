package io.windrow.core.contract;

import org.apache.arrow.vector.FieldVector;

/** One check of one column. Used by one thread. Checks but {@link NullCheck} let null pass. */
interface ColumnCheck {
    /** The first row from {@code from} on that breaks the check, or {@code rows}. Allocates nothing. */
    int next(FieldVector column, int from, int rows);
}

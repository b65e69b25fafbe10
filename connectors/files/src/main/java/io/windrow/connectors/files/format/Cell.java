package io.windrow.connectors.files.format;

/** Writes one value of one column as text. Bound to a vector; used by one thread. */
@FunctionalInterface
interface Cell {
    /** Writes the value of the row. */
    void write(TextOutput out, int row);
}

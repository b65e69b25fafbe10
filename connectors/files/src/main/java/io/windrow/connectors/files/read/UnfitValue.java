package io.windrow.connectors.files.read;

import io.windrow.api.schema.Column;
import java.io.IOException;

/** A file holds something that is not exactly a value of its column. Says what it is, never the value itself (I11). */
final class UnfitValue extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Of the column.
     *
     * @param what the kind of thing that was found, as in "a text of 4 characters"
     */
    UnfitValue(Column column, String what) {
        super("column " + column.name() + ": " + what + " is no " + column.type());
    }

    static UnfitValue text(Column column, String text) {
        return new UnfitValue(column, "a text of " + text.length() + " characters");
    }
}

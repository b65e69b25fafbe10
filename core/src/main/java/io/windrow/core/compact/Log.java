package io.windrow.core.compact;

import java.util.function.Consumer;

/** Rows of a change log that are read as often as need be. The rows are valid during the call. */
interface Log {
    /** Gives at least all copied rows. */
    void copies(Consumer<LogRows> rows);

    /** Gives at least all changes, in the order of their delivery, which is that of the source's log. */
    void changes(Consumer<LogRows> rows);
}

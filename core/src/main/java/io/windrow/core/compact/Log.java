package io.windrow.core.compact;

import java.util.function.Consumer;

/** Rows of a change log that are read as often as need be. The rows are valid during the call. */
interface Log {
    /** Gives at least all copied rows. */
    void copies(Consumer<LogRows> rows);

    /** One whose rows lie together in an order, which is that of their delivery. */
    static Log of(Consumer<Consumer<LogRows>> each) {
        return new Log() {
            @Override
            public void copies(Consumer<LogRows> rows) {
                each.accept(rows);
            }

            @Override
            public void changes(Consumer<LogRows> rows) {
                each.accept(rows);
            }
        };
    }

    /** Gives at least all changes, in the order of their delivery, which is that of the source's log. */
    void changes(Consumer<LogRows> rows);
}

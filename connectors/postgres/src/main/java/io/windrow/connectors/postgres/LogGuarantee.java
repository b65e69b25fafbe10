package io.windrow.connectors.postgres;

import io.windrow.api.source.Guarantee;
import java.util.List;

/** What is promised of streams that are read from the log, and on what grounds. */
final class LogGuarantee {
    /** Of messages, of which nothing is copied. */
    static final Guarantee OF_MESSAGES = new Guarantee(
            "log",
            "Every message behind the place where the slot stands at first, in the order of commits, each exactly once.",
            List.of("The slot keeps what was not read yet: the server neither drops it nor runs into max_slot_wal_keep_size."),
            List.of("messages from before: they are in the log only"));

    private LogGuarantee() {}

    /** Of a table. */
    static Guarantee of(ChangesRead table) {
        return new Guarantee(
                "log",
                "Every row as of one moment, then every change after it in the order of commits, each exactly once.",
                List.of(
                        "The slot keeps what was not read yet: the server neither drops it nor runs into max_slot_wal_keep_size.",
                        table.hasRanges()
                                ? "If the first copy is interrupted, it begins again: in ranges of the key, if no mask hides it, and from then on it goes on where it was."
                                : "If the first copy is interrupted, the table is copied again from the start."),
                table.isPartitioned()
                        ? List.of("what is done to a partition by itself (TRUNCATE, ATTACH of one with rows: the stream stops; DROP, DETACH: as on_partition_removed says): the log does not tell it")
                        : List.of());
    }
}

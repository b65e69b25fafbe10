package io.windrow.connectors.connect;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.Split;
import io.windrow.connectors.connect.host.SavedText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one connector reads: the first copy of tables, which ends for good, or the log, which they share from then on.
 *
 * @param kind which of the two
 * @param until where this run ends; empty: it goes on until it is stopped
 */
record ConnectSplit(Kind kind, Optional<End> until) {
    private static final int VERSION = 1;
    private static final String LOG_ID = "log";

    /** What is read. */
    enum Kind {
        COPY,
        LOG
    }

    /**
     * The log's end as of the plan.
     *
     * @param place as a number
     * @param text for people
     */
    record End(long place, String text) {}

    static ConnectSplit of(Split split) {
        if (split.version() != VERSION) {
            throw SavedText.invalid("a split of version " + split.version());
        }
        Map<String, @Nullable Object> text = SavedText.read(split.text());
        return new ConnectSplit(
                isLog(split) ? Kind.LOG : Kind.COPY,
                text.containsKey("until")
                        ? Optional.of(new End(
                                SavedText.field(text, "until", Long.class), SavedText.field(text, "until_text", String.class)))
                        : Optional.empty());
    }

    static boolean isLog(Split split) {
        return split.id().equals(LOG_ID);
    }

    /** The id of the log's split. */
    static String logId() {
        return LOG_ID;
    }

    /**
     * The split.
     *
     * @param id what tells a copy from those before it
     */
    Split toSplit(String id, List<StreamName> streams) {
        Map<String, Object> text = new LinkedHashMap<>();
        until.ifPresent(end -> {
            text.put("until", end.place());
            text.put("until_text", end.text());
        });
        return new Split(kind == Kind.LOG ? LOG_ID : "copy:" + id, Split.Kind.LOG, streams, VERSION, SavedText.write(text), -1);
    }
}

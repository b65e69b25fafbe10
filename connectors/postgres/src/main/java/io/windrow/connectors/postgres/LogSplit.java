package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Split;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import java.util.List;
import java.util.OptionalLong;

/**
 * A replication slot, read by all streams of the pipeline that follow changes.
 *
 * @param slot the slot's name
 * @param publication the publication that says which tables it carries
 * @param until where this run ends; empty: it goes on until it is stopped
 */
record LogSplit(String slot, String publication, OptionalLong until) {
    private static final int VERSION = 1;
    private static final String ID = "slot:";

    static LogSplit of(Split split) {
        if (split.version() != VERSION) {
            throw StateText.invalid("a split of a log of version " + split.version());
        }
        StateText text = StateText.parse(split.text());
        return new LogSplit(
                text.text("slot"),
                text.text("publication"),
                text.optionalText("until").map(LogPosition::lsn).map(OptionalLong::of).orElse(OptionalLong.empty()));
    }

    /** The id of a slot's split. */
    static String id(String slot) {
        return ID + slot;
    }

    /** Whether a split is of a log, and not a part of a table. */
    static boolean isLog(Split split) {
        return split.id().startsWith(ID);
    }

    /** That the log's end, as of the run's start, is reached at this place. */
    EndProof reached(long lsn) {
        return new EndProof(
                "reached_position", -1,
                "the log's end at the start, " + Lsn.text(until.orElse(lsn)) + ", is reached at " + Lsn.text(lsn));
    }

    Split toSplit(List<StreamName> streams) {
        StateText text = StateText.create().with("slot", slot).with("publication", publication);
        until.ifPresent(lsn -> text.with("until", Lsn.text(lsn)));
        return new Split(id(slot), Split.Kind.LOG, streams, VERSION, text.toString(), -1);
    }
}

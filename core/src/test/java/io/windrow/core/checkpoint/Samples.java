package io.windrow.core.checkpoint;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.ledger.Written;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Values that tests save. */
public final class Samples {
    static final String PIPELINE = "orders-to-lake";
    public static final StreamName ORDERS = new StreamName("public", "orders");
    static final StreamName ITEMS = new StreamName("public", "line \"items\".ı");

    private Samples() {}

    static LedgerEntry ledger(StreamName stream, long generation, long epoch, long rows) {
        return new LedgerEntry(
                PIPELINE, stream, generation, epoch, WriteMode.APPEND,
                new Account(rows + 2, 0, 0, rows, 1, 1, 0, 0, 0, 0, 0), Optional.of(new RowHash(1, epoch)), "k",
                new RowHash(2, epoch), new Written(rows, Optional.of(new RowHash(2, epoch)), "read back whole"),
                List.of(new SplitRange(
                        "s1", Optional.of(new Position(1, "{\"at\":1}")), Optional.empty(),
                        Optional.of(new EndProof("command_complete", rows + 2, "COPY")))),
                3, new Guarantee("snapshot", "Every row as of one moment.", List.of("a"), List.of("deletes")), false,
                List.of(), 1000, Instant.parse("2026-11-23T10:00:00Z"), Instant.parse("2026-11-23T10:00:01.5Z"),
                Map.of("amount:nan", 2L));
    }

    /** An epoch that is prepared, with open splits at these positions. */
    public static StreamEpoch epoch(StreamName stream, long generation, long epoch, Map<String, String> positions) {
        Map<String, OpenSplit> open = new HashMap<>();
        positions.forEach((id, position) -> open.put(
                id,
                new OpenSplit(
                        new Split(id, stream, 1, "{\"range\":\"" + id + "\"}", 10),
                        position.isEmpty() ? Optional.empty() : Optional.of(new Position(1, position)))));
        return new StreamEpoch(
                stream, generation, epoch, Status.PREPARED, WriteMode.APPEND, new PlannerState(1, "{\"e\":" + epoch + "}"),
                open, List.of(new Staged(stream, 1, "{\"file\":\"f" + epoch + "\"}", 3, 5, 1000, "footer")), "d" + epoch,
                Optional.empty(), false, ledger(stream, generation, epoch, 5));
    }
}

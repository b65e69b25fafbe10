package io.windrow.core.epoch;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Written;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EpochDigestTest {
    private static final StreamName STREAM = StreamName.of("t");

    private static final HashKey KEY = HashKey.of(Secret.of("of the meadow"));

    private static StreamCut cut(String position, Optional<RowHash> source, HashKey key) {
        LedgerEntry ledger = new LedgerEntry(
                "p", STREAM, 1, 1, WriteMode.APPEND, Account.ZERO, source, "", RowHash.ZERO,
                new Written(0, Optional.empty(), ""), List.of(), 1, new Guarantee("", "", List.of(), List.of()), false, List.of(), 0,
                Instant.EPOCH, Instant.EPOCH, Map.of());
        return new StreamCut(
                STREAM, 1, WriteMode.APPEND, new PlannerState(1, "{}"),
                Map.of("a", new OpenSplit(new Split("a", STREAM, 1, "{}", -1), Optional.of(new Position(1, position)))), List.of(),
                Optional.empty(), false, ledger, key);
    }

    /** I11: the identity lies beside the data. Who knows all that it covers but the position cannot try positions out. */
    @Test
    void theDigestOfAPositionCannotBeMadeWithoutWhatTheStoreAloneKnows() {
        for (Optional<RowHash> source : List.of(Optional.<RowHash>empty(), Optional.of(RowHash.ZERO), Optional.of(new RowHash(1, 2)))) {
            String digest = EpochDigest.of(cut("{\"key\":[\"7\"]}", source, KEY));
            assertThat(EpochDigest.of(cut("{\"key\":[\"7\"]}", source, KEY))).hasSize(32).isEqualTo(digest);
            assertThat(EpochDigest.of(cut("{\"key\":[\"8\"]}", source, KEY))).isNotEqualTo(digest);
            assertThat(EpochDigest.of(cut("{\"key\":[\"7\"]}", source, HashKey.random()))).as("under another key").isNotEqualTo(digest);
            assertThat(EpochDigest.of(cut("{\"key\":[\"7\"]}", Optional.of(new RowHash(1, 3)), KEY))).isNotEqualTo(digest);
        }
    }
}

package io.windrow.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.Guarantee;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerEntryTest {
    private static LedgerEntry entry(Account account, Written written) {
        return new LedgerEntry(
                "p", new StreamName("public", "İ \"x\""), 2, 7, WriteMode.REPLACE, account, Optional.of(new RowHash(-1, 5)), "0123",
                new RowHash(3, 4), written,
                List.of(
                        new SplitRange("a", Optional.of(new Position(1, "{}")), Optional.of(new Position(2, "{\"x\":1}")),
                                Optional.empty()),
                        new SplitRange("b", Optional.empty(), Optional.empty(),
                                Optional.of(new EndProof("command_complete", 3, "COPY 3")))),
                9, new Guarantee("settle", "All but late ones.", List.of("lag"), List.of("deletes")), true,
                List.of("f-1.parquet"), 123, Instant.EPOCH, Instant.parse("2026-11-23T12:00:00.123456Z"),
                Map.of("amount:nan", 2L, "day:infinity", 1L));
    }

    private static void expect(LedgerError code, Account account, Written written) {
        assertThatThrownBy(() -> entry(account, written)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(code));
    }

    @Test
    void anEntryIsReadAsItWasWritten() {
        Account account = new Account(10, 2, 1, 5, 1, 1, 1, 1, 1, 2, 1);
        LedgerEntry whole = entry(account, new Written(5, Optional.of(new RowHash(3, 4)), "read back whole"));
        assertThat(LedgerEntry.parse(whole.toJson())).isEqualTo(whole);
        LedgerEntry sampled = entry(account, new Written(5, Optional.empty(), "footers")).forTarget();
        assertThat(LedgerEntry.parse(sampled.toJson())).isEqualTo(sampled);
        assertThat(sampled.toJson()).doesNotContain("h_source").doesNotContain("\n");
    }

    @Test
    void booksThatDoNotBalanceMakeNoEntry() {
        expect(LedgerError.UNBALANCED, new Account(10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0), new Written(9, Optional.empty(), ""));
        expect(LedgerError.ROWS_DIFFER, Account.ofRead(10).plusWritten(10), new Written(9, Optional.empty(), ""));
        expect(LedgerError.HASHES_DIFFER, Account.ofRead(10).plusWritten(10),
                new Written(10, Optional.of(new RowHash(3, 5)), ""));
    }

    @Test
    void anythingElseIsRefused() {
        String json = entry(Account.ZERO, new Written(0, Optional.empty(), "")).toJson();
        for (String bad : List.of(
                "", "{}", "[]", json.substring(0, json.length() - 1), json + "{}",
                json.replace("\"ledger\":1", "\"ledger\":2"), json.replace("\"bytes\"", "\"octets\""),
                json.replace("\"read\":0", "\"read\":\"0\""), json.replace("replace", "overwrite"))) {
            assertThatThrownBy(() -> LedgerEntry.parse(bad)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LedgerError.UNREADABLE));
        }
    }
}

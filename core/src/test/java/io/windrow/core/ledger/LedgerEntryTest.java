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
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.KeySum;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    void aReplayIsReadAsItWasWrittenAndLeavesOtherEntriesAsTheyWere() {
        LedgerEntry plain = entry(Account.ZERO, new Written(0, Optional.empty(), ""));
        assertThat(plain.toJson()).doesNotContain("\"replay\"");
        LedgerEntry replayed = plain.of(new Replay("id from 1 up to but without 9", 1, List.of(3L, 4L), 5, 6, 7));
        assertThat(LedgerEntry.parse(replayed.toJson())).isEqualTo(replayed);
        assertThat(replayed.toJson()).contains(
                "\"replay\":{\"window\":\"id from 1 up to but without 9\",\"continues\":1,\"replaces\":[3,4],\"added\":5,"
                        + "\"changed\":6,\"missing\":7}");
        assertThat(replayed.withOutputs(List.of("x")).forTarget().replay()).isEqualTo(replayed.replay());
    }

    @Test
    void eventTimesAreReadAsTheyWereWrittenAndLeaveOtherEntriesAsTheyWere() {
        LedgerEntry plain = entry(Account.ZERO, new Written(0, Optional.empty(), ""));
        assertThat(plain.toJson()).doesNotContain("event_time");
        for (boolean utc : new boolean[] {true, false}) {
            EventWindows by = new EventWindows("at", utc, Duration.ofMinutes(90), ZoneId.of("Europe/Berlin"));
            EventTimes full = new EventTimes(
                    by, Duration.ofHours(2), 4, OptionalLong.of(-1), OptionalLong.of(7_200_000_001L),
                    OptionalLong.of(9_000_000_000_000_000_000L), OptionalLong.of(3),
                    List.of(new EventTimes.Window(0, 5, 0), new EventTimes.Window(5_400_000_000L, 6, 2)),
                    Optional.of(new EventTimes.Window(-5_400_000_000L, 9, 1)));
            EventTimes none = new EventTimes(
                    by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                    List.of(), Optional.empty());
            for (EventTimes times : List.of(full, none)) {
                LedgerEntry entry = plain.with(times);
                assertThat(LedgerEntry.parse(entry.toJson())).isEqualTo(entry);
                assertThat(LedgerEntry.parse(entry.forTarget().toJson()).eventTimes()).contains(times);
            }
        }
    }

    /** The layout of old entries: never to be changed, since ledgers hold them. */
    @Test
    void theLayoutOfEventTimesIsGolden() {
        EventWindows by = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("UTC"));
        EventTimes times = new EventTimes(
                by, Duration.ofMinutes(5), 1, OptionalLong.of(0), OptionalLong.of(3_600_000_000L), OptionalLong.of(3_600_000_000L),
                OptionalLong.of(3_300_000_000L), List.of(new EventTimes.Window(0, 2, 1)), Optional.empty());
        assertThat(entry(Account.ZERO, new Written(0, Optional.empty(), "")).with(times).toJson()).endsWith(
                ",\"event_time\":{\"field\":\"at\",\"kind\":\"instant\",\"window\":\"PT1H\",\"zone\":\"UTC\","
                        + "\"allowed_lateness\":\"PT5M\",\"rows\":2,\"nulls\":1,\"late\":1,\"first\":\"1970-01-01T00:00:00Z\","
                        + "\"last\":\"1970-01-01T01:00:00Z\",\"highest\":\"1970-01-01T01:00:00Z\","
                        + "\"low_watermark\":\"1970-01-01T00:55:00Z\",\"windows\":[{\"start\":\"1970-01-01T00:00\",\"rows\":2,\"late\":1}]}}");
    }

    /** Sums over keys came later: entries without them are as they were. Beside the data there are none. */
    @Test
    void theLayoutOfSumsOverKeysIsGolden() {
        EventWindows by = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("UTC"));
        KeySum keys = new KeySum(List.of(
                new KeySum.Part("id", KeySum.Form.WHOLE), new KeySum.Part("\"İ\"", KeySum.Form.UUID),
                new KeySum.Part("name", KeySum.Form.TEXT)));
        EventTimes times = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                List.of(new EventTimes.Window(3_600_000_000L, 2, 1, OptionalLong.of(-2))),
                Optional.of(new EventTimes.Window(0, 0, 0, OptionalLong.of(255))), Optional.of(keys));
        LedgerEntry entry = entry(Account.ZERO, new Written(0, Optional.empty(), "")).with(times);
        assertThat(entry.toJson()).endsWith(
                ",\"rows\":2,\"nulls\":0,\"late\":1,\"key\":[{\"column\":\"id\",\"form\":\"whole\"},"
                        + "{\"column\":\"\\\"İ\\\"\",\"form\":\"uuid\"},{\"column\":\"name\",\"form\":\"text\"}],"
                        + "\"windows\":[{\"start\":\"1970-01-01T01:00\",\"rows\":2,\"late\":1,\"key_sum\":\"fffffffffffffffe\"}],"
                        + "\"earlier\":{\"start\":\"1970-01-01T00:00\",\"rows\":0,\"key_sum\":\"00000000000000ff\"}}}");
        assertThat(LedgerEntry.parse(entry.toJson())).isEqualTo(entry);
        assertThat(entry.forTarget().toJson()).doesNotContain("key_sum").doesNotContain("\"key\"");
        for (String bad : List.of(
                entry.toJson().replace("\"uuid\"", "\"guid\""), entry.toJson().replace("00000000000000ff", "0x0000000000000f"),
                entry.toJson().replace("\"form\":\"whole\"", "\"kind\":\"whole\""))) {
            assertThatThrownBy(() -> LedgerEntry.parse(bad)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LedgerError.UNREADABLE));
        }
    }

    /** A sum over some of the rows, or over another key, is none over all of them. */
    @Test
    void sumsOverKeysAddUpWhereAllRowsHaveThem() {
        EventWindows by = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("UTC"));
        KeySum keys = new KeySum(List.of(new KeySum.Part("id", KeySum.Form.WHOLE)));
        EventTimes.Window one = new EventTimes.Window(0, 2, 1, OptionalLong.of(Long.MAX_VALUE));
        EventTimes summed = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                List.of(one), Optional.of(one), Optional.of(keys));
        EventTimes twice = summed.plus(summed);
        assertThat(twice.keys()).contains(keys);
        assertThat(twice.earlier()).contains(new EventTimes.Window(0, 8, 4, OptionalLong.of(-4)));
        EventTimes other = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                List.of(one), Optional.of(one), Optional.of(new KeySum(List.of(new KeySum.Part("id", KeySum.Form.TEXT)))));
        for (EventTimes unlike : List.of(summed.withoutKeys(), other)) {
            assertThat(summed.plus(unlike)).isEqualTo(unlike.plus(summed).withoutKeys());
            assertThat(summed.plus(unlike).earlier()).contains(new EventTimes.Window(0, 8, 4));
            LedgerEntry plain = entry(Account.ZERO, new Written(0, Optional.empty(), ""));
            assertThat(RollUp.isAlike(plain.with(summed), plain.with(unlike))).isFalse();
        }
    }

    @Test
    void entriesThatAreRolledUpAddUpAndCanBeRolledUpAgain() {
        EventWindows by = new EventWindows("at", true, Duration.ofHours(1), ZoneId.of("UTC"));
        LedgerEntry sum = null;
        for (int number = 1; number <= 4; number++) {
            long at = number * 3_600_000_000L;
            LedgerEntry entry = entry(
                            new Account(10, 0, 0, 5, 1, 1, 1, 1, 1, 0, 0), new Written(5, Optional.of(new RowHash(3, 4)), "whole"))
                    .with(new EventTimes(
                            by, Duration.ZERO, 1, OptionalLong.of(at), OptionalLong.of(at), OptionalLong.of(at), OptionalLong.of(at),
                            List.of(new EventTimes.Window(0, 2, 1), new EventTimes.Window(at, 7, 0)), Optional.empty()));
            assertThat(RollUp.firstEpoch(entry)).isEqualTo(entry.epoch());
            sum = sum == null ? entry : RollUp.together(sum, entry);
            assertThat(RollUp.isAlike(sum, entry)).isTrue();
        }
        assertThat(sum.account()).isEqualTo(new Account(40, 0, 0, 20, 4, 4, 4, 4, 4, 0, 0));
        assertThat(sum.hashOut()).isEqualTo(new RowHash(12, 16));
        assertThat(RollUp.entries(sum)).isEqualTo(4);
        EventTimes times = sum.eventTimes().orElseThrow();
        assertThat(times.windows()).hasSize(5).contains(new EventTimes.Window(0, 8, 4));
        assertThat(times.nulls()).isEqualTo(4);
        assertThat(times.first()).hasValue(3_600_000_000L);
        assertThat(times.lowWatermark()).hasValue(14_400_000_000L);
        assertThat(LedgerEntry.parse(sum.toJson())).isEqualTo(sum);
        LedgerEntry other = entry(Account.ZERO, new Written(0, Optional.empty(), ""));
        assertThat(RollUp.isAlike(sum, other)).as("counted otherwise").isFalse();
        assertThat(RollUp.isAlike(other.of(new Replay("w", 1, List.of(), 0, 0, 0)), other)).as("a replay").isFalse();
        assertThat(RollUp.isAlike(other.with(Map.of(), Map.of("mask", "x")), other)).as("another mask").isFalse();
    }

    /** Windows that are too many are counted together, the oldest first, and stay so. */
    @Test
    void moreWindowsThanAreKeptApartAreFolded() {
        EventWindows by = new EventWindows("at", true, Duration.ofSeconds(1), ZoneId.of("UTC"));
        List<EventTimes.Window> windows = new ArrayList<>();
        for (long second = 0; second < EventTimes.MAX_WINDOWS; second++) {
            windows.add(new EventTimes.Window(second * 1_000_000, 1, 0));
        }
        EventTimes full = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), windows,
                Optional.empty());
        EventTimes more = new EventTimes(
                by, Duration.ZERO, 0, OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                List.of(new EventTimes.Window(-1_000_000, 3, 1), new EventTimes.Window(5_000_000_000L, 2, 0)), Optional.empty());
        EventTimes both = full.plus(more);
        assertThat(both.windows()).hasSize(EventTimes.MAX_WINDOWS);
        assertThat(both.earlier()).contains(new EventTimes.Window(0, 4, 1));
        EventTimes late = more.plus(both);
        assertThat(late.earlier()).contains(new EventTimes.Window(0, 7, 2));
        assertThat(late.rows()).isEqualTo(both.rows() + 5);
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

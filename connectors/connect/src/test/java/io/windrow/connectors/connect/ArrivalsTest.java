package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

/** What is held of a connector's records until a place behind them is committed. */
class ArrivalsTest {
    private static SourceRecord record(long number) {
        return new SourceRecord(Map.of("partition", number % 2), Map.of("at", number), "log", null, null);
    }

    @Test
    void aPlaceOfManyPartitionsIsMadeOnceForAllOfThem() {
        Arrivals arrivals = new Arrivals(SavedOffsets.NONE);
        for (int partition = 0; partition < 50_000; partition++) {
            arrivals.add(new SourceRecord(Map.of("partition", partition), Map.of("at", 1), "log", null, null), Arrivals.Told.LAST);
        }
        assertThat(arrivals.place(1, 1).offsets().toList()).hasSize(50_000);
        arrivals.add(new SourceRecord(Map.of("partition", 7), Map.of("at", 2), "log", null, null), Arrivals.Told.LAST);
        LogPlace next = arrivals.place(2, 1);
        assertThat(next.offsets().offset(Map.of("partition", 7))).isEqualTo(Map.of("at", 2L));
        assertThat(next.offsets().offset(Map.of("partition", 8))).isEqualTo(Map.of("at", 1L));
    }

    @Test
    void howeverManyPlacesWaitForACommitTheLastOffsetOfEachPartitionIsToldAndLittleIsHeld() {
        Arrivals arrivals = new Arrivals(SavedOffsets.NONE);
        LogPlace early = null;
        LogPlace last = null;
        long most = 0;
        for (long number = 1; number <= 100_000; number++) {
            arrivals.add(record(number), Arrivals.Told.LAST);
            last = arrivals.place(number, 0);
            most = Math.max(most, arrivals.bytes());
            early = number == 50_000 ? last : early;
        }
        assertThat(most).isLessThan(16L << 20);
        List<SourceRecord> half = arrivals.upTo(early);
        assertThat(half).isNotEmpty().allMatch(record -> (long) record.sourceOffset().get("at") <= 50_000);
        List<SourceRecord> rest = arrivals.upTo(last);
        assertThat(rest.subList(rest.size() - 2, rest.size()))
                .extracting(record -> (long) record.sourceOffset().get("at"))
                .containsExactlyInAnyOrder(99_999L, 100_000L);
        assertThat(arrivals.bytes()).isZero();
    }
}

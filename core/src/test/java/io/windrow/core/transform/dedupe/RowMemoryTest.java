package io.windrow.core.transform.dedupe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.RowHash;
import io.windrow.core.checkpoint.RememberedRows;
import io.windrow.core.ledger.HashForm;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RowMemoryTest {
    private static final Instant CUT = Instant.parse("2026-03-01T00:00:00Z");

    private static RowMemory memory(long rows) {
        return new RowMemory(rows, Long.MAX_VALUE, Optional.empty());
    }

    private static RowHash hash(long row) {
        return new RowHash(-row, row << 32 | row * 7 % 13);
    }

    /** The given numbers that are kept; the lowest bits are few, so that runs in the table are long. */
    private static List<Long> keep(RowMemory memory, long epoch, long... rows) {
        long[] lows = new long[rows.length];
        long[] highs = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            lows[i] = hash(rows[i]).low();
            highs[i] = hash(rows[i]).high();
        }
        int[] kept = new int[rows.length];
        int count = memory.keep(epoch, new RowHashes(lows, highs), RowHashes.NONE, rows.length, null, kept);
        List<Long> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(rows[kept[i]]);
        }
        return found;
    }

    @Test
    void theFirstOfRepeatedRowsStaysWithinABatchAndOverBatchesAndEpochs() {
        RowMemory memory = memory(100);
        assertThat(keep(memory, 1, 5, 6, 5, 7, 6)).containsExactly(5L, 6L, 7L);
        assertThat(keep(memory, 1, 7, 8)).containsExactly(8L);
        assertThat(keep(memory, 2, 5, 9, 8)).containsExactly(9L);
        assertThat(memory.size()).isEqualTo(5);
    }

    @Test
    void aWindowOfRowsForgetsTheOldestFirst() {
        RowMemory memory = memory(3);
        assertThat(keep(memory, 1, 1, 2, 3, 4)).hasSize(4);
        assertThat(keep(memory, 1, 2, 3, 4)).isEmpty();
        assertThat(keep(memory, 1, 1)).containsExactly(1L);
        assertThat(keep(memory, 1, 2)).containsExactly(2L);
    }

    @Test
    void randomRowsAreKeptAsAPlainListWouldKeepThem() {
        for (int seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            int window = 1 + random.nextInt(3000);
            int values = 1 + random.nextInt(6000);
            RowMemory memory = memory(window);
            ArrayDeque<Long> order = new ArrayDeque<>();
            Set<Long> known = new HashSet<>();
            for (int batch = 0; batch < 60; batch++) {
                long[] rows = random.longs(200, 0, values).toArray();
                List<Long> expected = new ArrayList<>();
                for (long row : rows) {
                    if (known.add(row)) {
                        expected.add(row);
                        order.add(row);
                        if (order.size() > window) {
                            known.remove(order.removeFirst());
                        }
                    }
                }
                assertThat(keep(memory, batch / 7, rows)).as("seed %d, batch %d", seed, batch).isEqualTo(expected);
            }
            assertThat(memory.size()).isEqualTo(order.size());
        }
    }

    @Test
    void whatIsSavedWithAnEpochIsItsNewRowsAlsoWhenTheNextOneHasBegun() {
        RowMemory memory = memory(100);
        keep(memory, 4, 1, 2);
        assertThat(memory.taken(4, CUT).hashes()).hasSize(32);
        keep(memory, 5, 2, 3);
        keep(memory, 6, 4, 5, 6);
        RememberedRows fifth = memory.taken(5, CUT);
        assertThat(fifth.hashes()).hasSize(16);
        assertThat(fifth.oldest()).isEqualTo(4);
        assertThat(memory.taken(6, CUT).hashes()).hasSize(48);
        RememberedRows without = memory.taken(7, CUT);
        assertThat(without.hashes()).isEmpty();
        assertThat(without.oldest()).isEqualTo(4);
        keep(memory, 9, 7);
        assertThat(memory.taken(8, CUT).hashes()).isEmpty();
        assertThat(memory.taken(9, CUT).hashes()).hasSize(16);
    }

    @Test
    void rowsThatTheNextEpochDrivesOutAreStillSavedAndWhatIsOutOfTheWindowIsNamed() {
        RowMemory memory = memory(3);
        keep(memory, 1, 1, 2);
        memory.taken(1, CUT);
        keep(memory, 2, 3, 4);
        keep(memory, 3, 5, 6, 7, 8);
        RememberedRows second = memory.taken(2, CUT);
        assertThat(second.hashes()).hasSize(32);
        assertThat(second.oldest()).as("row 2 of epoch 1 is in the window when epoch 2 is cut").isEqualTo(1);
        RememberedRows third = memory.taken(3, CUT);
        assertThat(third.hashes()).as("no more than the window").hasSize(48);
        assertThat(third.oldest()).isEqualTo(3);
    }

    @Test
    void aNewMemoryGoesOnFromWhatWasSaved() {
        RowMemory before = memory(4);
        keep(before, 1, 1, 2, 3);
        RememberedRows first = before.taken(1, CUT);
        keep(before, 2, 4, 5);
        RememberedRows second = before.taken(2, CUT);
        RowMemory after = memory(4);
        after.restore(List.of(first, second));
        assertThat(after.size()).isEqualTo(4);
        assertThat(keep(after, 3, 2, 3, 4, 5)).isEmpty();
        assertThat(keep(after, 3, 1)).containsExactly(1L);
        assertThat(after.taken(3, CUT).hashes()).hasSize(16);
    }

    /** Old rows that a replay carries on leave the window when they would have left it, the others stay. */
    @Test
    void whatAReplayCarriesOnKeepsItsOrderAndItsAge() {
        RowMemory before = new RowMemory(100, Long.MAX_VALUE, Optional.of(Duration.ofMinutes(10)));
        keep(before, 1, 1, 2, 3);
        RememberedRows first = before.taken(1, CUT);
        keep(before, 2, 4);
        RememberedRows second = before.taken(2, CUT.plus(Duration.ofMinutes(5)));
        List<RememberedRows> carried = CarriedMemory.of(
                List.of(first, second), Set.of(hash(2), hash(9)), List.of(hash(3), hash(7), hash(7)), 100, 3, CUT.plus(Duration.ofMinutes(6)));
        assertThat(carried).extracting(rows -> rows.hashes().length / 16).containsExactly(2, 1, 1);
        assertThat(carried).allMatch(rows -> rows.epoch() == 3 && rows.oldest() == 3);

        RowMemory after = new RowMemory(100, Long.MAX_VALUE, Optional.of(Duration.ofMinutes(10)));
        after.restore(carried);
        assertThat(keep(after, 4, 1, 3, 4, 7)).isEmpty();
        assertThat(keep(after, 4, 2)).containsExactly(2L);
        assertThat(after.taken(4, CUT.plus(Duration.ofMinutes(11))).oldest()).as("a part of epoch 3 is there still").isEqualTo(3);
        assertThat(keep(after, 5, 1, 3)).containsExactly(1L, 3L);
        assertThat(keep(after, 5, 4, 7)).isEmpty();

        assertThat(CarriedMemory.of(List.of(first, second), Set.of(), List.of(hash(7)), 3, 3, CUT))
                .extracting(rows -> rows.hashes().length / 16).containsExactly(1, 1, 1);
        assertThat(CarriedMemory.of(List.of(), Set.of(), List.of(), 3, 3, CUT)).hasSize(1);
    }

    @Test
    void rowsThatAnEarlierVersionHashedWithTheirTypesAreKnownUntilTheyLeaveTheWindow() {
        RowMemory memory = memory(3);
        memory.restore(List.of(new RememberedRows(1, CUT, 1, HashForm.TYPED, hashes(101, 102))));
        assertThat(memory.isTyped()).isTrue();
        int[] kept = new int[3];
        RowHashes byValue = new RowHashes(new long[] {lows(1), lows(2), lows(3)}, new long[] {-1, -2, -3});
        RowHashes typed = new RowHashes(new long[] {lows(101), lows(102), lows(103)}, new long[] {-101, -102, -103});
        assertThat(memory.keep(2, byValue, typed, 3, null, kept)).isEqualTo(1);
        assertThat(kept[0]).isEqualTo(2);
        assertThat(memory.taken(2, CUT)).isEqualTo(new RememberedRows(2, CUT, 1, HashForm.VALUE, hashes(3)));
        assertThat(keep(memory, 3, 4)).hasSize(1);
        assertThat(memory.isTyped()).as("row 102 is in the window").isTrue();
        assertThat(keep(memory, 3, 5)).hasSize(1);
        assertThat(memory.isTyped()).isFalse();
        assertThat(keep(memory, 4, 3)).as("known by its value").isEmpty();
    }

    private static long lows(long row) {
        return hash(row).low();
    }

    private static byte[] hashes(long... rows) {
        ByteBuffer hashes = ByteBuffer.allocate(16 * rows.length);
        for (long row : rows) {
            hashes.putLong(hash(row).high()).putLong(hash(row).low());
        }
        return hashes.array();
    }

    @Test
    void aWindowOfTimeForgetsWholeEpochsThatWereCutBeforeIt() {
        RowMemory memory = new RowMemory(100, Long.MAX_VALUE, Optional.of(Duration.ofMinutes(10)));
        keep(memory, 1, 1, 2);
        memory.taken(1, CUT);
        keep(memory, 2, 3);
        assertThat(memory.taken(2, CUT.plus(Duration.ofMinutes(10))).oldest()).isEqualTo(1);
        assertThat(keep(memory, 3, 1, 3, 4)).containsExactly(4L);
        assertThat(memory.taken(3, CUT.plus(Duration.ofMinutes(11))).oldest()).isEqualTo(2);
        assertThat(keep(memory, 4, 1, 3, 4)).containsExactly(1L);
        assertThat(memory.taken(4, CUT.plus(Duration.ofHours(1))).oldest()).isEqualTo(4);
        assertThat(memory.size()).isEqualTo(1);
        assertThat(memory.taken(5, CUT.plus(Duration.ofHours(2))).oldest()).isEqualTo(5);
        assertThat(memory.size()).isZero();
        assertThat(keep(memory, 6, 1, 3, 4)).hasSize(3);
    }

    @Test
    void bytesBoundTheWindowToo() {
        RowMemory memory = new RowMemory(1_000_000, 64 * 5, Optional.empty());
        keep(memory, 1, 1, 2, 3, 4, 5, 6, 7);
        assertThat(memory.size()).isEqualTo(5);
    }

    @Test
    void aRowThatComesAfterRowsOfALaterEpochIsRefusedSinceDroppingItCouldLoseIt() {
        RowMemory memory = memory(10);
        keep(memory, 2, 1);
        assertThatThrownBy(() -> keep(memory, 1, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rowsWithoutIdentityStayAndAreNotRemembered() {
        RowMemory memory = memory(10);
        long[] same = {3, 3, 3};
        int[] kept = new int[3];
        assertThat(memory.keep(1, new RowHashes(same, same), RowHashes.NONE, 3, new boolean[] {true, false, true}, kept)).isEqualTo(3);
        assertThat(memory.size()).isEqualTo(1);
    }
}

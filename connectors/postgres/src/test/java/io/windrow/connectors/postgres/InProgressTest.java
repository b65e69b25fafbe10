package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.postgres.pgoutput.Control;
import io.windrow.connectors.postgres.pgoutput.LogError;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that wait for their commit: put aside interleaved, given out whole, without what was rolled back. */
@Tag("D45")
class InProgressTest {
    @TempDir
    Path folder;

    private SpillSpace space;
    private InProgress pending;

    @BeforeEach
    void begin() {
        space = new SpillSpace(folder, 100 << 20);
        pending = new InProgress(space);
    }

    @AfterEach
    void end() {
        pending.close();
        assertThat(space.used()).isZero();
    }

    private void part(long top, long xid, long lsn, String... texts) {
        pending.hear(new Control.PartBegins(top));
        for (String text : texts) {
            byte[] rest = text.getBytes(StandardCharsets.US_ASCII);
            byte[] message = ByteBuffer.allocate(rest.length + 5).put((byte) 'I').putInt((int) xid).put(rest).array();
            assertThat(pending.takes((byte) 'I')).isTrue();
            pending.put(lsn, message, 0, message.length);
        }
        assertThat(pending.takes((byte) 'E')).isFalse();
        pending.hear(new Control.PartEnds());
        assertThat(pending.takes((byte) 'I')).isFalse();
    }

    private List<String> replayed() {
        List<String> rows = new ArrayList<>();
        InProgress.Replay replay = pending.replay();
        while (replay.next()) {
            if (!replay.isUndone()) {
                assertThat(replay.bytes()[0]).isEqualTo((byte) 'I');
                rows.add(replay.lsn() + new String(replay.bytes(), 1, replay.length() - 1, StandardCharsets.US_ASCII));
            }
        }
        pending.replayed();
        assertThat(pending.replay()).isNull();
        return rows;
    }

    @Test
    void Parts_of_several_transactions_come_apart_again() {
        part(7, 7, 10, "a", "b");
        part(4_000_000_000L, 4_000_000_000L, 11, "x".repeat(200_000));
        part(7, 8, 12, "undone");
        part(7, 9, 13, "kept");
        part(5, 5, 14, "never");
        pending.hear(new Control.PartsUndone(7, 8));
        pending.hear(new Control.PartsUndone(5, 5));
        pending.hear(new Control.PartsUndone(6, 6));
        pending.hear(new Control.PartsCommitted(7, 20, 21, 22));
        assertThat(pending.replay().transaction().position()).isEqualTo(20);
        assertThat(pending.replay().transaction().id()).isEqualTo(7);
        assertThat(pending.replay().endLsn()).isEqualTo(21);
        assertThat(replayed()).containsExactly("10a", "10b", "13kept");
        pending.hear(new Control.PartsCommitted(4_000_000_000L, 30, 31, 32));
        assertThat(replayed()).containsExactly("11" + "x".repeat(200_000));
        assertThatThrownBy(() -> pending.hear(new Control.PartsCommitted(5, 40, 41, 42))).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.MESSAGE_UNKNOWN));
    }

    @Test
    void Of_millions_of_parts_that_were_rolled_back_none_is_given_out_and_all_others_are() {
        long first = 3_999_999_000L;
        for (long part = first; part < first + 200; part++) {
            part(7, part, part, Long.toString(part));
        }
        for (long part = first - 100; part < first + 2_000_000; part++) {
            if (part % 3 != 0) {
                pending.hear(new Control.PartsUndone(7, part));
            }
        }
        pending.hear(new Control.PartsCommitted(7, 20, 21, 22));
        assertThat(replayed()).isEqualTo(LongStream.range(first, first + 200).filter(part -> part % 3 == 0)
                .mapToObj(part -> part + Long.toString(part)).toList());
    }

    @Test
    void The_log_is_kept_from_the_oldest_prepared_transaction_on() {
        pending.hear(new Control.PrepareBegins(3));
        byte[] message = "Ione".getBytes(StandardCharsets.US_ASCII);
        pending.put(10, message, 0, message.length);
        assertThat(pending.takes((byte) 'P')).isFalse();
        assertThat(pending.kept()).as("it is not prepared yet").isEmpty();
        pending.hear(new Control.Prepared(3, 100, 110));
        part(4, 4, 120, "two");
        pending.hear(new Control.Prepared(4, 130, 140));
        assertThat(pending.kept()).hasValue(100);
        pending.hear(new Control.PreparedCommitted(3, 200, 210, 0));
        assertThat(pending.kept()).as("it is not given out whole yet").hasValue(100);
        assertThat(replayed()).containsExactly("10one");
        assertThat(pending.kept()).hasValue(130);
        pending.hear(new Control.PreparedUndone(4, 220));
        assertThat(pending.kept()).isEmpty();
    }
}

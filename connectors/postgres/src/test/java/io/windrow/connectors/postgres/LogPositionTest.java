package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.LogPosition.Inside;
import io.windrow.connectors.postgres.pgoutput.Control;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import io.windrow.connectors.postgres.pgoutput.MessageReader;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Places in the log: their saved form, their order, and what lies before them. */
class LogPositionTest {
    private static LogPosition at(long lsn) {
        return new LogPosition("7", 1, lsn, Optional.empty());
    }

    private static LogPosition inside(long lsn, long commit, long record, long ordinal) {
        return new LogPosition("7", 1, lsn, Optional.of(new Inside(commit, 9, record, ordinal)));
    }

    private static LogPosition copying(long lsn, long step) {
        return new LogPosition(
                "7", 1, lsn, Optional.empty(), OptionalLong.empty(), Map.of(StreamName.of("t"), CopyPlace.begin(1)), step);
    }

    @Test
    void A_position_is_saved_in_this_form_and_read_back() {
        LogPosition whole = new LogPosition("7301", 2, Lsn.parse("16/B374D848"), Optional.empty());
        assertThat(whole.toPosition()).isEqualTo(
                new Position(1, "{\"at\":\"log\",\"system\":\"7301\",\"timeline\":2,\"lsn\":\"16/B374D848\"}"));
        LogPosition half = new LogPosition("7301", 2, 0x10, Optional.of(new Inside(0xFFFFFFFF00000000L, 4294967295L, 0x20, 3)));
        assertThat(half.toPosition()).isEqualTo(new Position(
                1, "{\"at\":\"log\",\"system\":\"7301\",\"timeline\":2,\"lsn\":\"0/10\",\"inside\":{\"commit\":\"FFFFFFFF/0\","
                        + "\"xid\":4294967295,\"record\":\"0/20\",\"ordinal\":3}}"));
        assertThat(LogPosition.of(whole.toPosition())).isEqualTo(whole);
        assertThat(LogPosition.of(half.toPosition())).isEqualTo(half);
        LogPosition kept = new LogPosition("7301", 2, 0x20, Optional.empty(), OptionalLong.of(0x10));
        assertThat(kept.toPosition()).isEqualTo(
                new Position(1, "{\"at\":\"log\",\"system\":\"7301\",\"timeline\":2,\"lsn\":\"0/20\",\"kept\":\"0/10\"}"));
        assertThat(LogPosition.of(kept.toPosition())).isEqualTo(kept);
        for (String bad : List.of("{}", "{\"at\":\"log\"}", "{\"at\":\"log\",\"system\":\"1\",\"timeline\":1,\"lsn\":\"x\"}")) {
            assertThatThrownBy(() -> LogPosition.of(new Position(1, bad))).isInstanceOf(WindrowException.class);
        }
    }

    @Test
    @Tag("D14")
    void Places_follow_each_other_by_commit_and_within_a_transaction_by_row() {
        List<LogPosition> ordered = List.of(
                at(10), at(20), inside(10, 20, 12, 0), inside(20, 20, 12, 1), inside(10, 20, 15, 0), at(21), inside(21, 30, 5, 0),
                at(31));
        for (int i = 0; i < ordered.size(); i++) {
            for (int j = 0; j < ordered.size(); j++) {
                assertThat(Integer.signum(LogPosition.ORDER.compare(ordered.get(i).toPosition(), ordered.get(j).toPosition())))
                        .as(i + " and " + j).isEqualTo(Integer.compare(i, j));
            }
        }
        List<LogPosition> copied = List.of(copying(10, 1), copying(10, 2), at(10), copying(20, 1));
        for (int i = 0; i < copied.size(); i++) {
            for (int j = 0; j < copied.size(); j++) {
                assertThat(Integer.signum(LogPosition.ORDER.compare(copied.get(i).toPosition(), copied.get(j).toPosition())))
                        .as("copies " + i + " and " + j).isEqualTo(Integer.compare(i, j));
            }
        }
        assertThat(at(20).isPassed(19)).isFalse();
        assertThat(at(20).isPassed(20)).isTrue();
        assertThat(inside(10, 20, 12, 1).isPassed(20)).as("not before the transaction was sent again").isFalse();
        assertThat(inside(10, 20, 12, 1).isPassed(21)).isTrue();
        assertThat(at(20).covers(19, 5, 0)).isTrue();
        assertThat(at(20).covers(20, 5, 0)).as("its commit record begins where the last transaction ended").isFalse();
        assertThat(inside(10, 20, 12, 1).covers(20, 12, 1)).isTrue();
        assertThat(inside(10, 20, 12, 1).covers(20, 12, 2)).isFalse();
        assertThat(inside(10, 20, 12, 1).covers(20, 13, 0)).isFalse();
        assertThat(inside(10, 20, 12, 1).covers(15, 99, 0)).as("of an earlier transaction").isTrue();
        assertThat(inside(10, 20, 12, 1).covers(25, 1, 0)).as("of a later one whose record is older").isFalse();
    }

    @Test
    @Tag("D39")
    void What_was_let_go_up_to_the_place_of_another_stream_says_nothing_of_a_tables_copy() {
        StreamName t = StreamName.of("t");
        for (LogPosition released : List.of(at(10), at(20), inside(10, 20, 12, 0), copying(20, 7))) {
            LogPosition on = copying(10, 3).goesOn(t, released);
            assertThat(on.copies()).isEqualTo(copying(10, 3).copies());
            assertThat(on.lsn()).isEqualTo(released.lsn());
            assertThat(on.inside()).isEqualTo(released.inside());
            assertThat(on.step()).isGreaterThanOrEqualTo(3);
            assertThat(at(10).goesOn(t, released).copies()).as("what is copied stays so").isEmpty();
        }
    }

    @Test
    @Tag("D46")
    void A_message_that_is_unknown_too_short_or_too_long_stops_the_stream() {
        MessageReader reader = new MessageReader(new Nobody());
        byte[] begin = ByteBuffer.allocate(21).put((byte) 'B').putLong(1).putLong(2).putInt(3).array();
        reader.read(begin, 0, begin.length);
        byte[] longer = ByteBuffer.allocate(22).put(begin).array();
        // A rollback says where and when in protocol version 4 alone.
        for (int length : List.of(9, 25)) {
            reader.read(ByteBuffer.allocate(length).put((byte) 'A').array(), 0, length);
        }
        byte[] half = ByteBuffer.allocate(17).put((byte) 'A').array();
        byte[] said = ByteBuffer.allocate(19).put((byte) 'M').put((byte) 1).putLong(9).put("p\0".getBytes(StandardCharsets.US_ASCII)).putInt(3).put(new byte[3]).array();
        reader.read(said, 0, said.length);
        byte[] unsaid = Arrays.copyOf(said, 18);
        for (byte[] bad : List.of(longer, half, unsaid, new byte[] {'B', 0}, new byte[] {'?', 1, 2}, new byte[] {}, new byte[] {'I', 0, 0, 0, 1, 'X'})) {
            assertThatThrownBy(() -> reader.read(bad, 0, bad.length)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.MESSAGE_UNKNOWN));
        }
    }

    /** Hears nothing. */
    private static final class Nobody implements Messages {
        @Override
        public void begin(long commitLsn, long commitMicros, long xid) {}

        @Override
        public void commit(long endLsn) {}

        @Override
        public void control(Control what) {}

        @Override
        public void relation(PublishedRelation relation) {}

        @Override
        public void insert(long relation, Tuple row) {}

        @Override
        public void update(long relation, Optional<Tuple> old, Image image, Tuple row) {}

        @Override
        public void delete(long relation, Tuple old, Image image) {}

        @Override
        public void message(String prefix, long lsn, Belonging belonging, Tuple cells) {}

        @Override
        public void oversize(long relation, String size) {}

        @Override
        public void truncate(List<Long> relations) {}
    }
}

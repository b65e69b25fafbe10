package io.windrow.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Position;
import io.windrow.api.config.Origin;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.StreamPlan;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.policy.MaskRule;
import io.windrow.core.transform.mask.MaskTransform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReadStartTest {
    private static final StreamName T = new StreamName("s", "t");
    private static final StreamName U = new StreamName("s", "u");
    private static final ShownPositions ALL = new ShownPositions(Set.of(), HashKey.random());
    private static final Position WINDOW = new Position(1, "{\"cursor\":\"7\"}");

    @Test
    void aStreamThatWasNeverReadHasTheSchemaBeforeItsFirstRow() {
        assertThat(ReadStart.first(1).text(T, ALL)).isEqualTo("before the first row");
        assertThat(ReadStart.first(3).text(T, ALL)).isEqualTo("before the first row of generation 3");
    }

    @Test
    void everyPlaceFromWhichRowsComeIsNamed() {
        assertThat(start(Optional.of(WINDOW), Map.of()).text(T, ALL)).isEqualTo("after epoch 5, behind position {\"cursor\":\"7\"}");
        assertThat(start(Optional.empty(), Map.of()).text(T, ALL)).isEqualTo("after epoch 5");
        assertThat(start(Optional.of(WINDOW), Map.of("b", part("b", ""), "a", part("a", "{\"row\":9}"))).text(T, ALL))
                .isEqualTo("after epoch 5, behind position {\"cursor\":\"7\"}, at position {\"row\":9} of split a, at the start {\"part\":2} of split b,"
                        + " and in every split that is not begun");
        assertThat(start(Optional.empty(), Map.of("log", log("{\"lsn\":\"0/1\"}"))).text(T, ALL))
                .isEqualTo("after epoch 5, at position {\"lsn\":\"0/1\"}");
    }

    @Test
    void aChangeThatAReaderFoundIsNearerThanWhereTheLogIsReadFrom() {
        assertThat(start(Optional.empty(), Map.of("log", log("{\"lsn\":\"0/1\"}"))).at(new Position(1, "{\"lsn\":\"0/9\"}")).text(T, ALL))
                .isEqualTo("after epoch 5, at position {\"lsn\":\"0/9\"}");
    }

    @Test
    void theNextRunGoesOnWhereTheStoreSaysUnlessTheReadBeginsAgain() {
        PlannedStream stream = new PlannedStream(T, ReadMode.INCREMENTAL, WriteMode.APPEND);
        Progress saved = new Progress(new PlannerState(1, "{}"), Map.of("a", part("a", "{\"row\":9}")));
        Optional<StreamState> state = Optional.of(new StreamState(T, 2, 4, Optional.of(saved), Optional.empty(), Optional.empty()));
        StreamPlan plan = plan(T, Optional.empty(), column(1, "a"));
        assertThat(ReadStart.of(stream, state, plan, Optional.of(WINDOW)))
                .isEqualTo(new ReadStart(2, Optional.empty(), Optional.of(WINDOW), saved.openSplits()));
        assertThat(ReadStart.of(stream, state, plan(T, Optional.of("snapshot.lost"), column(1, "a")), Optional.of(WINDOW)))
                .isEqualTo(ReadStart.first(3));
        assertThat(ReadStart.of(stream, Optional.empty(), plan, Optional.empty())).isEqualTo(ReadStart.first(1));
    }

    @Test
    void aPositionWithAValueThatIsMaskedUnderTheOldSchemaOrTheNewOneIsWithheld() {
        MaskRule rule = new MaskRule(
                Optional.of("s.t.a"), List.of(), MaskRule.Method.REDACT, Optional.empty(), Optional.empty(), 0, 4,
                MaskRule.Truncation.MONTH, MaskRule.Alphabet.DIGITS, "***", Optional.empty(), Origin.NONE);
        Steps steps = new Steps(List.of(new MaskTransform(List.of(rule))));
        StreamPlan same = plan(T, Optional.empty(), column(1, "a"));
        StreamPlan renamed = plan(T, Optional.empty(), column(1, "b"));
        StreamPlan other = plan(U, Optional.empty(), column(1, "a"));
        HashKey key = HashKey.random();
        assertThat(ReadStart.shown(steps, List.of(same), List.of(), key).withheld()).containsExactly(T);
        assertThat(ReadStart.shown(steps, List.of(renamed), List.of(), key).withheld()).isEmpty();
        assertThat(ReadStart.shown(steps, List.of(renamed), List.of(same.schema()), key).withheld()).as("its name was another").containsExactly(T);
        assertThat(ReadStart.shown(steps, List.of(other), List.of(same.schema()), key).withheld()).isEmpty();
        assertThat(ReadStart.shown(steps, List.of(other, same), List.of(), key).withheld()).as("they share a log").containsExactlyInAnyOrder(T, U);
        assertThat(start(Optional.of(WINDOW), Map.of()).text(T, ReadStart.shown(steps, List.of(same), List.of(), key)))
                .startsWith("after epoch 5, behind position {\"withheld_bytes\":14,").doesNotContain("7\"}");
    }

    @Test
    void onlyStreamsThatFollowALogShareItsPositions() {
        StreamPlan t = plan(T, Optional.empty(), column(1, "a"));
        StreamPlan u = plan(U, Optional.empty(), column(1, "a"));
        PlannedStream follows = new PlannedStream(T, ReadMode.CDC, WriteMode.APPEND);
        assertThat(ReadStart.sharing(t, List.of(follows, new PlannedStream(U, ReadMode.CDC, WriteMode.APPEND)), List.of(t, u)))
                .containsExactly(t, u);
        assertThat(ReadStart.sharing(t, List.of(follows, new PlannedStream(U, ReadMode.SNAPSHOT, WriteMode.APPEND)), List.of(t, u)))
                .containsExactly(t);
        assertThat(ReadStart.sharing(u, List.of(follows, new PlannedStream(U, ReadMode.SNAPSHOT, WriteMode.APPEND)), List.of(t, u)))
                .containsExactly(u);
    }

    private static ReadStart start(Optional<Position> behind, Map<String, OpenSplit> open) {
        return new ReadStart(1, Optional.of(5L), behind, open);
    }

    private static OpenSplit part(String id, String position) {
        return new OpenSplit(
                new Split(id, T, 1, "{\"part\":2}", -1), Optional.of(position).filter(text -> !text.isEmpty()).map(text -> new Position(1, text)));
    }

    private static OpenSplit log(String position) {
        return new OpenSplit(new Split("log", Split.Kind.LOG, List.of(T), 1, "{}", -1), Optional.of(new Position(1, position)));
    }

    private static Column column(int id, String name) {
        return new Column(id, name, new ColumnType.Text(), true, "text");
    }

    private static StreamPlan plan(StreamName stream, Optional<String> restart, Column column) {
        return new StreamPlan(
                new StreamSchema(stream, 1, List.of(column), List.of()), new Guarantee("proven", "all", List.of(), List.of()), restart,
                -1, -1, List.of(column.name()));
    }
}

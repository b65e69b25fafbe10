package io.windrow.connectors.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Source;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.testkit.conformance.TestContext;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is saved keeps its form: version 1 of positions, splits and states is what the file says. */
class SavedTextTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @TempDir
    Path folder;

    private static List<String> golden() throws IOException {
        try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-1.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void positionsSplitsAndStatesOfVersion1StayReadable() throws IOException {
        JdbcPosition position = new JdbcPosition(7, List.of("n-4", "tü\"", "d12.50", "bAP8=", "f0.1"));
        JdbcSplit split = new JdbcSplit(JdbcSplit.Part.SETTLED, Optional.of("n1"), Optional.empty());
        WindowState state = new WindowState("at", Optional.empty(), "c2FsdA", 3, Optional.of("t2024-01-01"), Set.of("0123456789abcdef"), Optional.of(
                new WindowState.Open(Optional.of("t2024-02-01"), Set.of("fedcba9876543210", "0000000000000000"), WindowState.Held.NO, List.of("g1-w3-0"))));
        assertThat(List.of(
                        position.toPosition().text(), split.toSplit("g1-w3-0", StreamName.of("t"), -1).text(), state.toState().text()))
                .isEqualTo(golden());
        assertThat(JdbcPosition.of(position.toPosition())).isEqualTo(position);
        assertThat(JdbcSplit.of(split.toSplit("g1-w3-0", StreamName.of("t"), -1))).isEqualTo(split);
        assertThat(WindowState.of(state.toState())).isEqualTo(state);
        assertThat(state.resumes().orElseThrow().text()).isEqualTo("{\"at\":\"window\",\"column\":\"at\",\"cursor\":\"2024-01-01\"}");
        assertThat(state.unbound().resumes()).as("every row is looked at again").isEmpty();
        WindowState selecting = state.selecting("d").unbound().with(new WindowState.Open(Optional.empty(), Set.of(), WindowState.Held.NO, List.of()));
        assertThat(WindowState.of(selecting.toState())).isEqualTo(selecting);
        assertThat(Raw.of("d12.50")).isEqualTo(new BigDecimal("12.50"));
    }

    @Test
    @Tag("H19")
    void hostileNamesAreNamesAndAnEditedKeyStaysData() {
        SourceTable table = SourceTable.sqlite(folder);
        table.run("CREATE TABLE y (i int)",
                "CREATE TABLE \"x\"\"; DROP TABLE y; --\" (\"k'\"\"\\; DROP TABLE y; --\" text NOT NULL PRIMARY KEY)",
                "INSERT INTO \"x\"\"; DROP TABLE y; --\" VALUES ('a'), ('b'), ('z')");
        StreamName stream = StreamName.of("x\"; DROP TABLE y; --");
        JdbcSourceConfig config = JdbcSourceConfig.of(
                Secret.of(table.url()), List.of(StreamConfig.ranges("\"x\"\"; DROP TABLE y; --\"")));
        try (Source source = new JdbcSource(config, context);
                SplitPlanner planner =
                        source.plan(List.of(new StreamRequest(stream, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
            Split split = planner.next(1).getFirst().split();
            for (String edited : List.of("tb'; DROP TABLE y; --", "tb\\'; DROP TABLE y; --", "tb' OR ''='", "tb\"; DROP TABLE y; --")) {
                try (SplitReader reader = source.open(split, Optional.of(new JdbcPosition(1, List.of(edited)).toPosition()))) {
                    assertThat(rows(reader)).as(edited).isEqualTo(1);
                }
            }
        }
        assertThat(table.texts("SELECT count(*) FROM y")).containsExactly("0");
    }

    private static int rows(SplitReader reader) {
        int rows = 0;
        while (true) {
            switch (reader.read(System.nanoTime() + Duration.ofSeconds(10).toNanos())) {
                case ReadResult.Data data -> {
                    rows += data.batch().rowCount();
                    data.batch().close();
                }
                case ReadResult.Idle ignored -> reader.keepAlive();
                case ReadResult.End ignored -> {
                    return rows;
                }
            }
        }
    }

    @Test
    void aStateOfAnotherKindOrVersionIsRefused() {
        for (PlannerState state : List.of(new PlannerState(2, "{}"), new PlannerState(1, "{\"read\":\"snapshot\"}"), new PlannerState(1, "no"))) {
            assertThatThrownBy(() -> WindowState.of(state)).isInstanceOfSatisfying(
                    WindrowException.class, refused -> assertThat(refused.errorCode()).isEqualTo(SourceError.STATE_INVALID));
        }
        assertThatThrownBy(() -> Raw.of("nx")).isInstanceOf(WindrowException.class);
    }
}

package io.windrow.connectors.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is saved keeps its form: version 1 of positions, splits and states is what the file says. */
class SavedTextTest {
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
        WindowState selecting = state.selecting("d").unbound().with(new WindowState.Open(Optional.empty(), Set.of(), WindowState.Held.NO, List.of()));
        assertThat(WindowState.of(selecting.toState())).isEqualTo(selecting);
        assertThat(Raw.of("d12.50")).isEqualTo(new BigDecimal("12.50"));
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

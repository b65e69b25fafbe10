package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.connectors.postgres.PostgresPosition.RowPlace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The texts of a golden file were written by the version in its name; every later version reads them. */
class SavedTextTest {
    private static List<String> golden(int version) throws IOException {
        try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-" + version + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void Positions_splits_and_states_of_the_golden_file_are_read_and_written_as_they_were() throws IOException {
        for (String line : golden(1)) {
            String text = line.substring(line.indexOf(' ') + 1);
            String again = switch (line.substring(0, line.indexOf(' '))) {
                case "position" -> PostgresPosition.of(new io.windrow.api.batch.Position(1, text)).toPosition().text();
                case "split" -> PostgresSplit.of(new Split("i", StreamName.of("s"), 1, text, 0))
                        .toSplit("i", StreamName.of("s"), 0)
                        .text();
                case "window" -> WindowState.of(new PlannerState(1, text)).toState().text();
                case "ranges" -> RangeState.of(new PlannerState(1, text)).toState().text();
                default -> "";
            };
            assertThat(again).isEqualTo(text);
        }
        for (int version = 2; version <= 3; version++) {
            for (String line : golden(version)) {
                String text = line.substring("log ".length());
                io.windrow.api.batch.Position saved = new io.windrow.api.batch.Position(version, text);
                assertThat(LogPosition.of(saved).toPosition()).isEqualTo(saved);
            }
        }
        assertThat(PostgresPosition.of(new io.windrow.api.batch.Position(1, "{\"rows\":7,\"page\":4294967294,\"line\":3}")))
                .isEqualTo(new PostgresPosition(7, Optional.of(new RowPlace(4294967294L, 3)), List.of()));
    }

    @Test
    @Tag("H19")
    void An_edited_text_is_refused_or_stays_data() {
        for (String text : List.of("", "[]", "{\"part\":\"x\"}", "{\"part\":\"pages\",\"snapshot\":\"1\",\"from\":\"0)'; DROP TABLE x\"}")) {
            assertThatThrownBy(() -> PostgresSplit.of(new Split("i", StreamName.of("s"), 1, text, 0)))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(PostgresError.STATE_INVALID));
        }
        assertThatThrownBy(() -> PostgresPosition.of(new io.windrow.api.batch.Position(2, "{\"rows\":1}")))
                .isInstanceOf(WindrowException.class);
    }
}

package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.Split;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The texts of the golden file were written by version 1; every later version reads them. */
class SavedTextTest {
    private static final StreamName STREAM = new StreamName("shop", "orders");

    @Test
    void positionsSplitsAndStatesOfTheGoldenFileAreReadAndWrittenAsTheyWere() throws IOException {
        for (String line : golden()) {
            String text = line.substring(line.indexOf(' ') + 1);
            String again = switch (line.substring(0, line.indexOf(' '))) {
                case "position" -> LogPlace.of(new Position(1, text)).toPosition().text();
                case "split" -> ConnectSplit.of(new Split("log", STREAM, 1, text, -1)).toSplit("", List.of(STREAM)).text();
                case "state" -> new TableRead(
                                new History(new LogOrder.Binlog()), Shape.ROWS,
                                new StreamSchema(STREAM, 1, List.of(new Column(1, "id", new ColumnType.Int(32, true), false, "int")), List.of()),
                                -1, new StreamRequest(STREAM, ReadMode.CDC, 1, Optional.of(new PlannerState(1, text))))
                        .state(text.contains("\"server\"") ? Optional.of("server_id 1") : Optional.empty())
                        .text();
                default -> "";
            };
            assertThat(again).isEqualTo(text);
        }
    }

    @Test
    void anEditedTextIsRefused() {
        for (String text : List.of("", "[]", "{\"at\":\"log\"}", "{\"at\":\"connect\",\"transaction\":\"1\",\"row\":0,\"offsets\":[]}")) {
            assertThatThrownBy(() -> LogPlace.of(new Position(1, text)))
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.STATE_INVALID));
        }
        assertThatThrownBy(() -> LogPlace.of(new Position(2, golden().getFirst().substring(9)))).isInstanceOf(WindrowException.class);
    }

    private static List<String> golden() throws IOException {
        try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-1.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}

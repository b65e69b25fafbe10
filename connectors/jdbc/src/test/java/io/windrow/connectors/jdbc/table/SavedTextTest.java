package io.windrow.connectors.jdbc.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What earlier versions laid down is still read; what this one writes is what it always wrote. */
class SavedTextTest {
    private static List<String> golden() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int version = 1; version <= StagedTable.VERSION; version++) {
            try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-" + version + ".txt")) {
                new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().forEach(lines::add);
            }
        }
        return lines;
    }

    @Test
    void stagedTablesOfEveryLayoutAreRead() throws IOException {
        for (String line : golden()) {
            String text = line.substring(line.indexOf(' ') + 1);
            String again = switch (line.substring(0, line.indexOf(' '))) {
                case "staged" -> StagedTable.parse(StagedTable.VERSION, text).toJson();
                case "columns" -> TargetColumn.toJson(TargetColumn.parse(text));
                default -> StagedTable.toJson(StagedTable.parseAll(text));
            };
            assertThat(again).isEqualTo(text);
        }
    }

    @Test
    void aTextOfAnotherLayoutOrADamagedOneIsRefused() throws IOException {
        String text = golden().getFirst().substring("staged ".length());
        assertThatThrownBy(() -> StagedTable.parse(StagedTable.VERSION + 1, text)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.BOOK_UNREADABLE));
        for (String bad : List.of(text.substring(0, text.length() - 2), text.replace("\"rows\"", "\"rowz\""), "[]")) {
            assertThatThrownBy(() -> StagedTable.parse(1, bad)).as(bad).isInstanceOf(WindrowException.class);
        }
    }
}

package io.windrow.connectors.jdbc.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What earlier versions laid down is still read; what this one writes is what it always wrote. */
class SavedTextTest {
    private static List<String> golden() throws IOException {
        try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-1.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @Test
    void stagedTablesOfEveryLayoutAreRead() throws IOException {
        for (String line : golden()) {
            String text = line.substring(line.indexOf(' ') + 1);
            String again = line.startsWith("staged ")
                    ? StagedTable.parse(1, text).toJson()
                    : StagedTable.toJson(StagedTable.parseAll(text));
            assertThat(again).isEqualTo(text);
        }
    }

    @Test
    void aTextOfAnotherLayoutOrADamagedOneIsRefused() throws IOException {
        String text = golden().getFirst().substring("staged ".length());
        assertThatThrownBy(() -> StagedTable.parse(2, text)).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.BOOK_UNREADABLE));
        for (String bad : List.of(text.substring(0, text.length() - 2), text.replace("\"rows\"", "\"rowz\""), "[]")) {
            assertThatThrownBy(() -> StagedTable.parse(1, bad)).as(bad).isInstanceOf(WindrowException.class);
        }
    }
}

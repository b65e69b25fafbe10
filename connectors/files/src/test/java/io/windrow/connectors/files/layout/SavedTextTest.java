package io.windrow.connectors.files.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What earlier versions laid down is still read; what this one writes is what it always wrote. */
class SavedTextTest {
    private static List<String> golden(int version) throws IOException {
        try (InputStream in = SavedTextTest.class.getResourceAsStream("saved-texts-" + version + ".txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void stagedFilesAndManifestsOfEveryLayoutAreRead(int version) throws IOException {
        for (String line : golden(version)) {
            String text = line.substring(line.indexOf(' ') + 1);
            String again = switch (line.substring(0, line.indexOf(' '))) {
                case "staged" -> StagedFile.parse(version, text).toJson();
                case "replaced" -> Replaced.parse(text).toJson();
                default -> Manifest.parse("a manifest", text).toJson();
            };
            assertThat(again).isEqualTo(text.replace("\"version\":1", "\"version\":2"));
        }
    }

    @Test
    void aManifestThatContradictsItselfIsRefused() throws IOException {
        String manifest = golden(2).getLast().substring("manifest ".length());
        for (String bad : List.of(
                manifest.replace("\"rows\":10,\"files\"", "\"rows\":11,\"files\""),
                manifest.replace("\"rows\":10", "\"rows\":-10"),
                manifest.replace("2026-01-01T", "2026-01-01 "),
                manifest.replace("\"files\":[", "\"files\":[1,"),
                manifest.replace("\"files\":[", "\"files\":{}}["),
                manifest.substring(0, manifest.length() - 2))) {
            assertThatThrownBy(() -> Manifest.parse("a manifest", bad)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LayoutError.BOOK_UNREADABLE));
        }
    }
}

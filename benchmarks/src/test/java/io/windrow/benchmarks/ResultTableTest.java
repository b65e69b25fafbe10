package io.windrow.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static final Path RESULTS = Path.of("results");

    @Test
    void aFigureStandsUnderItsNameBesideItsBarAndWhetherItMeetsIt() throws IOException {
        assertThat(ResultTable.of("""
                {"rows": 5, "wall_over_limit": 1.034, "wall_over_limit_2": 1.76, "connectors_ms": 184, "connectors_bar_ms": 180,
                 "versus": {"sling": {"wall": 3.2, "cpu": 0.9}, "faucet": {"not_installed": "no | yes"}}}"""))
                .isEqualTo("""
                        | figure | value | bar |
                        |---|---|---|
                        | `rows` | 5 |  |
                        | `wall_over_limit` | 1.034 | ≤ 1.10: met |
                        | `wall_over_limit_2` | 1.76 | ≤ 1.50: **MISSED** |
                        | `connectors_ms` | 184 | ≤ 180: **MISSED** |
                        | `connectors_bar_ms` | 180 |  |
                        | `versus.sling.wall` | 3.2 | ≥ 1: met |
                        | `versus.sling.cpu` | 0.9 | ≥ 1: **MISSED** |
                        | `versus.faucet.not_installed` | no \\| yes |  |
                        """);
    }

    @Test
    void theTablesOfResultsAreMadeFromWhatTheBenchmarksPrinted() throws IOException {
        String page = Files.readString(Path.of("RESULTS.md"));
        List<Path> printed;
        try (Stream<Path> files = Files.list(RESULTS)) {
            printed = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
        assertThat(printed).extracting(file -> file.getFileName().toString())
                .contains("memory.json", "pg-snapshot.json", "start.json");
        for (Path file : printed) {
            assertThat(page).as("./windrow-dev bench table benchmarks/%s makes the table", file)
                    .contains("results/" + file.getFileName()).contains(ResultTable.of(Files.readString(file)));
        }
    }
}

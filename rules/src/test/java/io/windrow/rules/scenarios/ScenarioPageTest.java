package io.windrow.rules.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioPageTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    /** What the main job, PostgreSQL to files, and change streams have to answer for. */
    private static final List<String> SCOPE = List.of(
            """
            A01 A03 A04 A06 A08 A19 A20 A21 A22 A24 A25 A26 A27 B01 B03 B05 B07 B08 B09 B14 B18 B19 B20 B22 B24 B25 B26 B27 \
            B28 B29 C01 C03 C05 C07 C08 C09 C10 C11 C13 C14 C15 C17 C19 C20 C21 C23 C25 C27 C28 C30 C32 C33 C34 C35 C37 \
            D01 D03 D04 D06 D08 D10 D11 D12 D13 D14 D16 D17 D19 D21 D22 D23 D24 D26 D28 D30 D32 D33 D34 D35 D37 D39 D41 \
            D43 D44 D45 D46 D47 F01 F02 F03 F07 F09 F11 F12 F13 F15 F17 F19 F21 F22 F23 G01 G02 G03 G05 G07 G09 G11 G12 \
            G13 G15 G16 G17 H01 H03 H07 H17 H18 H19 H23"""
                    .split(" "));

    @Test
    void everyScenarioInScopeIsProvenOrItsAbsenceExplained() throws IOException {
        var covered = ScenarioPage.covered(ROOT);
        var leftOut = ScenarioPage.leftOut(ROOT);
        assertThat(SCOPE).allSatisfy(id -> assertThat(covered.containsKey(id) || leftOut.containsKey(id))
                .as("%s: tag the test that proves it, or give a reason in docs/reference/scenarios-left-out.tsv", id)
                .isTrue());
        assertThat(leftOut.keySet())
                .as("left out, but a test carries the tag: take the line out of scenarios-left-out.tsv")
                .doesNotContainAnyElementsOf(covered.keySet());
    }

    @Test
    void thePageIsWhatTheTagsSay() throws IOException {
        assertThat(Files.readString(ScenarioPage.page(ROOT)))
                .as("docs/reference/scenarios.md has drifted: run ./windrow-dev scenarios")
                .isEqualTo(ScenarioPage.render(ROOT));
    }
}

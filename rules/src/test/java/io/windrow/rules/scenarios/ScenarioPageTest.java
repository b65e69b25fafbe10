package io.windrow.rules.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScenarioPageTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    /** What the main job, PostgreSQL to files, has to answer for. */
    private static final List<String> SCOPE = List.of(
            """
            A01 A03 A04 A06 A08 A21 A22 A24 A25 A26 A27 B09 B14 B22 B24 B26 B27 B29 C01 C03 C07 C08 C09 C10 C17 C19 C20 C21 \
            C23 C25 C27 C28 C30 C32 C33 C34 C35 C37 F01 F02 F03 F07 F09 F22 F23 G01 G02 G03 G11 G12 G13 G15 G16 G17 \
            H01 H03 H07 H17 H18 H19 H23"""
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

package io.windrow.testkit.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OracleTest {
    @Test
    void rowsCountAsOftenAsTheyOccurAndNullIsNoText() {
        List<List<String>> source = List.of(List.of("1", "a"), List.of("1", "a"), Arrays.asList("2", null));
        List<List<String>> target = List.of(List.of("1", "a"), List.of("2", "null"));
        Oracle.Difference difference = Oracle.compare(source, target);
        assertThat(difference.missing()).containsEntry(List.of("1", "a"), 1).containsEntry(Arrays.asList("2", null), 1);
        assertThat(difference.extra()).containsOnlyKeys(List.of("2", "null"));
        assertThatThrownBy(() -> Oracle.requireEqual(source, target)).hasMessageContaining("missing 2");
    }

    @Test
    void orderDoesNotMatter() {
        Oracle.requireEqual(List.of(List.of("1"), List.of("2")), List.of(List.of("2"), List.of("1")));
    }
}

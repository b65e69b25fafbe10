package io.windrow.core.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> KEYS = List.of("cursor", "columns", "mode", "table", "out_of_range");

    @Test
    void typos_find_the_name_that_was_meant() {
        assertThat(NearestName.of("cursr", KEYS)).contains("cursor");
        assertThat(NearestName.of("tabel", KEYS)).contains("table");
        assertThat(NearestName.of("out-of-range", KEYS)).contains("out_of_range");
        assertThat(NearestName.of("column", KEYS)).contains("columns");
        assertThat(NearestName.of("MODE", KEYS)).contains("mode");
    }

    @Test
    void something_else_finds_nothing() {
        assertThat(NearestName.of("password", KEYS)).isEmpty();
    }
}

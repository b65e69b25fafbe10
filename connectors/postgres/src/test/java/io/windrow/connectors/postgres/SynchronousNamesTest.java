package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynchronousNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"*", "ANY 1 (*)", "FIRST 2 (a, \"*\")", "2 (a, Windrow)", "a, windrow", "\"windrow\"", "ANY 1 (\"*\")"})
    void Names_that_a_readers_connection_has_are_found(String setting) {
        assertThat(SynchronousNames.matches(setting)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ANY 1 (a, windrow2)", "FIRST 1 (\"b c\")"})
    void Others_are_not(String setting) {
        assertThat(SynchronousNames.matches(setting)).isFalse();
    }
}

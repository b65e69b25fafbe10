package io.windrow.connectors.connect.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Under which names a connector's beans are found. */
class MetricsTest {
    @Test
    void noTwoPipelinesShareABean() {
        List<String> names = List.of("a-b", "a_b", "a.b", "ab", "a.00002db", "a😀b", "a\ud83db", "é");
        assertThat(names.stream().map(Metrics::settings)).doesNotHaveDuplicates()
                .allSatisfy(settings -> assertThat(settings.get("custom.metric.tags")).matches("pipeline=[a-zA-Z0-9.]+"));
    }
}

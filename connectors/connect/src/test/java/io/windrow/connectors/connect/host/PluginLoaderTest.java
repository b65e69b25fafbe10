package io.windrow.connectors.connect.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.crash.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PluginLoaderTest {
    @Test
    @Tag("server")
    void aPluginThatAsksForDriversFirstLeavesTheProcessItsOwn() throws Exception {
        String folder = Path.of("plugins", "debezium-3.5").toAbsolutePath().toString();
        try (ChildJvm child = ChildJvm.start(DriversMain.class.getName(), List.of(folder), Map.of())) {
            assertThat(child.awaitEnd(Duration.ofMinutes(2))).as(child.output()).isZero();
            assertThat(child.output()).contains("ours");
        }
    }
}

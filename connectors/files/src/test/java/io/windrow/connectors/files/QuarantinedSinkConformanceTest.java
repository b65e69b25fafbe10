package io.windrow.connectors.files;

import io.windrow.api.context.Context;
import io.windrow.api.sink.Sink;
import io.windrow.core.quarantine.QuarantineSink;
import io.windrow.core.quarantine.QuarantineTally;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;

/** A sink that can set rows aside is the same sink while no row is set aside, and makes no folder. */
class QuarantinedSinkConformanceTest extends FilesSinkConformanceTest {
    @Override
    protected Sink open(Context with) {
        return new QuarantineSink(super.open(with), with, quarantine(), new QuarantineTally(1));
    }

    private Path quarantine() {
        return context.temporaryFolder().resolve("quarantine");
    }

    @AfterEach
    void nothingWasMade() {
        Assertions.assertThat(Files.exists(quarantine())).isFalse();
    }
}

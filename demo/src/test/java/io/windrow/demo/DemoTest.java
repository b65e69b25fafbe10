package io.windrow.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("server")
class DemoTest {
    @Test
    void theDatabaseIsFilledAndItsOrdersChangeWhileTheWriterRuns() {
        try (DemoDatabase database = DemoDatabase.start()) {
            List<String> told = new ArrayList<>();
            Map<String, Long> rows = TpchData.load(database, 0.01, told::add);
            assertThat(told).hasSize(8);
            assertThat(rows).containsEntry("region", 5L).containsEntry("nation", 25L).containsEntry("lineitem", 60175L);
            assertThat(TpchData.counts(database)).isEqualTo(rows);
            OrdersWriter writer = OrdersWriter.start(database, Duration.ofMillis(1), OrdersWriter.Deletes.NONE, 42);
            try (writer) {
                await().atMost(Duration.ofMinutes(5)).until(() -> writer.inserted() > 30 && writer.updated() > 30);
            }
            assertThat(TpchData.counts(database).get("orders")).isEqualTo(rows.get("orders") + writer.inserted());
        }
    }

    @Test
    void thePipelineFileNamesEveryTableAndTheUrl(@TempDir Path folder) throws Exception {
        Path file = DemoPipeline.write(folder.resolve("new"), "postgresql://someone@host/db?a='b'");
        String text = Files.readString(file);
        assertThat(text).contains("url: 'postgresql://someone@host/db?a=''b'''").contains("pipeline: demo\n");
        TpchData.tables().forEach(table -> assertThat(text).contains("table: public." + table));
    }
}

package io.windrow.connectors.connect;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * A connector of Kafka Connect for the lines of a folder's files {@code 1.txt} and {@code 2.txt}. Each file is a partition, known by
 * its number; a poll blocks until there are lines or the task is stopped; the lines that are committed, and that it was stopped, it
 * writes into the folder. The setting {@code trouble} has it fail.
 */
public final class LinesConnector extends SourceConnector {
    private Map<String, String> settings = Map.of();

    @Override
    public void start(Map<String, String> given) {
        settings = given;
        if (trouble("config")) {
            throw new ConfigException("api.token", given.get("api.token"), "is too short");
        }
    }

    private boolean trouble(String what) {
        return what.equals(settings.get("trouble"));
    }

    @Override
    public Class<? extends Task> taskClass() {
        return Lines.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int most) {
        if (trouble("raised")) {
            context().raiseError(new ConnectException("the folder is gone"));
        }
        if (trouble("asked")) {
            context().requestTaskReconfiguration();
        }
        return List.of(settings);
    }

    @Override
    public void stop() {
        write(Path.of(settings.get("folder")), "connector-stopped", "");
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public String version() {
        return "1";
    }

    private static void write(Path folder, String name, String text) {
        try {
            Files.writeString(folder.resolve(name), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its task. */
    public static final class Lines extends SourceTask {
        private final CountDownLatch stopped = new CountDownLatch(1);
        private final Map<Integer, Integer> next = new HashMap<>();
        private Map<String, String> settings = Map.of();
        private Path folder = Path.of("");

        @Override
        public void start(Map<String, String> given) {
            settings = given;
            folder = Path.of(given.get("folder"));
            for (int number = 1; number <= 2; number++) {
                Map<String, Object> offset = context.offsetStorageReader().offset(partition(number));
                next.put(number, offset == null ? 0 : ((Number) offset.get("line")).intValue());
            }
            if ("start".equals(given.get("trouble"))) {
                throw new ConnectException("nobody logs in with " + given.get("api.token"));
            }
        }

        @Override
        public List<SourceRecord> poll() throws InterruptedException {
            do {
                List<SourceRecord> records = new ArrayList<>();
                for (int number = 1; number <= 2; number++) {
                    List<String> lines = lines(number);
                    for (int line = next.get(number); line < lines.size(); line++) {
                        Map<String, Integer> offset = "offset".equals(settings.get("trouble")) ? null : Map.of("line", line + 1);
                        SourceRecord record = new SourceRecord(
                                partition(number), offset, "lines", Schema.STRING_SCHEMA, lines.get(line));
                        if ("beside".equals(settings.get("trouble"))) {
                            record.headers().addString("origin", "file " + number);
                            record = record.newRecord(
                                    "lines", number, null, null, record.valueSchema(), record.value(), null, record.headers());
                        }
                        records.add(record);
                    }
                    next.put(number, lines.size());
                }
                if (!records.isEmpty()) {
                    return records;
                }
            } while (!stopped.await(10, TimeUnit.MILLISECONDS));
            return null;
        }

        private @Nullable Map<String, Integer> partition(int number) {
            return "unnamed".equals(settings.get("trouble")) ? null : Map.of("file", number);
        }

        private List<String> lines(int number) {
            Path file = folder.resolve(number + ".txt");
            try {
                return Files.exists(file) ? Files.readAllLines(file) : List.of();
            } catch (IOException e) {
                throw new ConnectException(e);
            }
        }

        @Override
        public void commitRecord(SourceRecord record, org.apache.kafka.clients.producer.RecordMetadata ignored) {
            write(folder, "committed", record.value() + "\n");
        }

        @Override
        public void stop() {
            stopped.countDown();
            write(folder, "task-stopped", "");
        }

        @Override
        public String version() {
            return "1";
        }
    }
}

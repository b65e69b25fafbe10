package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Split;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.testkit.conformance.TestContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own connector for files, as one that nobody here knows by name, from a folder of its own. */
class AnyConnectorTest {
    private static final ByteSize HELD = ByteSize.parse("64MiB");

    @RegisterExtension
    final TestContext context = new TestContext();

    @TempDir
    Path folder;

    private ConnectConfig config(Path plugin, String topic) {
        return new ConnectConfig(
                "org.apache.kafka.connect.file.FileStreamSourceConnector", plugin, List.of("lines"),
                Map.of("file", folder.resolve("in.txt").toString(), "topic", topic), Map.of(), 4, ByteSize.parse("1MiB"), HELD);
    }

    private static Path plugin() {
        return Path.of("target", "plugins", "file").toAbsolutePath();
    }

    private void append(String text) throws IOException {
        Files.writeString(folder.resolve("in.txt"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Drive following(ConnectConfig config) {
        Drive drive = new Drive(config, context);
        drive.until = Until.STOPPED;
        return drive;
    }

    @Test
    void eachRecordArrivesOnceThoughTheRunDiesAfterEveryBatch() throws IOException {
        append("one\ntwo \"quoted\"\nthree\nfour\nfive\n");
        Drive drive = following(config(plugin(), "lines"));
        drive.run(1);
        assertThat(drive.rows("lines")).hasSize(3);
        drive.run(1);
        append("six\n");
        drive.run(1);
        assertThat(drive.rows("lines").stream().map(row -> row.split("\\|")[2]).toList())
                .containsExactly("\"one\"", "\"two \\\"quoted\\\"\"", "\"three\"", "\"four\"", "\"five\"", "\"six\"");
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    void whatCannotBeProvenOrIsNotNamedIsRefused() throws IOException {
        append("one\n");
        Drive bounded = new Drive(config(plugin(), "lines"), context);
        bounded.run();
        assertThat(bounded.refused.values()).extracting(WindrowException::errorCode).containsExactly(ConnectError.END_UNKNOWN);
        coded(ConnectError.VALUE_UNKNOWN, () -> following(config(plugin(), "others")).run(1));
        coded(ConnectError.PLUGIN_MISSING, () -> following(config(folder, "lines")).run(1));
        coded(ConnectError.CONFIG_REFUSED, () -> following(config(plugin(), "")).run(1));
    }

    private ConnectConfig lines(String trouble, int batchRows) throws IOException {
        return lines(trouble, batchRows, HELD);
    }

    private ConnectConfig lines(String trouble, int batchRows, ByteSize held) throws IOException {
        return new ConnectConfig(
                LinesConnector.class.getName(), jarred(), List.of("lines"),
                Map.of("folder", folder.toString(), "trouble", trouble), Map.of("api.token", Secret.of("hush-hush")), batchRows,
                ByteSize.parse("1MiB"), held);
    }

    private Path jarred() throws IOException {
        Path plugin = Files.createDirectories(folder.resolve("plugin"));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(plugin.resolve("lines.jar")))) {
            for (Class<?> type : List.of(LinesConnector.class, LinesConnector.Lines.class)) {
                String name = type.getName().replace('.', '/') + ".class";
                jar.putNextEntry(new JarEntry(name));
                try (InputStream bytes = type.getClassLoader().getResourceAsStream(name)) {
                    bytes.transferTo(jar);
                }
            }
        }
        return plugin;
    }

    private void file(int number, String text) throws IOException {
        Files.writeString(folder.resolve(number + ".txt"), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static List<String> values(Drive drive) {
        return drive.rows("lines").stream().map(row -> row.split("\\|")[2]).toList();
    }

    @Test
    void everyPartitionGoesOnBehindItsOwnRecordsAndAPollThatBlocksEndsWithTheReader() throws IOException {
        file(1, "a1\na2\n");
        file(2, "b1\n");
        ConnectConfig config = lines("", 100);
        Drive drive = following(config);
        drive.run(1);
        file(1, "a3\n");
        drive.run(1);
        file(2, "b2\n");
        drive.run(1);
        assertThat(values(drive)).containsExactly("\"a1\"", "\"a2\"", "\"b1\"", "\"a3\"", "\"b2\"");
        assertThat(LogPlace.of(drive.places.get(StreamName.of("lines"))).offsets().toList()).containsExactly(
                Map.of("offset", Map.of("line", 2L), "partition", Map.of("file", 2L)),
                Map.of("offset", Map.of("line", 3L), "partition", Map.of("file", 1L)));
        assertThat(folder.resolve("task-stopped")).exists();
        assertThat(folder.resolve("connector-stopped")).exists();
    }

    @Test
    void whoeverWaitsForAConnectorIsWoken() throws IOException {
        Split log = new ConnectSplit(ConnectSplit.Kind.LOG, Optional.empty()).toSplit("", List.of(StreamName.of("lines")));
        try (ConnectSource source = new ConnectSource(lines("", 100), context);
                SplitReader reader = source.openLog(log, Map.of(StreamName.of("lines"), LogPlace.BEGINNING.toPosition()))) {
            assertThat(reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1))).isInstanceOf(ReadResult.Idle.class);
            reader.wakeUp();
            assertThat(reader.read(System.nanoTime() + TimeUnit.HOURS.toNanos(1))).isInstanceOf(ReadResult.Idle.class);
        }
    }

    @Test
    void aConnectorIsToldOfTheRecordsThatAreCommittedAndOfNoOther() throws IOException {
        file(1, "a1\na2\na3\na4\na5\n");
        following(lines("", 4)).run(1);
        assertThat(folder.resolve("committed")).hasContent("a1\na2\na3\n");
    }

    @Test
    void whatIsNotDeliveredOfARecordIsToldByNameOnce() throws IOException {
        file(1, "a1\na2\na3\n");
        Drive drive = following(lines("beside", 4));
        drive.run(1);
        assertThat(values(drive)).containsExactly("\"a1\"", "\"a2\"", "\"a3\"");
        assertThat(context.told()).filteredOn(text -> text.startsWith("connect.left_out")).hasSize(2)
                .anyMatch(text -> text.contains("the header origin"))
                .anyMatch(text -> text.contains("a partition of the topic"))
                .noneMatch(text -> text.contains("file 1"));
    }

    @Test
    void noMoreRecordsAreAskedForThanMayBeHeldUntilACommit() throws IOException {
        StreamName stream = StreamName.of("lines");
        Split log = new ConnectSplit(ConnectSplit.Kind.LOG, Optional.empty()).toSplit("", List.of(stream));
        file(1, "a1\na2\n" + "a3".repeat(400) + "\n");
        try (ConnectSource source = new ConnectSource(lines("", 100, ByteSize.parse("1KiB")), context);
                SplitReader reader = source.openLog(log, Map.of(stream, LogPlace.BEGINNING.toPosition()))) {
            Position behind;
            try (Batch first = data(reader)) {
                assertThat(first.rowCount()).isEqualTo(3);
                behind = first.position();
            }
            file(1, "a4\n");
            for (int i = 0; i < 20; i++) {
                assertThat(reader.read(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10))).isInstanceOf(ReadResult.Idle.class);
            }
            assertThat(folder.resolve("committed")).doesNotExist();
            reader.acknowledge(behind);
            assertThat(Files.readAllLines(folder.resolve("committed"))).hasSize(3);
            try (Batch second = data(reader)) {
                assertThat(second.rowCount()).isEqualTo(1);
            }
        }
    }

    private static Batch data(SplitReader reader) {
        while (true) {
            if (reader.read(System.nanoTime() + TimeUnit.HOURS.toNanos(1)) instanceof ReadResult.Data data) {
                return data.batch();
            }
        }
    }

    @Test
    void aRecordThatDoesNotSayWhereItIsFromIsRefused() throws IOException {
        file(1, "a1\n");
        ConnectConfig config = lines("offset", 4);
        coded(ConnectError.PLACE_MISSING, () -> following(config).run(1));
    }

    @Test
    void aConnectorOfOneSourceNeedNotNameIt() throws IOException {
        file(1, "a1\na2\n");
        Drive drive = following(lines("unnamed", 100));
        drive.run(1);
        file(1, "a3\n");
        drive.run(1);
        assertThat(values(drive)).containsExactly("\"a1\"", "\"a2\"", "\"a3\"");
    }

    @Test
    void aConnectorThatCannotBeStartedIsStoppedAndItsSecretsAreNotTold() throws IOException {
        for (String trouble : List.of("config", "start")) {
            ConnectConfig config = lines(trouble, 4);
            assertThatThrownBy(() -> following(config).run(1))
                    .isInstanceOf(WindrowException.class)
                    .hasNoCause()
                    .hasMessageNotContaining("hush-hush")
                    .hasMessageContaining(trouble.equals("config") ? "the value of api.token" : "nobody logs in with ***");
            assertThat(Files.deleteIfExists(folder.resolve("connector-stopped"))).isTrue();
        }
        assertThat(folder.resolve("task-stopped")).exists();
    }

    @Test
    void whatAConnectorRaisesOrAsksForEndsTheRead() throws IOException {
        ConnectConfig raised = lines("raised", 4);
        coded(ConnectError.CONNECTOR_FAILED, () -> following(raised).run(1));
        ConnectConfig asked = lines("asked", 4);
        coded(ConnectError.CONNECTOR_RETRIES, () -> following(asked).run(1));
    }

    @Test
    void settingsThatOnlyKafkaConnectWouldObeyAreRefused() {
        for (String own : List.of("transforms", "transforms.mask.type", "predicates", "value.converter", "errors.tolerance")) {
            assertThatThrownBy(() -> new ConnectConfig(
                            "any", folder, List.of("lines"), Map.of(own, "x"), Map.of(), 4, ByteSize.parse("1MiB"), HELD))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("settings must leave out " + own);
        }
    }

    private static void coded(ConnectError error, Runnable doing) {
        assertThatThrownBy(doing::run)
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(error));
    }
}

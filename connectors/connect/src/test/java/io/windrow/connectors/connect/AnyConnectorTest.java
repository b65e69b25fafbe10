package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.ByteSize;
import io.windrow.api.error.WindrowException;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.testkit.conformance.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own connector for files, as one that nobody here knows by name, from a folder of its own. */
class AnyConnectorTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @TempDir
    Path folder;

    private ConnectConfig config(Path plugin, String topic) {
        return new ConnectConfig(
                "org.apache.kafka.connect.file.FileStreamSourceConnector", plugin, List.of("lines"),
                Map.of("file", folder.resolve("in.txt").toString(), "topic", topic), Map.of(), 4, ByteSize.parse("1MiB"));
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

    private static void coded(ConnectError error, Runnable doing) {
        assertThatThrownBy(doing::run)
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(error));
    }
}

package io.windrow.connectors.connect;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The file through which a connector is handed its schema history and hands on what it learns: no store, only the way in and
 * out of one run of the connector, in a folder that need not survive. One thread.
 */
final class HistoryFile implements AutoCloseable {
    private final Path file;
    private long read;

    /** A file with these lines. */
    HistoryFile(Path folder, List<String> lines) {
        try {
            this.file = Files.createTempFile(folder, "history-", ".jsonl");
            Files.write(file, lines);
            this.read = Files.size(file);
        } catch (IOException e) {
            throw failed("Writing the schema history", e);
        }
    }

    /** The settings that make a connector use the file. */
    Map<String, String> settings() {
        return Map.of(
                "schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory",
                "schema.history.internal.file.filename", file.toString());
    }

    /** The lines that the connector has added since the last call. It writes a line before the records that follow from it. */
    List<String> added() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (channel.size() == read) {
                return List.of();
            }
            channel.position(read);
            byte[] bytes = Channels.newInputStream(channel).readAllBytes();
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] != '\n') {
                end--;
            }
            read += end;
            List<String> lines = new ArrayList<>(new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList());
            lines.removeIf(String::isBlank);
            return lines;
        } catch (IOException e) {
            throw failed("Reading the schema history", e);
        }
    }

    private static WindrowException failed(String doing, IOException e) {
        return WindrowException.of(ConnectError.CONNECTOR_RETRIES, doing + ": " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed("Removing the schema history", e);
        }
    }
}

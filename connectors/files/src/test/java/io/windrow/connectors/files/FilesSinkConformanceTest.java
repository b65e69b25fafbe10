package io.windrow.connectors.files;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkTraits;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.layout.StreamFolder;
import io.windrow.connectors.files.tree.LocalFileTree;
import io.windrow.testkit.conformance.SinkConformance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class FilesSinkConformanceTest extends SinkConformance {
    private FilesConfig config() {
        return FilesConfig.of(context.folder("out"), Format.JSONL);
    }

    @Override
    protected Sink open(Context with) {
        return new FilesSink(config(), with, new LocalFileTree(config().path()));
    }

    @Override
    protected SinkTraits traits() {
        return FilesConnector.TRAITS;
    }

    @Override
    protected List<Long> visible(StreamName stream) {
        Path folder = config().path().resolve(StreamFolder.of(stream).data());
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            List<String> names = files.filter(file -> file.toString().endsWith(".jsonl"))
                    .map(file -> "'" + file.toString().replace("'", "''") + "'")
                    .toList();
            return names.isEmpty() ? List.of() : Fixture.duck("select id from read_json(" + names + ")").stream()
                    .map(Long::valueOf)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

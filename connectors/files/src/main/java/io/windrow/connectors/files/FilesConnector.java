package io.windrow.connectors.files;

import io.windrow.api.connector.Connector;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkFactory;
import io.windrow.api.sink.SinkTraits;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.SourceFactory;
import io.windrow.connectors.files.layout.LayoutError;
import io.windrow.connectors.files.parquet.ParquetError;
import io.windrow.connectors.files.read.ReadError;
import io.windrow.connectors.files.tree.LocalFileTree;
import io.windrow.connectors.files.tree.TreeError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Files on a local disk. */
public final class FilesConnector implements Connector {
    static final SinkTraits TRAITS = new SinkTraits(
            Set.of(WriteMode.APPEND, WriteMode.REPLACE),
            true,
            false,
            "Readers of the commit manifests see whole epochs; readers that glob see whole files; with replace, "
                    + "readers of current/ see whole generations.");

    @Override
    public String name() {
        return "files";
    }

    @Override
    public String description() {
        return "Parquet, JSON Lines, CSV, Arrow and Avro files on a local disk.";
    }

    @Override
    public Optional<SourceFactory<?>> source() {
        return Optional.empty();
    }

    @Override
    public Optional<SinkFactory<?>> sink() {
        return Optional.of(new Factory());
    }

    @Override
    public List<ErrorCode> errorCodes() {
        List<ErrorCode> codes = new ArrayList<>();
        codes.addAll(List.of(FilesError.values()));
        codes.addAll(List.of(LayoutError.values()));
        codes.addAll(List.of(ParquetError.values()));
        codes.addAll(List.of(ReadError.values()));
        codes.addAll(List.of(TreeError.values()));
        return List.copyOf(codes);
    }

    private static final class Factory implements SinkFactory<FilesConfig> {
        @Override
        public Class<FilesConfig> config() {
            return FilesConfig.class;
        }

        @Override
        public SinkTraits traits(FilesConfig config) {
            return TRAITS;
        }

        @Override
        public Map<String, String> streams(FilesConfig config) {
            Map<String, String> streams = new LinkedHashMap<>();
            for (int i = 0; i < config.partitions().size(); i++) {
                streams.put("partitions[" + i + "].stream", config.partitions().get(i).stream());
            }
            return streams;
        }

        @Override
        public Sink create(FilesConfig config, Context context) {
            return new FilesSink(config, context, new LocalFileTree(config.path()));
        }
    }
}

package io.windrow.connectors.files;

import io.windrow.api.config.ByteSize;
import io.windrow.api.config.Doc;
import io.windrow.api.error.WindrowException;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where and how files are written.
 *
 * @param path the root folder
 * @param format what the files hold
 * @param compression how they are compressed
 * @param fileSize when a new file is begun
 * @param partitions folders by value
 * @param maxOpenFiles how many files a writer keeps open at once
 * @param grace how long a replaced generation stays
 * @param csvDelimiter between CSV fields
 * @param csvNull stands for null in CSV
 * @param csvFormulas what becomes of texts that a spreadsheet would run
 */
public record FilesConfig(
        @Doc(value = "The root folder. Made if it is not there. Nothing is ever written outside it.", example = "./out")
                Path path,
        @Doc(value = "What the files hold: parquet, jsonl, csv, arrow, arrow_stream or avro.", defaultValue = "parquet")
                Format format,
        @Doc(value = "auto (zstd for parquet and avro, none for the rest), none, zstd, gzip; snappy for parquet and "
                + "avro; lz4 for parquet.", defaultValue = "auto")
                Compression compression,
        @Doc(value = "The size at which a new file is begun within an epoch.", defaultValue = "256MiB")
                ByteSize fileSize,
        @Doc(value = "Folders by value (column=value), for single streams.",
                example = "[{stream: public.orders, by: [country, day(created_at)]}]")
                List<PartitionConfig> partitions,
        @Doc(value = "How many partitions a writer keeps open at once; each has a file and its buffers.",
                defaultValue = "32")
                int maxOpenFiles,
        @Doc(value = "How long a replaced generation stays for readers that still read it. The one before the "
                + "current one always stays.", defaultValue = "1h")
                Duration grace,
        @Doc(value = "The character between CSV fields.", defaultValue = "','")
                String csvDelimiter,
        @Doc(value = "What stands, unquoted, for null in CSV. A text that is spelled the same is quoted.",
                defaultValue = "\\N")
                String csvNull,
        @Doc(value = "What becomes of CSV texts that a spreadsheet would run as a formula: keep them, or defuse them "
                + "with an apostrophe in front.", defaultValue = "keep")
                CsvStyle.Formulas csvFormulas) {
    public FilesConfig {
        partitions = List.copyOf(partitions);
        Set<String> partitioned = new HashSet<>();
        for (PartitionConfig partition : partitions) {
            if (!partitioned.add(partition.stream())) {
                throw invalid("partitions: the stream " + partition.stream() + " has two entries; write all of by in one");
            }
        }
        Set<Compression> fitting = Compression.fitting(format);
        if (compression != Compression.AUTO && !fitting.contains(compression)) {
            throw invalid("compression: " + compression + " does not fit " + format + "; " + fitting + " do");
        }
        if (maxOpenFiles < 1 || fileSize.bytes() < 1 || grace.isNegative()) {
            throw invalid("max_open_files and file_size are at least 1, grace at least 0");
        }
        if (csvDelimiter.length() != 1) {
            throw invalid("csv_delimiter is one character, not " + csvDelimiter.length());
        }
        try {
            new CsvStyle(csvDelimiter.charAt(0), csvNull, csvFormulas);
        } catch (IllegalArgumentException e) {
            throw WindrowException.of(
                    FilesError.CONFIG_INVALID, "Reading the files sink's settings: " + e.getMessage(), e);
        }
    }

    private static WindrowException invalid(String why) {
        return WindrowException.of(FilesError.CONFIG_INVALID, "Reading the files sink's settings: " + why);
    }

    /** All defaults. */
    public static FilesConfig of(Path path, Format format) {
        CsvStyle csv = CsvStyle.standard();
        return new FilesConfig(path, format, Compression.AUTO, new ByteSize(256L << 20), List.of(), 32,
                Duration.ofHours(1), String.valueOf(csv.delimiter()), csv.nullMarker(), csv.formulas());
    }

    /** The CSV settings together. */
    public CsvStyle csv() {
        return new CsvStyle(csvDelimiter.charAt(0), csvNull, csvFormulas);
    }

    /** The compression with {@link Compression#AUTO} resolved. */
    Compression codec() {
        return compression.resolve(format);
    }

    /** What a data file's name ends in. */
    String extension() {
        return format.extension() + compression.suffix(format);
    }

    /**
     * Folders of one stream.
     *
     * @param stream the stream as {@link io.windrow.api.schema.StreamName#toString} writes it
     * @param by columns or functions of them
     */
    public record PartitionConfig(
            @Doc(value = "The stream's name.", example = "public.orders") String stream,
            @Doc(value = "Columns, or year(x), month(x), day(x), hour(x) of a date or timestamp.",
                    example = "[country, day(created_at)]")
                    List<String> by) {
        public PartitionConfig {
            by = List.copyOf(by);
        }
    }
}

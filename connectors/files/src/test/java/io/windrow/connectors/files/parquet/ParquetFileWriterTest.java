package io.windrow.connectors.files.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetFileWriterTest {
    private static final ParquetOptions SMALL =
            ParquetOptions.defaults().pages(8 << 10, 300).rowGroupBytes(1L << 20).rowGroupRows(1500);

    @TempDir
    Path folder;

    private record Written(Path file, StreamSchema schema, List<String> text, ParquetWritten stats) {}

    private Written write(StreamSchema schema, RandomRows rows, ParquetOptions options, int... batches) throws IOException {
        Path file = folder.resolve("rows.parquet");
        List<String> text = new ArrayList<>();
        ParquetWritten stats;
        try (BufferAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                ParquetFileWriter writer = new ParquetFileWriter(schema, options, ParquetOutput.of(channel))) {
            for (int batch : batches) {
                try (VectorSchemaRoot root = rows.batch(schema, batch, allocator, text)) {
                    writer.write(root);
                }
            }
            stats = writer.finish();
        }
        assertThat(stats.rows()).isEqualTo(text.size());
        assertThat(stats.bytes()).isEqualTo(Files.size(file));
        return new Written(file, schema, text, stats);
    }

    private static ParquetReadBack.Proven prove(Written written) throws IOException {
        try (FileChannel channel = FileChannel.open(written.file())) {
            return ParquetReadBack.prove(ParquetInput.of(channel), written.schema(), written.stats());
        }
    }

    private static void agrees(Written written) throws IOException, SQLException {
        ParquetReadBack.Proven proven = prove(written);
        assertThat(proven.rows()).isEqualTo(written.text().size());
        assertThat(proven.pages()).isEqualTo(written.stats().proofs().size());
        if (!written.text().isEmpty()) {
            assertThat(proven.pages()).isPositive();
        }
        assertThat(GroupText.read(written.file(), written.schema())).isEqualTo(written.text());
        assertThat(HardwoodText.read(written.file(), written.schema())).isEqualTo(written.text());
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("select count(*) from (select * from '" + written.file() + "')")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getLong(1)).isEqualTo(written.text().size());
        }
    }

    @ParameterizedTest
    @EnumSource(RandomRows.Shape.class)
    void everyTypeIsReadBackByOthersAsItWasWritten(RandomRows.Shape shape) throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(7, shape, 3000), SMALL, 700, 1, 0, 2500));
    }

    @ParameterizedTest
    @EnumSource(ParquetCodec.class)
    void everyCodecIsReadBackByOthers(ParquetCodec codec) throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(11, RandomRows.Shape.MIXED, 0), SMALL.codec(codec), 2000));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nestedTypesAreReadBackByOthersAsTheyWereWritten(long seed) throws Exception {
        RandomRows rows = new RandomRows(seed, seed % 2 == 0 ? RandomRows.Shape.FEW : RandomRows.Shape.MANY, 2000);
        agrees(write(rows.nested(), rows, SMALL, 1, 900, 800));
    }

    @Test
    void valuesLongerThanAPageAreWhole() throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(3, RandomRows.Shape.MANY, 200_000), SMALL, 300));
    }

    @ParameterizedTest
    @EnumSource(ParquetCodec.class)
    void aValueOfManyPagesIsAPageOfItsOwnInEveryCodec(ParquetCodec codec) throws Exception {
        Written written = write(
                RandomRows.everyType(), new RandomRows(3, RandomRows.Shape.MANY, 200_000), SMALL.codec(codec), 40);
        agrees(written);
        assertThat(written.stats().proofs()).anyMatch(proof -> proof.kind() == PageProof.Kind.STORED);
    }

    @Test
    void aFileWithoutRowsIsReadable() throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(3, RandomRows.Shape.MANY, 0), SMALL));
    }

    @Test
    void dictionariesCanBeSwitchedOff() throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.FEW, 0),
                SMALL.dictionary(ParquetOptions.Dictionary.NEVER), 2000));
    }

    @Test
    void aLargeChunkFallsBackFromItsDictionaryInTheMiddle() throws Exception {
        agrees(write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.MANY, 0), ParquetOptions.defaults(), 20_000));
    }

    @Test
    void statisticsOfFloatsHoldNoNaNAndCoverBothZeros() throws Exception {
        Written written = write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.ONE, 0), SMALL, 2000);
        byte[] bytes = Files.readAllBytes(written.file());
        int length = (int) ByteSink.INT.get(bytes, bytes.length - 8);
        FileMetaData footer =
                Util.readFileMetaData(new ByteArrayInputStream(bytes, bytes.length - 8 - length, length));
        for (RowGroup group : footer.getRow_groups()) {
            for (int c = 2; c <= 5; c++) {
                Statistics statistics = group.getColumns().get(c).getMeta_data().getStatistics();
                double min = c < 4 ? Float.intBitsToFloat((int) ByteSink.INT.get(statistics.getMin_value(), 0))
                        : Double.longBitsToDouble((long) ByteSink.LONG.get(statistics.getMin_value(), 0));
                double max = c < 4 ? Float.intBitsToFloat((int) ByteSink.INT.get(statistics.getMax_value(), 0))
                        : Double.longBitsToDouble((long) ByteSink.LONG.get(statistics.getMax_value(), 0));
                assertThat(min).isEqualTo(c < 4 ? Double.NEGATIVE_INFINITY : -1e300);
                assertThat(max).isEqualTo(Double.POSITIVE_INFINITY);
            }
        }
    }

    @Test
    void zeroOfEitherSignBoundsBoth() {
        StreamSchema schema = RandomRows.schema(
                List.of(new Column(1, "d", new ColumnType.Float(64), false, "double precision")));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
                ParquetFileWriter writer =
                        new ParquetFileWriter(schema, SMALL, ParquetOutput.of(Channels.newChannel(out)))) {
            Float8Vector vector = (Float8Vector) root.getVector(0);
            vector.setSafe(0, 0.0);
            vector.setSafe(1, Double.NaN);
            vector.setValueCount(2);
            root.setRowCount(2);
            writer.write(root);
            writer.finish();
            byte[] bytes = out.toByteArray();
            int length = (int) ByteSink.INT.get(bytes, bytes.length - 8);
            Statistics statistics =
                    Util.readFileMetaData(new ByteArrayInputStream(bytes, bytes.length - 8 - length, length))
                            .getRow_groups().getFirst().getColumns().getFirst().getMeta_data().getStatistics();
            assertThat((long) ByteSink.LONG.get(statistics.getMin_value(), 0)).isEqualTo(Double.doubleToRawLongBits(-0.0));
            assertThat((long) ByteSink.LONG.get(statistics.getMax_value(), 0)).isZero();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void filtersOfOthersFindEveryRowThroughStatisticsAndPageIndex() throws Exception {
        Written written = write(RandomRows.everyType(), new RandomRows(9, RandomRows.Shape.FEW, 3000), SMALL, 3000);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("create table t as select * from '" + written.file() + "'");
            for (int c = 0; c < written.schema().columns().size(); c++) {
                String column = "c" + c;
                // Every distinct value, asked for one by one in the file, so that bounds may prune.
                try (ResultSet r = statement.executeQuery("select count(*) from t a where " + column + " is not null"
                        + " and not exists (select 1 from '" + written.file() + "' b where b." + column + " = a." + column
                        + ")")) {
                    assertThat(r.next()).isTrue();
                    assertThat(r.getLong(1)).as(column).isZero();
                }
            }
        }
    }

    @Test
    void aChangedByteInASampledPageIsFound() throws Exception {
        Written written = write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.MANY, 0), SMALL, 500);
        PageProof proof = written.stats().proofs().getLast();
        byte[] bytes = Files.readAllBytes(written.file());
        bytes[(int) proof.offset() + proof.bytes() - 1] ^= 1;
        Files.write(written.file(), bytes);
        assertThatThrownBy(() -> prove(written)).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(ParquetError.PROOF_FAILED));
    }

    @Test
    void aFileThatIsCutShortIsNoParquetFile() throws Exception {
        Written written = write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.MANY, 0), SMALL, 500);
        byte[] bytes = Files.readAllBytes(written.file());
        Files.write(written.file(), java.util.Arrays.copyOf(bytes, bytes.length - 5));
        assertThatThrownBy(() -> prove(written)).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(ParquetError.NOT_PARQUET));
    }

    @Test
    void aDifferentDigestIsFound() throws Exception {
        Written written = write(RandomRows.everyType(), new RandomRows(5, RandomRows.Shape.MANY, 0), SMALL, 500);
        PageProof p = written.stats().proofs().getFirst();
        PageProof other = new PageProof(p.rowGroup(), p.leaf(), p.page(), p.offset(), p.bytes(), p.values(), p.digest() + 1, p.kind());
        Written changed = new Written(written.file(), written.schema(), written.text(),
                new ParquetWritten(written.stats().rows(), written.stats().bytes(), written.stats().rowGroups(), List.of(other)));
        assertThatThrownBy(() -> prove(changed)).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).isEqualTo(ParquetError.PROOF_FAILED));
    }

    @Test
    @Tag("F01")
    @Tag("F02")
    void aWriterThatFailedLeavesNothingReadableAndRefusesEverything() throws Exception {
        Path file = folder.resolve("failed.parquet");
        StreamSchema schema = RandomRows.everyType();
        RandomRows rows = new RandomRows(3, RandomRows.Shape.MANY, 0);
        try (BufferAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                VectorSchemaRoot root = rows.batch(schema, 2000, allocator, new ArrayList<>())) {
            int[] calls = {0};
            ParquetFileWriter writer = new ParquetFileWriter(schema, SMALL, bytes -> {
                if (++calls[0] == 3) {
                    throw new IOException("No space left on device");
                }
                channel.write(bytes);
            });
            try (writer) {
                assertThatThrownBy(() -> {
                    for (int i = 0; i < 50; i++) {
                        writer.write(root);
                    }
                }).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ParquetError.WRITE_FAILED));
                assertThatThrownBy(() -> writer.write(root)).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ParquetError.WRITER_CLOSED));
                assertThatThrownBy(writer::finish).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ParquetError.WRITER_CLOSED));
            }
            assertThatThrownBy(() -> writer.write(root)).isInstanceOf(WindrowException.class);
        }
        assertThatThrownBy(() -> GroupText.read(file, schema)).isInstanceOf(RuntimeException.class);
    }

    /** Everything but the footer is written: what there is has rows, and still must not be a file. */
    @Test
    @Tag("F01")
    @Tag("F02")
    void aWriterThatFailsInItsFooterLeavesNothingReadableAndRefusesEverything() throws Exception {
        Path file = folder.resolve("footer.parquet");
        StreamSchema schema = RandomRows.everyType();
        RandomRows rows = new RandomRows(3, RandomRows.Shape.MANY, 0);
        try (BufferAllocator allocator = new RootAllocator();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                VectorSchemaRoot root = rows.batch(schema, 1500, allocator, new ArrayList<>())) {
            boolean[] full = {false};
            ParquetFileWriter writer = new ParquetFileWriter(schema, SMALL, bytes -> {
                if (full[0]) {
                    throw new IOException("No space left on device");
                }
                channel.write(bytes);
            });
            try (writer) {
                writer.write(root);
                assertThat(channel.size()).as("the row group is complete and written").isPositive();
                full[0] = true;
                assertThatThrownBy(writer::finish).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ParquetError.WRITE_FAILED));
                full[0] = false;
                assertThatThrownBy(writer::finish).isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ParquetError.WRITER_CLOSED));
                assertThatThrownBy(() -> writer.write(root)).isInstanceOf(WindrowException.class);
            }
        }
        assertThatThrownBy(() -> GroupText.read(file, schema)).isInstanceOf(RuntimeException.class);
    }
}

package io.windrow.connectors.files.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.parquet.ParquetFileWriter;
import io.windrow.connectors.files.parquet.ParquetOptions;
import io.windrow.connectors.files.parquet.ParquetOutput;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

/** What is not exactly a value of its column is refused with its place, never rounded, cut or replaced. */
class UnfitValuesTest {
    private static final ColumnType UUID = new ColumnType.Uuid();
    private static final ColumnType BYTES = new ColumnType.Bytes();
    private static final ColumnType DATE = new ColumnType.Date();
    private static final ColumnType TIME = new ColumnType.Time();
    private static final ColumnType LOCAL = new ColumnType.Timestamp(false);
    private static final ColumnType INSTANT = new ColumnType.Timestamp(true);
    private static final ColumnType SINGLE = new ColumnType.Float(32);
    private static final ColumnType DOUBLE = new ColumnType.Float(64);
    private static final ColumnType MONEY = new ColumnType.Decimal(5, 2);

    static final List<Arguments> UNFIT = List.of(
            Arguments.of(UUID, "0189f7ea-ae2c-7cde-9c1a-0242ac12000"),
            Arguments.of(UUID, "0189f7ea-ae2c-7cde-9c1a-0242ac120002ff"),
            Arguments.of(UUID, "0189f7eaae2c7cde9c1a0242ac120002"),
            Arguments.of(UUID, "0189f7ea-ae2c-7cde-9c1a-0242ac12-002"),
            Arguments.of(UUID, "0189f7ea-ae2c-7cde-9c1a-0242ac12000g"),
            Arguments.of(new ColumnType.Bool(), "TRUE"),
            Arguments.of(new ColumnType.Int(8, true), "128"),
            Arguments.of(new ColumnType.Int(8, false), "256"),
            Arguments.of(new ColumnType.Int(8, false), "-1"),
            Arguments.of(new ColumnType.Int(16, true), "-32769"),
            Arguments.of(new ColumnType.Int(16, false), "65536"),
            Arguments.of(new ColumnType.Int(32, true), "2147483648"),
            Arguments.of(new ColumnType.Int(32, false), "4294967296"),
            Arguments.of(new ColumnType.Int(64, true), "9223372036854775808"),
            Arguments.of(new ColumnType.Int(64, false), "18446744073709551616"),
            Arguments.of(new ColumnType.Int(64, true), "1.0"),
            Arguments.of(DOUBLE, "1e999"),
            Arguments.of(DOUBLE, "1e-999"),
            Arguments.of(DOUBLE, "1e-99999999999"),
            Arguments.of(DOUBLE, "9007199254740993"),
            Arguments.of(DOUBLE, "nan"),
            Arguments.of(DOUBLE, "+Infinity"),
            Arguments.of(DOUBLE, "1.5d"),
            Arguments.of(DOUBLE, " 1.5"),
            Arguments.of(DOUBLE, "0x1p3"),
            Arguments.of(SINGLE, "16777217"),
            Arguments.of(SINGLE, "1e39"),
            Arguments.of(MONEY, "1.234"),
            Arguments.of(MONEY, "1000"),
            Arguments.of(MONEY, "1e999999999"),
            Arguments.of(MONEY, "1e-999999999"),
            Arguments.of(MONEY, "9".repeat(1_000_000)),
            Arguments.of(BYTES, "QQ"),
            Arguments.of(BYTES, "QR=="),
            Arguments.of(BYTES, "Q==="),
            Arguments.of(BYTES, "QUI_"),
            Arguments.of(DATE, "2023-02-29"),
            Arguments.of(DATE, "+5881580-07-12"),
            Arguments.of(DATE, "+999999999-01-01"),
            Arguments.of(TIME, "12:00:00.0000001"),
            Arguments.of(TIME, "24:00:00"),
            Arguments.of(LOCAL, "2024-01-01T00:00:00.000000001"),
            Arguments.of(LOCAL, "2024-01-01T00:00:00Z"),
            Arguments.of(LOCAL, "+294247-01-10T04:00:54.775808"),
            Arguments.of(INSTANT, "2024-01-01T00:00:00"),
            Arguments.of(INSTANT, "2024-01-01T00:00:00+01:00Z"));

    static final List<Arguments> FITTING = List.of(
            Arguments.of(UUID, "0189F7EA-AE2C-7CDE-9C1A-0242AC120002"),
            Arguments.of(new ColumnType.Int(8, true), "-128"),
            Arguments.of(new ColumnType.Int(8, false), "255"),
            Arguments.of(new ColumnType.Int(16, false), "65535"),
            Arguments.of(new ColumnType.Int(32, false), "4294967295"),
            Arguments.of(new ColumnType.Int(64, false), "18446744073709551615"),
            Arguments.of(DOUBLE, "1.50"),
            Arguments.of(DOUBLE, "4.9E-324"),
            Arguments.of(SINGLE, "3.4028235E38"),
            Arguments.of(MONEY, "-999.99"),
            Arguments.of(MONEY, "7"),
            Arguments.of(MONEY, "0e-999999999"),
            Arguments.of(BYTES, "QUI="),
            Arguments.of(BYTES, "QUJD"),
            Arguments.of(DATE, "+5881580-07-11"),
            Arguments.of(TIME, "23:59:59.999999"),
            Arguments.of(LOCAL, "-290308-12-21T19:59:05.224192"),
            Arguments.of(LOCAL, "+294247-01-10T04:00:54.775807"));

    @TempDir
    private Path folder;

    private static Column column(ColumnType type) {
        return new Column(1, "v", type, true, "");
    }

    private List<Object> read(Format format, ColumnType type, String text) throws IOException {
        Files.writeString(folder.resolve("f"), text);
        return read(format, type);
    }

    private List<Object> read(Format format, ColumnType type) {
        StreamSchema schema = new StreamSchema(new StreamName("s", "t"), 1, List.of(column(type)), List.of());
        List<Object> values = new ArrayList<>();
        try (BufferAllocator allocator = new RootAllocator();
                FileDecoder decoder = Decoders.open(
                        new Content(new LocalFileTree(folder), "f", Optional.empty()), format, Compression.NONE, schema,
                        CsvStyle.standard(), allocator)) {
            for (Optional<VectorSchemaRoot> next = decoder.next(); next.isPresent(); next = decoder.next()) {
                try (VectorSchemaRoot root = next.get()) {
                    for (int row = 0; row < root.getRowCount(); row++) {
                        values.add(root.getVector(0).getObject(row));
                    }
                }
            }
        }
        return values;
    }

    private static boolean bareInJson(ColumnType type, String text) {
        return !text.matches("[ A-Za-z+].*")
                && (type instanceof ColumnType.Int || type instanceof ColumnType.Float || type instanceof ColumnType.Decimal);
    }

    private static String line(ColumnType type, String text) {
        return bareInJson(type, text) ? "{\"v\":" + text + "}\n" : "{\"v\":\"" + text + "\"}\n";
    }

    @ParameterizedTest
    @FieldSource("UNFIT")
    void aTextThatIsNotExactlyAValueOfItsColumnIsRefused(ColumnType type, String text) {
        assertThatThrownBy(() -> read(Format.CSV, type, "v\r\n\\N\r\n" + text + "\r\n"))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.errorCode()).isEqualTo(ReadError.VALUE_UNREADABLE);
                    assertThat(e).hasMessageContaining("Reading f, row 2, column v: a ").hasMessageNotContaining(text);
                });
        assertThatThrownBy(() -> read(Format.JSONL, type, "{\"v\":null}\n" + line(type, text)))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    boolean noJson = bareInJson(type, text) && e.errorCode() == ReadError.FILE_DAMAGED;
                    assertThat(noJson || e.errorCode() == ReadError.VALUE_UNREADABLE).as(e.toString()).isTrue();
                });
    }

    @ParameterizedTest
    @FieldSource("FITTING")
    void aTextThatSpellsAValueOfItsColumnIsRead(ColumnType type, String text) throws IOException {
        assertThat(read(Format.CSV, type, "v\r\n" + text + "\r\n")).doesNotContainNull().hasSize(1);
        assertThat(read(Format.JSONL, type, line(type, text))).doesNotContainNull().hasSize(1);
    }

    @Test
    void theEarliestAndTheLatestMicrosecondAreRead() throws IOException {
        assertThat(read(Format.CSV, INSTANT, "v\r\n-290308-12-21T19:59:05.224192Z\r\n+294247-01-10T04:00:54.775807Z\r\n"))
                .containsExactly(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    @Test
    void halfACharacterIsNoText() {
        refused(() -> read(Format.JSONL, new ColumnType.Text(), "{\"v\":\"\\ud83d\"}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Json(), "{\"v\":\"\\udc00\\ud83d\"}\n"));
    }

    @Test
    void anotherKindOfJsonValueAMemberTwiceAndAPartOfAnIntervalThatIsNullAreRefused() {
        refused(() -> read(Format.JSONL, new ColumnType.Int(64, true), "{\"v\":\"5\"}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Text(), "{\"v\":5}\n"));
        refused(() -> read(Format.JSONL, DOUBLE, "{\"v\":\"1.5\"}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Text(), "{\"v\":\"a\",\"v\":\"b\"}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Text(), "{\"v\":null,\"v\":\"b\"}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Interval(), "{\"v\":{\"months\":null,\"days\":1,\"micros\":1}}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Interval(), "{\"v\":{\"days\":1,\"micros\":1}}\n"));
        refused(() -> read(Format.JSONL, new ColumnType.Interval(), "{\"v\":{\"months\":2147483648,\"days\":1,\"micros\":1}}\n"));
    }

    @Test
    void aLineWithoutAMemberThatOthersHaveIsNotANull() {
        assertThatThrownBy(() -> read(Format.JSONL, new ColumnType.Text(), "{\"v\":\"a\"}\n{}\n"))
                .isInstanceOfSatisfying(WindrowException.class,
                        e -> assertThat(e.errorCode()).isEqualTo(ReadError.FILE_DAMAGED));
    }

    @Test
    void aCsvFieldWithMoreThanItsListIsRefused() {
        ColumnType list = new ColumnType.ListOf(new Column(1, "element", new ColumnType.Int(8, true), true, ""));
        refused(() -> read(Format.CSV, list, "v\r\n\"[1] [2]\"\r\n"));
        refused(() -> read(Format.CSV, list, "v\r\nnull\r\n"));
        refused(() -> read(Format.CSV, list, "v\r\n[128]\r\n"));
    }

    private void avro(Schema type, Object value) throws IOException {
        Schema schema = Schema.createRecord("r", null, null, false, List.of(new Schema.Field("v", type)));
        GenericData data = new GenericData();
        data.addLogicalTypeConversion(new Conversions.DecimalConversion());
        try (DataFileWriter<GenericRecord> writer =
                new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema, data))) {
            writer.create(schema, folder.resolve("f").toFile());
            writer.append(new GenericRecordBuilder(schema).set("v", value).build());
        }
    }

    @Test
    void anAvroValueThatIsNoValueOfItsColumnIsRefused() throws IOException {
        Schema bytes = Schema.create(Schema.Type.BYTES);
        avro(Schema.create(Schema.Type.STRING), "0189f7ea");
        refused(() -> read(Format.AVRO, UUID));
        avro(Schema.create(Schema.Type.LONG), 1L << 31);
        refused(() -> read(Format.AVRO, new ColumnType.Int(32, true)));
        refused(() -> read(Format.AVRO, DATE));
        avro(Schema.create(Schema.Type.LONG), -1L);
        refused(() -> read(Format.AVRO, TIME));
        avro(Schema.create(Schema.Type.DOUBLE), 0.1);
        refused(() -> read(Format.AVRO, SINGLE));
        refused(() -> read(Format.AVRO, new ColumnType.Int(64, true)));
        avro(LogicalTypes.decimal(20, 0).addToSchema(bytes), new BigDecimal("18446744073709551616"));
        refused(() -> read(Format.AVRO, new ColumnType.Int(64, false)));
        avro(Schema.create(Schema.Type.BYTES), ByteBuffer.wrap(new byte[] {'a', (byte) 0xff}));
        refused(() -> read(Format.AVRO, new ColumnType.Text()));
    }

    @Test
    void anAvroDecimalHasTheScaleOfItsFile() throws IOException {
        avro(LogicalTypes.decimal(9, 1).addToSchema(Schema.create(Schema.Type.BYTES)), new BigDecimal("12.5"));
        assertThat(read(Format.AVRO, MONEY)).containsExactly(new BigDecimal("12.50"));
        avro(LogicalTypes.decimal(9, 3).addToSchema(Schema.create(Schema.Type.BYTES)), new BigDecimal("0.125"));
        refused(() -> read(Format.AVRO, MONEY));
    }

    private void parquet(ColumnType type, Consumer<FieldVector> values) throws IOException {
        StreamSchema schema = new StreamSchema(new StreamName("s", "t"), 1, List.of(column(type)), List.of());
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
                FileChannel out = FileChannel.open(folder.resolve("f"), StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
                ParquetFileWriter writer =
                        new ParquetFileWriter(schema, ParquetOptions.defaults(), ParquetOutput.of(out))) {
            values.accept(root.getVector(0));
            root.setRowCount(1);
            writer.write(root);
            writer.finish();
        }
    }

    @Test
    void aParquetValueThatIsNoValueOfItsColumnIsRefusedAndADecimalHasTheScaleOfItsFile() throws IOException {
        parquet(BYTES, vector -> ((VarBinaryVector) vector).setSafe(0, new byte[] {1, 2, 3, (byte) 0xff}));
        refused(() -> read(Format.PARQUET, UUID));
        refused(() -> read(Format.PARQUET, new ColumnType.Text()));
        parquet(new ColumnType.Int(64, true), vector -> ((BigIntVector) vector).setSafe(0, 1L << 40));
        refused(() -> read(Format.PARQUET, new ColumnType.Int(32, true)));
        refused(() -> read(Format.PARQUET, DATE));
        refused(() -> read(Format.PARQUET, TIME));
        refused(() -> read(Format.PARQUET, DOUBLE));
        parquet(DOUBLE, vector -> ((Float8Vector) vector).setSafe(0, 0.1));
        refused(() -> read(Format.PARQUET, SINGLE));
        refused(() -> read(Format.PARQUET, MONEY));
        parquet(new ColumnType.Decimal(9, 1), vector -> ((DecimalVector) vector).setSafe(0, new BigDecimal("12.5")));
        assertThat(read(Format.PARQUET, MONEY)).containsExactly(new BigDecimal("12.50"));
        parquet(new ColumnType.Decimal(30, 3), vector -> ((DecimalVector) vector).setSafe(0, new BigDecimal("0.125")));
        refused(() -> read(Format.PARQUET, MONEY));
    }

    @Test
    void anArrowColumnOfAnotherTypeIsRefusedAndSoAreOffsetsThatLeadNowhere() throws IOException {
        arrow(new ArrowType.FixedSizeBinary(8), vector -> {});
        refused(() -> read(Format.ARROW_STREAM, UUID));
        arrow(new ArrowType.Timestamp(TimeUnit.MILLISECOND, null), vector -> {});
        refused(() -> read(Format.ARROW_STREAM, LOCAL));
        arrow(new ArrowType.Decimal(5, 1, 128), vector -> {});
        refused(() -> read(Format.ARROW_STREAM, MONEY));
        arrow(ArrowType.Utf8.INSTANCE, vector -> vector.getOffsetBuffer().setInt(4, 1 << 20));
        assertThatThrownBy(() -> read(Format.ARROW_STREAM, new ColumnType.Text())).isInstanceOf(WindrowException.class);
    }

    private void arrow(ArrowType type, Consumer<FieldVector> spoil) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                FieldVector vector = Field.nullable("v", type).createVector(allocator);
                VectorSchemaRoot root = VectorSchemaRoot.of(vector);
                OutputStream out = Files.newOutputStream(folder.resolve("f"));
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, Channels.newChannel(out))) {
            vector.setInitialCapacity(2);
            vector.allocateNew();
            root.setRowCount(2);
            spoil.accept(vector);
            writer.writeBatch();
        }
    }

    private static void refused(ThrowingCallable reading) {
        assertThatThrownBy(reading).isInstanceOfSatisfying(WindrowException.class,
                e -> assertThat(e.errorCode()).as(e.toString()).isEqualTo(ReadError.VALUE_UNREADABLE));
    }

    @Test
    void bytesThatAreNoUtf8AreNoText() {
        assertThatThrownBy(() -> {
            Files.write(folder.resolve("f"), "v\r\na\u00e9\r\n".getBytes(StandardCharsets.ISO_8859_1));
            read(Format.CSV, new ColumnType.Text());
        }).isInstanceOf(WindrowException.class);
    }
}

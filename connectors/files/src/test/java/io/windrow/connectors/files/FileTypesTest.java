package io.windrow.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.files.format.AvroSchemas;
import io.windrow.connectors.files.format.Compression;
import io.windrow.connectors.files.format.CountedOutput;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Encoders;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.format.RowEncoder;
import io.windrow.connectors.files.tree.FileTree;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DecimalType;
import org.apache.parquet.format.IntType;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;

/** The reference page of types in files is made from files: each cell is what an encoder wrote. */
class FileTypesTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "reference", "file-types.md");

    private record Sample(ColumnType type, Object value) {}

    private static Map<String, Sample> samples() {
        Map<String, Sample> all = new LinkedHashMap<>();
        all.put("Bool", new Sample(new ColumnType.Bool(), true));
        for (int bits : List.of(8, 16, 32, 64)) {
            BigInteger most = BigInteger.TWO.pow(bits);
            all.put("Int" + bits, new Sample(new ColumnType.Int(bits, true), most.shiftRight(1).negate()));
            all.put("UInt" + bits, new Sample(new ColumnType.Int(bits, false), most.subtract(BigInteger.ONE)));
        }
        all.put("Float32", new Sample(new ColumnType.Float(32), 0.1f));
        all.put("Float64", new Sample(new ColumnType.Float(64), Double.NEGATIVE_INFINITY));
        all.put("Decimal(9, 2)", new Sample(new ColumnType.Decimal(9, 2), new BigDecimal("1234.50")));
        all.put("Decimal(18, 2)", new Sample(new ColumnType.Decimal(18, 2), new BigDecimal("1234.50")));
        all.put("Decimal(38, 10)", new Sample(new ColumnType.Decimal(38, 10), new BigDecimal("-0.5")));
        all.put("Text", new Sample(new ColumnType.Text(), "say \"hay\""));
        all.put("Json", new Sample(new ColumnType.Json(), "{\"a\": 1.0}"));
        all.put("Bytes", new Sample(new ColumnType.Bytes(), new byte[] {0, -1}));
        all.put("Uuid", new Sample(new ColumnType.Uuid(), UUID.fromString("123e4567-e89b-12d3-a456-426614174000")));
        all.put("Date", new Sample(new ColumnType.Date(), LocalDate.of(2024, 2, 29)));
        all.put("Time", new Sample(new ColumnType.Time(), LocalTime.parse("23:59:59.000001")));
        all.put("Timestamp, local", new Sample(new ColumnType.Timestamp(false), LocalDateTime.parse("2024-02-29T12:00:00.5")));
        all.put("Timestamp, UTC", new Sample(new ColumnType.Timestamp(true), Instant.parse("2024-02-29T12:00:00.5Z")));
        all.put("Interval", new Sample(new ColumnType.Interval(), Period.of(0, 1, -2)));
        Column number = new Column(1, "element", new ColumnType.Int(32, true), false, "integer");
        all.put("ListOf Int32", new Sample(new ColumnType.ListOf(number), List.of(1, 2)));
        all.put("Struct", new Sample(
                new ColumnType.Struct(List.of(new Column(1, "a", new ColumnType.Int(32, true), false, "integer"),
                        new Column(2, "b", new ColumnType.Text(), false, "text"))),
                Map.of("a", 1, "b", "x")));
        return all;
    }

    @Test
    void theReferencePageSaysWhatTheEncodersWrite() throws IOException {
        String page = page();
        Path target = Files.writeString(Files.createDirectories(Path.of("target")).resolve("file-types.md"), page);
        assertThat(PAGE)
                .as("docs/reference/file-types.md has drifted: copy connectors/files/%s over it", target)
                .hasContent(page);
    }

    private static String page() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Types in files

                Generated from what the encoders write; a test fails when it has drifted. The first column is the type that a batch
                carries; [PostgreSQL types](postgres-types.md) and [the types of other databases](jdbc-source-types.md) say which type of a
                database becomes which. JSON Lines and CSV show a value as it stands in the file.

                | type | Parquet | Avro | Arrow | JSON Lines | CSV |
                |---|---|---|---|---|---|
                """);
        try (BufferAllocator allocator = new RootAllocator()) {
            for (Map.Entry<String, Sample> sample : samples().entrySet()) {
                StreamSchema schema = new StreamSchema(
                        Fixture.ORDERS, 1, List.of(new Column(1, "c", sample.getValue().type(), false, "sample")), List.of());
                String json = new String(written(Format.JSONL, schema, sample.getValue(), allocator), StandardCharsets.UTF_8);
                String csv = new String(written(Format.CSV, schema, sample.getValue(), allocator), StandardCharsets.UTF_8);
                page.append("| ").append(String.join(" | ",
                                sample.getKey(),
                                parquet(written(Format.PARQUET, schema, sample.getValue(), allocator)),
                                avro(AvroSchemas.of(schema).getFields().getFirst().schema()),
                                arrow(ArrowTypes.schema(schema).getFields().getFirst()),
                                "`" + json.strip().replaceFirst("^\\{\"c\":(.*)}$", "$1") + "`",
                                "`" + csv.strip().replaceFirst("^c\\r\\n", "") + "`"))
                        .append(" |\n");
            }
        }
        page.append("""

                Null is an optional field in Parquet, a union with null in Avro, a null in Arrow and JSON Lines, and in CSV the unquoted marker
                of `csv_null`, by default `\\N`. A PostgreSQL array is a Struct of `dimensions`, `lower_bounds` and `elements`, each a list.
                How texts are spelled to the letter: [the files sink](../concepts/files-sink.md#how-values-arrive).

                ## What readers make of them

                Our tests read Parquet, JSON Lines and CSV with DuckDB, which takes JSON numbers of more than 18 digits for doubles. Of others this
                is what they or their users say; nothing of it was tried here.

                | reader | what | says |
                |---|---|---|
                | Spark 3 and 4.0 | refuses a Parquet file that has a Uuid, with `Illegal Parquet type: FIXED_LEN_BYTE_ARRAY (UUID)` | [apache/spark#55684](https://github.com/apache/spark/issues/55684), [apache/incubator-xtable#518](https://github.com/apache/incubator-xtable/pull/518) |
                | Spark before it has the type TIME | cannot read a Time | [apache/spark#50389](https://github.com/apache/spark/pull/50389), which adds it |
                | Spark before 3.2 | refuses unsigned integers; later UInt64 is a decimal(20, 0) | [apache/spark#31921](https://github.com/apache/spark/pull/31921), [#31960](https://github.com/apache/spark/pull/31960) |
                | Spark before 3.4 | takes a local Timestamp for an instant; later it is TIMESTAMP_NTZ | [Spark's migration guide](https://spark.apache.org/docs/latest/sql-migration-guide.html#upgrading-from-spark-sql-33-to-34) |
                | Trino, Athena, BigQuery, Snowflake, ClickHouse | – | not tried, not looked up |

                For a reader that refuses a Uuid or a Time cast it to text: `transform: {public.orders: {cast: {id: text}}}`.
                """);
        return page.toString();
    }

    private static byte[] written(Format format, StreamSchema schema, Sample sample, BufferAllocator allocator) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        FileTree.Output memory = new FileTree.Output() {
            @Override
            public void append(ByteBuffer more) {
                byte[] copy = new byte[more.remaining()];
                more.get(copy);
                bytes.writeBytes(copy);
            }

            @Override
            public void sync() {
                // Nothing outlives the test.
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
        try (BatchBuilder builder = new BatchBuilder(schema, allocator);
                RowEncoder encoder = Encoders.open(
                        format, Compression.NONE, schema, CsvStyle.standard(), 1 << 20, allocator, new CountedOutput(memory))) {
            builder.set(0, sample.value()).endRow();
            try (Batch batch = builder.build(new Position(1, "{}"))) {
                encoder.write(batch.arrow());
            }
            encoder.finish();
        }
        return bytes.toByteArray();
    }

    /** The footer's own words. */
    private static String parquet(byte[] file) throws IOException {
        int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(file.length - 8);
        List<SchemaElement> elements = Util.readFileMetaData(
                        new ByteArrayInputStream(file, file.length - 8 - length, length))
                .getSchema();
        return parquet(elements.subList(1, elements.size()).iterator());
    }

    private static String parquet(Iterator<SchemaElement> elements) {
        SchemaElement element = elements.next();
        if (element.isSetType()) {
            String physical = element.getType() + (element.isSetType_length() ? "(" + element.getType_length() + ")" : "");
            return element.isSetLogicalType() ? physical + ", " + annotation(element) : physical;
        }
        List<String> children = new ArrayList<>();
        for (int i = 0; i < element.getNum_children(); i++) {
            if (element.getConverted_type() == ConvertedType.LIST) {
                elements.next();
                return "LIST of " + parquet(elements);
            }
            String child = parquet(elements);
            children.add(child);
        }
        return "group of " + String.join("; ", children);
    }

    private static String annotation(SchemaElement element) {
        var logical = element.getLogicalType();
        return switch (logical.getSetField()) {
            case INTEGER -> {
                IntType of = logical.getINTEGER();
                yield (of.isIsSigned() ? "INT_" : "UINT_") + of.getBitWidth();
            }
            case DECIMAL -> {
                DecimalType of = logical.getDECIMAL();
                yield "DECIMAL(" + of.getPrecision() + ", " + of.getScale() + ")";
            }
            case TIME -> "TIME(" + logical.getTIME().getUnit().getSetField() + ", adjusted to UTC: "
                    + logical.getTIME().isIsAdjustedToUTC() + ")";
            case TIMESTAMP -> "TIMESTAMP(" + logical.getTIMESTAMP().getUnit().getSetField() + ", adjusted to UTC: "
                    + logical.getTIMESTAMP().isIsAdjustedToUTC() + ")";
            default -> logical.getSetField().toString();
        };
    }

    private static String avro(Schema schema) {
        String physical = switch (schema.getType()) {
            case RECORD -> "record of "
                    + schema.getFields().stream().map(field -> avro(field.schema())).collect(Collectors.joining("; "));
            case ARRAY -> "array of " + avro(schema.getElementType());
            default -> schema.getType().toString().toLowerCase(Locale.ROOT);
        };
        LogicalType logical = schema.getLogicalType();
        return logical == null ? physical : physical + ", " + logical.getName()
                + (logical instanceof org.apache.avro.LogicalTypes.Decimal decimal
                        ? "(" + decimal.getPrecision() + ", " + decimal.getScale() + ")" : "");
    }

    private static String arrow(Field field) {
        String own = field.getType().toString();
        return field.getChildren().isEmpty()
                ? own
                : own + " of " + field.getChildren().stream().map(FileTypesTest::arrow).collect(Collectors.joining("; "));
    }
}

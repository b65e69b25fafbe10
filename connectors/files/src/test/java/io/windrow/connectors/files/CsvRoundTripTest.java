package io.windrow.connectors.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.files.format.CsvStyle;
import io.windrow.connectors.files.format.Format;
import io.windrow.connectors.files.tree.LocalFileTree;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Random texts of what CSV trips over: each comes back as it was, through our reader and through another's. */
class CsvRoundTripTest {
    private static final List<String> PIECES = List.of(
            "", ",", ";", "\"", "\"\"", "\n", "\r", "\r\n", "\t", " ", "NULL", "null", "\\N", "\\", "N", "'", "=1", "é", "😀", "a", "0");
    private static final int ROWS = 600;

    @TempDir
    Path root;

    @Tag("C35")
    @ParameterizedTest
    @CsvSource({"',', '\\N'", "';', NULL", "',', NULL", "';', '\\N'"})
    void everyTextNullAndEmptyComesBackAsItWas(String delimiter, String marker) {
        Random random = new Random(35);
        List<Optional<String>> texts = new ArrayList<>(List.of(
                Optional.empty(), Optional.of(""), Optional.of("NULL"), Optional.of("\\N"), Optional.of("a\nb"), Optional.of("a\"b"),
                Optional.of("\r"), Optional.of(delimiter)));
        while (texts.size() < ROWS) {
            StringBuilder text = new StringBuilder();
            for (int pieces = random.nextInt(5); pieces > 0; pieces--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            texts.add(random.nextInt(10) == 0 ? Optional.empty() : Optional.of(text.toString()));
        }
        StreamSchema schema = Fixture.orders();
        try (Fixture fixture = new Fixture(root)) {
            FilesConfig plain = FilesConfig.of(root, Format.CSV);
            FilesConfig config = new FilesConfig(
                    root, Format.CSV, plain.compression(), plain.fileSize(), List.of(), 1, plain.grace(), delimiter, marker,
                    plain.csvFormulas());
            FilesSink sink = new FilesSink(config, fixture.context(), new LocalFileTree(root));
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 0));
                    Batch batch = batch(schema, fixture, texts)) {
                writer.write(batch);
                sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, writer.prepareCommit(1)));
            }
            List<Optional<String>> back = new ArrayList<>();
            try (Delivery delivery = sink.delivery(Fixture.ORDERS).orElseThrow()) {
                for (Optional<Batch> read = delivery.read(schema); read.isPresent(); read = delivery.read(schema)) {
                    try (Batch batch = read.get()) {
                        FieldVector names = batch.arrow().getVector("name");
                        for (int row = 0; row < batch.rowCount(); row++) {
                            back.add(Optional.ofNullable(names.getObject(row)).map(Object::toString));
                        }
                    }
                }
            }
            assertThat(back).isEqualTo(texts);
        }
        List<String> expected = texts.stream()
                .map(text -> text.map(some -> HexFormat.of().formatHex(some.getBytes(StandardCharsets.UTF_8)).toUpperCase(Locale.ROOT))
                        .orElse("null"))
                .toList();
        assertThat(Fixture.duck("select coalesce(hex(encode(name)), 'null') from read_csv('" + root + "/**/*.csv', nullstr='" + marker
                        + "', allow_quoted_nulls=false, header=true, quote='\"', escape='\"', delim='" + delimiter
                        + "', columns={'id':'BIGINT','name':'VARCHAR'}) order by id"))
                .isEqualTo(expected);
    }

    /** Base64 has one sign that makes a formula; nothing of its alphabet is an apostrophe, so it can be undone. */
    @Tag("H17")
    @ParameterizedTest
    @ValueSource(strings = {",", "+", "A"})
    void base64ThatASpreadsheetWouldRunIsDefusedAndComesBackAsItWas(String delimiter) {
        StreamSchema schema = new StreamSchema(
                Fixture.ORDERS, 1, List.of(new Column(1, "data", new ColumnType.Bytes(), true, "bytea")), List.of());
        List<Optional<String>> values =
                List.of(Optional.of("fbffff"), Optional.of("f8"), Optional.of(""), Optional.of("01fbff"), Optional.empty());
        try (Fixture fixture = new Fixture(root)) {
            FilesConfig plain = FilesConfig.of(root, Format.CSV);
            FilesConfig config = new FilesConfig(
                    root, Format.CSV, plain.compression(), plain.fileSize(), List.of(), 1, plain.grace(), delimiter, "\\N",
                    CsvStyle.Formulas.DEFUSE);
            FilesSink sink = new FilesSink(config, fixture.context(), new LocalFileTree(root));
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 0));
                    BatchBuilder builder = new BatchBuilder(schema, fixture.allocator)) {
                for (Optional<String> value : values) {
                    if (value.isPresent()) {
                        builder.set("data", HexFormat.of().parseHex(value.get())).endRow();
                    } else {
                        builder.setNull("data").endRow();
                    }
                }
                try (Batch batch = builder.build(new Position(1, "{}"))) {
                    writer.write(batch);
                }
                sink.committer().commit(Fixture.commit(WriteMode.APPEND, 1, 1, writer.prepareCommit(1)));
            }
            try (Delivery delivery = sink.delivery(Fixture.ORDERS).orElseThrow(); Batch batch = delivery.read(schema).orElseThrow()) {
                FieldVector data = batch.arrow().getVector("data");
                List<Optional<String>> back = new ArrayList<>();
                for (int row = 0; row < batch.rowCount(); row++) {
                    back.add(Optional.ofNullable((byte[]) data.getObject(row)).map(HexFormat.of()::formatHex));
                }
                assertThat(back).isEqualTo(values);
            }
        }
        assertThat(Fixture.duck("select data from read_csv('" + root + "/**/*.csv', nullstr='\\N', allow_quoted_nulls=false, "
                        + "header=true, quote='\"', escape='\"', delim='" + delimiter + "', columns={'data':'VARCHAR'})"))
                .containsExactly("'+///", "'+A==", "", "Afv/", "null");
    }

    private static Batch batch(StreamSchema schema, Fixture fixture, List<Optional<String>> texts) {
        try (BatchBuilder builder = new BatchBuilder(schema, fixture.allocator)) {
            for (int row = 0; row < texts.size(); row++) {
                builder.set("id", (long) row);
                Optional<String> text = texts.get(row);
                if (text.isPresent()) {
                    builder.set("name", text.get()).endRow();
                } else {
                    builder.setNull("name").endRow();
                }
            }
            return builder.build(new Position(1, "{}"));
        }
    }
}

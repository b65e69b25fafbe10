package io.windrow.benchmarks.governed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.windrow.api.batch.Batch;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.Sink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** What readers of a target and of a quarantine find. */
final class Delivered {
    private static final JsonFactory JSON = new JsonFactory();

    private Delivered() {}

    /** The rows that readers see, each as {@link Fate.Written#cells} is written; what the audit finds is an error. */
    static List<String> rows(Sink sink, StreamName stream) {
        List<String> rows = new ArrayList<>();
        Optional<DeliveryAudit> opened = sink.audit(stream);
        if (opened.isEmpty()) {
            return rows;
        }
        try (DeliveryAudit audit = opened.get()) {
            for (DeliveryAudit.Commit commit : audit.commits()) {
                if (commit.shown()) {
                    DeliveryAudit.Examined examined = audit.examine(commit, batch -> add(batch, rows));
                    if (!examined.findings().isEmpty() || !examined.complete()) {
                        throw new AssertionError("The audit of " + stream + " finds " + examined);
                    }
                }
            }
            if (!audit.strays().isEmpty()) {
                throw new AssertionError("The audit of " + stream + " finds strays: " + audit.strays());
            }
        }
        return rows;
    }

    private static void add(Batch batch, List<String> rows) {
        List<Column> columns = batch.schema().columns();
        for (int row = 0; row < batch.rowCount(); row++) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                Column column = columns.get(i);
                cells.add(column.name() + ":" + Oracle.label(column.type()) + "="
                        + text(column.type(), batch.arrow().getVector(i), row));
            }
            rows.add(cells.toString());
        }
    }

    private static String text(ColumnType type, FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return Values.text(null);
        }
        return switch (type) {
            case ColumnType.Bool ignored -> Boolean.toString(((BitVector) vector).get(row) == 1);
            case ColumnType.Int t -> {
                long value = ((BaseIntVector) vector).getValueAsLong(row);
                yield t.signed() || t.bits() < 64 ? Long.toString(value) : Long.toUnsignedString(value);
            }
            case ColumnType.Float t -> t.bits() == 32
                    ? Values.text(((Float4Vector) vector).get(row)) : Values.text(((Float8Vector) vector).get(row));
            case ColumnType.Decimal ignored -> ((DecimalVector) vector).getObject(row).toPlainString();
            case ColumnType.Text ignored -> vector.getObject(row).toString();
            case ColumnType.Json ignored -> vector.getObject(row).toString();
            case ColumnType.Bytes ignored -> "x" + HexFormat.of().formatHex(bytes((BaseVariableWidthVector) vector, row));
            case ColumnType.Uuid ignored -> {
                ByteBuffer halves = ByteBuffer.wrap(((FixedSizeBinaryVector) vector).get(row));
                yield new UUID(halves.getLong(), halves.getLong()).toString();
            }
            case ColumnType.Date ignored -> java.time.LocalDate.ofEpochDay(((DateDayVector) vector).get(row)).toString();
            case ColumnType.Time ignored -> Long.toString(((TimeMicroVector) vector).get(row));
            case ColumnType.Timestamp ignored -> Long.toString(((TimeStampVector) vector).get(row));
            case ColumnType.Interval ignored -> {
                StructVector parts = (StructVector) vector;
                yield parts.getChild("months", IntVector.class).get(row) + "m" + parts.getChild("days", IntVector.class).get(row)
                        + "d" + parts.getChild("micros", BigIntVector.class).get(row);
            }
            case ColumnType.ListOf list -> {
                ListVector items = (ListVector) vector;
                List<String> texts = new ArrayList<>();
                for (int at = items.getElementStartIndex(row); at < items.getElementEndIndex(row); at++) {
                    texts.add(text(list.element().type(), (FieldVector) items.getDataVector(), at));
                }
                yield texts.size() + texts.toString();
            }
            case ColumnType.Struct struct -> {
                List<String> texts = new ArrayList<>();
                List<Column> fields = ArrowTypes.children(struct);
                for (int i = 0; i < fields.size(); i++) {
                    texts.add(fields.get(i).name() + "="
                            + text(fields.get(i).type(), ((StructVector) vector).getChildrenFromFields().get(i), row));
                }
                yield texts.stream().sorted().toList().toString();
            }
        };
    }

    private static byte[] bytes(BaseVariableWidthVector vector, int row) {
        byte[] bytes = new byte[vector.getValueLength(row)];
        vector.getDataBuffer().getBytes(vector.getStartOffset(row), bytes);
        return bytes;
    }

    /** The rows that lie in quarantine for one generation of a stream; the number is empty where it is withheld. */
    static List<Fate.Aside> aside(Path quarantine, StreamName stream, long generation) throws IOException {
        List<Fate.Aside> rows = new ArrayList<>();
        if (!Files.isDirectory(quarantine)) {
            return rows;
        }
        try (Stream<Path> files = Files.walk(quarantine)) {
            for (Path file : files.filter(one -> one.toString().endsWith(".jsonl") && !one.toString().contains(".staging")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    row(line, stream, generation).ifPresent(rows::add);
                }
            }
        }
        return rows;
    }

    private static Optional<Fate.Aside> row(String line, StreamName stream, long generation) throws IOException {
        String number = "";
        String code = "";
        String field = "";
        String namespace = "";
        String name = "";
        long of = -1;
        try (JsonParser json = JSON.createParser(line)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String member = json.currentName();
                json.nextToken();
                switch (member) {
                    case "namespace" -> namespace = json.getText();
                    case "stream" -> name = json.getText();
                    case "generation" -> of = json.getLongValue();
                    case "code" -> code = json.getText();
                    case "field" -> field = json.getText();
                    case "row" -> {
                        while (json.nextToken() == JsonToken.FIELD_NAME) {
                            boolean first = json.currentName().equals("n");
                            if (json.nextToken() == JsonToken.VALUE_NUMBER_INT && first) {
                                number = json.getText();
                            }
                            json.skipChildren();
                        }
                    }
                    default -> json.skipChildren();
                }
            }
        }
        return of == generation && new StreamName(namespace, name).equals(stream)
                ? Optional.of(new Fate.Aside(number, code, field))
                : Optional.empty();
    }

    /** What the other list lacks; both as multisets. */
    static <T> List<T> missing(List<T> wanted, List<T> found) {
        List<T> missing = new ArrayList<>(wanted);
        java.util.Map<T, Integer> counts = new java.util.HashMap<>();
        found.forEach(one -> counts.merge(one, 1, Integer::sum));
        missing.removeIf(one -> counts.merge(one, -1, Integer::sum) >= 0);
        return missing;
    }
}

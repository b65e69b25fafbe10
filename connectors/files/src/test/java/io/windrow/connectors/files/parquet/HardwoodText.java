package io.windrow.connectors.files.parquet;

import dev.hardwood.InputFile;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.RowReader;
import dev.hardwood.row.PqList;
import dev.hardwood.row.StructAccessor;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a file with hardwood into the text that {@link RandomRows} predicts. */
final class HardwoodText {
    private HardwoodText() {}

    static List<String> read(Path file, StreamSchema schema) throws IOException {
        List<String> lines = new ArrayList<>();
        try (InputFile input = InputFile.of(file);
                ParquetFileReader reader = ParquetFileReader.open(input);
                RowReader rows = reader.rowReader()) {
            while (rows.hasNext()) {
                rows.next();
                StringBuilder out = new StringBuilder();
                for (int c = 0; c < schema.columns().size(); c++) {
                    value(rows.getRawValue(c), schema.columns().get(c), out);
                    out.append('|');
                }
                lines.add(out.toString());
            }
        }
        return lines;
    }

    private static void value(@Nullable Object raw, Column column, StringBuilder out) {
        switch (raw) {
            case null -> out.append("null");
            case PqList list -> {
                out.append('[');
                Column element = ((ColumnType.ListOf) column.type()).element();
                for (int i = 0; i < list.size(); i++) {
                    value(list.getRaw(i), element, out);
                    out.append(',');
                }
                out.append(']');
            }
            case StructAccessor struct -> {
                List<Column> children = ArrowTypes.children(column.type());
                out.append('{');
                for (int i = 0; i < children.size(); i++) {
                    value(struct.getRawValue(i), children.get(i), out);
                    out.append(',');
                }
                out.append('}');
            }
            case byte[] bytes -> out.append(column.type() instanceof ColumnType.Decimal ? new BigInteger(bytes).toString()
                    : column.type() instanceof ColumnType.Text || column.type() instanceof ColumnType.Json
                            ? new String(bytes, StandardCharsets.UTF_8) : HexFormat.of().formatHex(bytes));
            case Integer n when column.type() instanceof ColumnType.Int t && !t.signed() -> out.append(n & 0xffff_ffffL);
            case Long n when column.type() instanceof ColumnType.Int t && !t.signed() ->
                    out.append(Long.toUnsignedString(n));
            default -> out.append(raw);
        }
    }
}

package io.windrow.connectors.files.parquet;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.LocalInputFile;

/** Reads a file with parquet-java's row reader into the text that {@link RandomRows} predicts. */
final class GroupText {
    private GroupText() {}

    static List<String> read(Path file, StreamSchema schema) throws IOException {
        List<String> lines = new ArrayList<>();
        try (ParquetReader<Group> reader = new Builder(file).build()) {
            for (Group row = reader.read(); row != null; row = reader.read()) {
                StringBuilder out = new StringBuilder();
                for (int c = 0; c < schema.columns().size(); c++) {
                    field(row, c, schema.columns().get(c), out);
                    out.append('|');
                }
                lines.add(out.toString());
            }
        }
        return lines;
    }

    private static void field(Group group, int index, Column column, StringBuilder out) {
        if (group.getFieldRepetitionCount(index) == 0) {
            out.append("null");
            return;
        }
        switch (column.type()) {
            case ColumnType.ListOf list -> {
                Group lists = group.getGroup(index, 0);
                out.append('[');
                for (int i = 0; i < lists.getFieldRepetitionCount(0); i++) {
                    field(lists.getGroup(0, i), 0, list.element(), out);
                    out.append(',');
                }
                out.append(']');
            }
            case ColumnType.Struct ignored -> struct(group.getGroup(index, 0), column, out);
            case ColumnType.Interval ignored -> struct(group.getGroup(index, 0), column, out);
            case ColumnType.Bool ignored -> out.append(group.getBoolean(index, 0));
            case ColumnType.Int t -> {
                if (t.bits() == 64) {
                    long n = group.getLong(index, 0);
                    out.append(t.signed() ? Long.toString(n) : Long.toUnsignedString(n));
                } else {
                    int n = group.getInteger(index, 0);
                    out.append(t.signed() ? n : n & 0xffff_ffffL);
                }
            }
            case ColumnType.Float t -> {
                if (t.bits() == 32) {
                    out.append(group.getFloat(index, 0));
                } else {
                    out.append(group.getDouble(index, 0));
                }
            }
            case ColumnType.Decimal t -> out.append(t.precision() <= 9 ? BigInteger.valueOf(group.getInteger(index, 0))
                    : t.precision() <= 18 ? BigInteger.valueOf(group.getLong(index, 0))
                    : new BigInteger(group.getBinary(index, 0).getBytes()));
            case ColumnType.Text ignored -> out.append(group.getBinary(index, 0).toStringUsingUTF8());
            case ColumnType.Json ignored -> out.append(group.getBinary(index, 0).toStringUsingUTF8());
            case ColumnType.Bytes ignored -> hex(group, index, out);
            case ColumnType.Uuid ignored -> hex(group, index, out);
            case ColumnType.Date ignored -> out.append(group.getInteger(index, 0));
            case ColumnType.Time ignored -> out.append(group.getLong(index, 0));
            case ColumnType.Timestamp ignored -> out.append(group.getLong(index, 0));
        }
    }

    private static void hex(Group group, int index, StringBuilder out) {
        out.append(HexFormat.of().formatHex(group.getBinary(index, 0).getBytes()));
    }

    private static void struct(Group group, Column column, StringBuilder out) {
        List<Column> children = ArrowTypes.children(column.type());
        out.append('{');
        for (int i = 0; i < children.size(); i++) {
            field(group, i, children.get(i), out);
            out.append(',');
        }
        out.append('}');
    }

    private static final class Builder extends ParquetReader.Builder<Group> {
        Builder(Path file) {
            super(new LocalInputFile(file), new org.apache.parquet.conf.HadoopParquetConfiguration(new Configuration()));
            set("parquet.page.verify-checksum.enabled", "true");
        }

        @Override
        protected org.apache.parquet.hadoop.api.ReadSupport<Group> getReadSupport() {
            return new GroupReadSupport();
        }
    }
}

package io.windrow.connectors.files.parquet;

import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.*;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** Random schemas and rows from a seed, as Arrow batches and, beside them, as text that readers must reproduce. */
final class RandomRows {
    /** How the values of a run are spread. */
    enum Shape { FEW, MANY, MIXED, ONE, ALL_NULL }

    private static final double[] DOUBLES = {0.0, -0.0, Double.NaN, 1.5, -1e300, Double.MIN_VALUE, Double.POSITIVE_INFINITY};
    private final SplittableRandom random;
    private final Shape shape;
    private final int longest;

    RandomRows(long seed, Shape shape, int longest) {
        this.random = new SplittableRandom(seed);
        this.shape = shape;
        this.longest = longest;
    }

    static StreamSchema everyType() {
        List<ColumnType> types = new ArrayList<>(List.of(new ColumnType.Bool(), new ColumnType.Float(32),
                new ColumnType.Float(64), new ColumnType.Text(), new ColumnType.Json(), new ColumnType.Bytes(),
                new ColumnType.Uuid(), new ColumnType.Date(), new ColumnType.Time(), new ColumnType.Timestamp(true),
                new ColumnType.Timestamp(false), new ColumnType.Interval()));
        for (int bits : new int[] {8, 16, 32, 64}) {
            types.add(new ColumnType.Int(bits, true));
            types.add(new ColumnType.Int(bits, false));
        }
        for (int precision : new int[] {1, 9, 10, 18, 19, 38}) {
            types.add(new ColumnType.Decimal(precision, precision / 2));
        }
        List<Column> columns = new ArrayList<>();
        for (ColumnType type : types) {
            columns.add(column(columns.size(), "c" + columns.size(), type, true));
            columns.add(column(columns.size(), "c" + columns.size(), type, false));
        }
        return schema(columns);
    }

    StreamSchema nested() {
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            columns.add(column(i, "n" + i, type(i < 4 ? 3 : 4), random.nextBoolean()));
        }
        ColumnType struct = new ColumnType.Struct(List.of(column(1, "a", new ColumnType.Int(64, true), true),
                column(2, "tags", new ColumnType.ListOf(column(0, "element", new ColumnType.Text(), true)), true)));
        columns.add(column(90, "lists", new ColumnType.ListOf(column(0, "element", struct, true)), true));
        columns.add(column(91, "matrix", new ColumnType.ListOf(column(0, "element",
                new ColumnType.ListOf(column(0, "element", new ColumnType.Int(32, true), true)), true)), true));
        return schema(columns);
    }

    private ColumnType type(int depth) {
        if (depth > 0 && random.nextInt(3) > 0) {
            if (random.nextBoolean()) {
                return new ColumnType.ListOf(column(0, "element", type(depth - 1), random.nextBoolean()));
            }
            List<Column> fields = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                fields.add(column(i, "f" + i, type(depth - 1), random.nextBoolean()));
            }
            return new ColumnType.Struct(fields);
        }
        return switch (random.nextInt(5)) {
            case 0 -> new ColumnType.Int(32, true);
            case 1 -> new ColumnType.Text();
            case 2 -> new ColumnType.Decimal(15, 2);
            case 3 -> new ColumnType.Bool();
            default -> new ColumnType.Interval();
        };
    }

    private static Column column(int id, String name, ColumnType type, boolean nullable) {
        return new Column(id, name, type, nullable, "test");
    }

    static StreamSchema schema(List<Column> columns) {
        return new StreamSchema(new StreamName("test", "rows"), 1, columns, List.of());
    }

    /** A batch of rows; their text is appended to {@code text}, one line a row. */
    VectorSchemaRoot batch(StreamSchema schema, int rows, BufferAllocator allocator, List<String> text) {
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        List<StringBuilder> lines = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            lines.add(new StringBuilder());
        }
        for (int c = 0; c < schema.columns().size(); c++) {
            FieldVector vector = root.getVector(c);
            vector.allocateNew();
            for (int i = 0; i < rows; i++) {
                fill(vector, i, schema.columns().get(c), lines.get(i));
                lines.get(i).append('|');
            }
            vector.setValueCount(rows);
        }
        root.setRowCount(rows);
        lines.forEach(line -> text.add(line.toString()));
        return root;
    }

    private void fill(FieldVector vector, int i, Column column, StringBuilder out) {
        if (column.nullable() && (shape == Shape.ALL_NULL || random.nextInt(4) == 0)) {
            clear(vector, i);
            out.append("null");
            return;
        }
        switch (column.type()) {
            case ColumnType.ListOf list -> {
                ListVector lists = (ListVector) vector;
                int start = lists.startNewValue(i);
                int n = random.nextInt(4);
                out.append('[');
                for (int k = 0; k < n; k++) {
                    fill((FieldVector) lists.getDataVector(), start + k, list.element(), out);
                    out.append(',');
                }
                out.append(']');
                lists.endValue(i, n);
                lists.getDataVector().setValueCount(start + n);
            }
            case ColumnType.Struct ignored -> struct(vector, i, column, out);
            case ColumnType.Interval ignored -> struct(vector, i, column, out);
            default -> value(vector, i, column.type(), out);
        }
    }

    private void struct(FieldVector vector, int i, Column column, StringBuilder out) {
        StructVector struct = (StructVector) vector;
        struct.setIndexDefined(i);
        List<Column> children = ArrowTypes.children(column.type());
        out.append('{');
        for (int k = 0; k < children.size(); k++) {
            fill((FieldVector) struct.getChildByOrdinal(k), i, children.get(k), out);
            out.append(',');
        }
        out.append('}');
    }

    private static void clear(FieldVector vector, int i) {
        if (vector instanceof StructVector struct) {
            struct.setNull(i);
            for (FieldVector child : struct.getChildrenFromFields()) {
                clear(child, i);
            }
        } else if (vector instanceof ListVector list) {
            list.setNull(i);
        } else {
            vector.setNull(i);
        }
    }

    private void value(FieldVector vector, int i, ColumnType type, StringBuilder out) {
        long n = switch (shape) {
            case FEW -> random.nextInt(7) - 3;
            case ONE -> 42;
            case MANY -> random.nextLong();
            case MIXED -> random.nextInt(10) == 0 ? random.nextLong() : i;
            case ALL_NULL -> 1;
        };
        switch (vector) {
            case BitVector v -> {
                v.setSafe(i, (int) (n & 1));
                out.append((n & 1) == 1);
            }
            case TinyIntVector v -> { v.setSafe(i, (byte) n); out.append((byte) n); }
            case SmallIntVector v -> { v.setSafe(i, (short) n); out.append((short) n); }
            case IntVector v -> { v.setSafe(i, (int) n); out.append((int) n); }
            case BigIntVector v -> { v.setSafe(i, n); out.append(n); }
            case UInt1Vector v -> { v.setSafe(i, (byte) n); out.append((byte) n & 0xff); }
            case UInt2Vector v -> { v.setSafe(i, (char) n); out.append((int) (char) n); }
            case UInt4Vector v -> { v.setSafe(i, (int) n); out.append((int) n & 0xffff_ffffL); }
            case UInt8Vector v -> { v.setSafe(i, n); out.append(Long.toUnsignedString(n)); }
            case Float4Vector v -> {
                float f = random.nextBoolean() ? (float) DOUBLES[random.nextInt(DOUBLES.length)] : n;
                v.setSafe(i, f);
                out.append(f);
            }
            case Float8Vector v -> {
                double d = random.nextBoolean() ? DOUBLES[random.nextInt(DOUBLES.length)] : n;
                v.setSafe(i, d);
                out.append(d);
            }
            case DecimalVector v -> {
                ColumnType.Decimal t = (ColumnType.Decimal) type;
                BigInteger limit = BigInteger.TEN.pow(t.precision());
                BigInteger unscaled = BigInteger.valueOf(n).multiply(BigInteger.valueOf(n | 1)).remainder(limit);
                unscaled = (n & 2) == 0 ? unscaled : unscaled.negate();
                v.setSafe(i, new java.math.BigDecimal(unscaled, t.scale()));
                out.append(unscaled);
            }
            case VarCharVector v -> {
                String s = type instanceof ColumnType.Json ? '"' + text(n) + '"' : text(n);
                v.setSafe(i, s.getBytes(StandardCharsets.UTF_8));
                out.append(s);
            }
            case VarBinaryVector v -> {
                byte[] bytes = new byte[(int) (n & 31)];
                java.util.Arrays.fill(bytes, (byte) n);
                v.setSafe(i, bytes);
                out.append(HexFormat.of().formatHex(bytes));
            }
            case FixedSizeBinaryVector v -> {
                byte[] bytes = java.nio.ByteBuffer.allocate(16).putLong(n).putLong(~n).array();
                v.setSafe(i, bytes);
                out.append(HexFormat.of().formatHex(bytes));
            }
            case DateDayVector v -> { v.setSafe(i, (int) n); out.append((int) n); }
            case TimeMicroVector v -> {
                long micros = Math.floorMod(n, 86_400_000_000L);
                v.setSafe(i, micros);
                out.append(micros);
            }
            case TimeStampMicroVector v -> { v.setSafe(i, n); out.append(n); }
            case TimeStampMicroTZVector v -> { v.setSafe(i, n); out.append(n); }
            default -> throw new IllegalStateException("No random values for " + vector.getClass());
        }
    }

    private String text(long n) {
        String base = "wert-ğü-" + n;
        return longest > 0 && random.nextInt(50) == 0 ? base.repeat(1 + random.nextInt(longest) / base.length()) : base;
    }

}

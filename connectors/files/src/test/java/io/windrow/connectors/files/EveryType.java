package io.windrow.connectors.files;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;

/** A batch with a column of every type and values at their limits; every column is null in every fourth row. */
final class EveryType {
    private static final String[] TEXTS = {
        "", "NULL", "\\N", "a\nb", "a\"b", "\r", ",", " lead", "trail ", "=1+1", "'quoted", "@SUM(A1)", "\t", "-5", "ünïcödé 🚜",
        "\u0000\u0001", "back\\slash", "plain"
    };
    private static final long[] LONGS = {
        0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 9007199254740993L, 3791411052119578828L
    };
    private static final double[] DOUBLES = {
        0.0, -0.0, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE, Double.MAX_VALUE, 0.1
    };
    private static final long[] MICROS = {
        0, -1, 1_700_000_000_123_456L, -62_135_596_800_000_000L, -210_863_520_000_000_000L, 9_214_646_400_000_000_000L
    };
    private static final BigInteger LIMIT = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
    private static final BigInteger[] UNSCALED = {
        BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE.negate(), LIMIT, LIMIT.negate(), BigInteger.valueOf(Long.MIN_VALUE),
        BigInteger.ONE.shiftLeft(64), BigInteger.valueOf(-1234567)
    };

    private EveryType() {}

    static StreamSchema schema() {
        List<Column> columns = new ArrayList<>();
        add(columns, "flag", new ColumnType.Bool());
        for (int bits : new int[] {8, 16, 32, 64}) {
            add(columns, "i" + bits, new ColumnType.Int(bits, true));
            add(columns, "u" + bits, new ColumnType.Int(bits, false));
        }
        add(columns, "f32", new ColumnType.Float(32));
        add(columns, "f64", new ColumnType.Float(64));
        add(columns, "d38", new ColumnType.Decimal(38, 10));
        add(columns, "d9", new ColumnType.Decimal(9, 2));
        add(columns, "d18", new ColumnType.Decimal(18, 0));
        add(columns, "text", new ColumnType.Text());
        add(columns, "json", new ColumnType.Json());
        add(columns, "bytes", new ColumnType.Bytes());
        add(columns, "uuid", new ColumnType.Uuid());
        add(columns, "date", new ColumnType.Date());
        add(columns, "time", new ColumnType.Time());
        add(columns, "ts", new ColumnType.Timestamp(false));
        add(columns, "tstz", new ColumnType.Timestamp(true));
        add(columns, "interval", new ColumnType.Interval());
        add(columns, "Quoted \"name, with\" 🚜", new ColumnType.Text());
        add(columns, "list", new ColumnType.ListOf(new Column(1, "element", new ColumnType.Text(), true, "text")));
        add(columns, "struct", new ColumnType.Struct(List.of(
                new Column(1, "a b", new ColumnType.Int(64, true), true, "bigint"),
                new Column(2, "c", new ColumnType.ListOf(
                        new Column(1, "element", new ColumnType.Decimal(20, 3), true, "numeric(20,3)")), true, "numeric[]"))));
        return new StreamSchema(Fixture.ORDERS, 1, columns, List.of());
    }

    private static void add(List<Column> columns, String name, ColumnType type) {
        columns.add(new Column(columns.size() + 1, name, type, true, type.toString()));
    }

    static Batch batch(BufferAllocator allocator, int rows) {
        StreamSchema schema = schema();
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), allocator);
        for (int column = 0; column < schema.columns().size(); column++) {
            for (int row = 0; row < rows; row++) {
                if ((row + column) % 4 == 3) {
                    root.getVector(column).setNull(row);
                } else {
                    put(root.getVector(column), row);
                }
            }
        }
        root.setRowCount(rows);
        return new Batch(schema, root, new Position(1, "{}"), Account.ofRead(rows));
    }

    private static byte[] text(int i) {
        return TEXTS[i % TEXTS.length].getBytes(StandardCharsets.UTF_8);
    }

    private static void put(FieldVector vector, int row) {
        int i = row / 2;
        switch (vector) {
            case BitVector v -> v.setSafe(row, i % 2);
            case TinyIntVector v -> v.setSafe(row, (byte) LONGS[i % LONGS.length]);
            case SmallIntVector v -> v.setSafe(row, (short) LONGS[i % LONGS.length]);
            case IntVector v -> v.setSafe(row, (int) LONGS[i % LONGS.length]);
            case BigIntVector v -> v.setSafe(row, LONGS[i % LONGS.length]);
            case UInt1Vector v -> v.setSafe(row, (byte) LONGS[i % LONGS.length]);
            case UInt2Vector v -> v.setSafe(row, (char) LONGS[i % LONGS.length]);
            case UInt4Vector v -> v.setSafe(row, (int) LONGS[i % LONGS.length]);
            case UInt8Vector v -> v.setSafe(row, LONGS[i % LONGS.length]);
            case Float4Vector v -> v.setSafe(row, (float) DOUBLES[i % DOUBLES.length]);
            case Float8Vector v -> v.setSafe(row, DOUBLES[i % DOUBLES.length]);
            case DecimalVector v -> {
                BigInteger fitting = UNSCALED[i % UNSCALED.length].remainder(BigInteger.TEN.pow(v.getPrecision()));
                v.setSafe(row, new BigDecimal(fitting, v.getScale()));
            }
            case VarCharVector v -> v.setSafe(row, v.getName().equals("json") ? "{\"a\" : 1,\n\"b\":null}".getBytes(StandardCharsets.UTF_8) : text(i));
            case VarBinaryVector v -> v.setSafe(row, new byte[] {(byte) i, 0, -1, '"'}, 0, i % 5);
            case FixedSizeBinaryVector v -> v.setSafe(row, new BigInteger("123456789abcdef00123456789abcde" + i % 10, 16).toByteArray());
            case DateDayVector v -> v.setSafe(row, new int[] {0, -1, 19_000, -2_440_588, 2_932_897, 106_741_034}[i % 6]);
            case TimeMicroVector v -> v.setSafe(row, new long[] {0, 1, 86_399_999_999L, 3_600_000_000L}[i % 4]);
            case TimeStampVector v -> v.setSafe(row, MICROS[i % MICROS.length]);
            case ListVector v -> {
                int from = v.startNewValue(row);
                for (int k = 0; k < i % 4; k++) {
                    if (k == 1) {
                        v.getDataVector().setNull(from + k);
                    } else {
                        put((FieldVector) v.getDataVector(), from + k);
                    }
                }
                v.endValue(row, i % 4);
            }
            case StructVector v -> {
                v.setIndexDefined(row);
                for (FieldVector child : v.getChildrenFromFields()) {
                    if (child.getField().isNullable() && i % 3 == 1) {
                        child.setNull(row);
                    } else {
                        put(child, row);
                    }
                }
            }
            default -> throw new AssertionError(vector.getClass());
        }
    }
}

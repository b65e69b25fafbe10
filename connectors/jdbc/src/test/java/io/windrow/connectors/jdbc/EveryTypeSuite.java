package io.windrow.connectors.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ArrowTypes;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.testkit.conformance.TestContext;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every column type with values at its limits arrives and is read back as it was, or is refused by rule. */
abstract class EveryTypeSuite {
    private static final StreamName STREAM = StreamName.of("every_type");
    private static final int ROWS = 24;
    private static final long[] LONGS = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 9007199254740993L};
    private static final String[] TEXTS = {"", "NULL", "\\N", "a\nb", "trail ", "ünïcödé 🚜", "it's \"q\" `b`", "\u0001\u007f"};
    private static final BigInteger LIMIT = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);
    private static final BigInteger[] UNSCALED = {
        BigInteger.ZERO, BigInteger.ONE, LIMIT, LIMIT.negate(), BigInteger.valueOf(Long.MIN_VALUE), BigInteger.valueOf(-10000)
    };

    @RegisterExtension
    protected final TestContext context = new TestContext();

    /** The database as a pipeline names it. Empty when a test begins. */
    protected abstract String url();

    /** The floats that the database holds. */
    protected abstract double[] floats();

    /** The first and the last moment that is tried, in microseconds since 1970. */
    protected abstract long[] moments();

    private static StreamSchema schema() {
        List<Column> columns = new ArrayList<>();
        add(columns, new ColumnType.Bool());
        for (int bits : new int[] {8, 16, 32, 64}) {
            add(columns, new ColumnType.Int(bits, true));
            add(columns, new ColumnType.Int(bits, false));
        }
        for (ColumnType type : List.of(
                new ColumnType.Float(32), new ColumnType.Float(64), new ColumnType.Decimal(38, 10), new ColumnType.Decimal(9, 2),
                new ColumnType.Decimal(38, 0), new ColumnType.Decimal(38, 38), new ColumnType.Text(), new ColumnType.Json(),
                new ColumnType.Bytes(), new ColumnType.Uuid(), new ColumnType.Date(), new ColumnType.Time(),
                new ColumnType.Timestamp(false), new ColumnType.Timestamp(true), new ColumnType.Interval(),
                new ColumnType.ListOf(new Column(1, "element", new ColumnType.Text(), true, "text")),
                new ColumnType.Struct(List.of(
                        new Column(1, "a b", new ColumnType.Int(64, true), true, "bigint"),
                        new Column(2, "f", new ColumnType.Float(64), true, "float8"),
                        new Column(3, "c", new ColumnType.ListOf(
                                new Column(1, "element", new ColumnType.Decimal(20, 3), true, "numeric(20,3)")), true, "numeric[]"))))) {
            add(columns, type);
        }
        return new StreamSchema(STREAM, 1, columns, List.of());
    }

    private static void add(List<Column> columns, ColumnType type) {
        columns.add(new Column(columns.size() + 1, "column " + columns.size(), type, true, type.toString()));
    }

    private Batch batch(StreamSchema schema) {
        VectorSchemaRoot root = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
        for (int column = 0; column < schema.columns().size(); column++) {
            for (int row = 0; row < ROWS; row++) {
                if ((row + column) % 4 == 3) {
                    root.getVector(column).setNull(row);
                } else {
                    put(schema.columns().get(column).type(), root.getVector(column), row);
                }
            }
        }
        root.setRowCount(ROWS);
        return new Batch(schema, root, new Position(1, "{}"), Account.ofRead(ROWS));
    }

    private void put(ColumnType type, FieldVector vector, int row) {
        int i = row / 2;
        long whole = LONGS[i % LONGS.length];
        switch (vector) {
            case BitVector v -> v.setSafe(row, i % 2);
            case TinyIntVector v -> v.setSafe(row, (byte) whole);
            case SmallIntVector v -> v.setSafe(row, (short) whole);
            case IntVector v -> v.setSafe(row, (int) whole);
            case BigIntVector v -> v.setSafe(row, whole);
            case UInt1Vector v -> v.setSafe(row, (byte) whole);
            case UInt2Vector v -> v.setSafe(row, (char) whole);
            case UInt4Vector v -> v.setSafe(row, (int) whole);
            case UInt8Vector v -> v.setSafe(row, whole);
            case Float4Vector v -> v.setSafe(row, (float) floats()[i % floats().length]);
            case Float8Vector v -> v.setSafe(row, floats()[i % floats().length]);
            case DecimalVector v -> v.setSafe(row, new BigDecimal(
                    UNSCALED[i % UNSCALED.length].remainder(BigInteger.TEN.pow(v.getPrecision())), v.getScale()));
            case VarCharVector v -> v.setSafe(row, (type instanceof ColumnType.Json ? "{\"a\" : 1,\n\"b\":\"\\u00e9\"}" : TEXTS[i % TEXTS.length])
                    .getBytes(StandardCharsets.UTF_8));
            case VarBinaryVector v -> v.setSafe(row, new byte[] {(byte) i, 0, -1, '"'}, 0, i % 5);
            case FixedSizeBinaryVector v ->
                v.setSafe(row, new BigInteger("123456789abcdef00123456789abcde" + i % 10, 16).toByteArray());
            case DateDayVector v -> v.setSafe(row, (int) Math.floorDiv(moment(i), 86_400_000_000L));
            case TimeMicroVector v -> v.setSafe(row, new long[] {0, 1, 86_399_999_999L, 3_600_000_000L}[i % 4]);
            case TimeStampVector v -> v.setSafe(row, moment(i));
            case ListVector v -> {
                ColumnType element = ((ColumnType.ListOf) type).element().type();
                int from = v.startNewValue(row);
                for (int k = 0; k < i % 4; k++) {
                    if (k == 1) {
                        v.getDataVector().setNull(from + k);
                    } else {
                        put(element, v.getDataVector(), from + k);
                    }
                }
                v.endValue(row, i % 4);
            }
            case StructVector v -> {
                v.setIndexDefined(row);
                List<Column> fields = ArrowTypes.children(type);
                for (int k = 0; k < fields.size(); k++) {
                    FieldVector child = (FieldVector) v.getChildByOrdinal(k);
                    if (fields.get(k).nullable() && i % 3 == 1) {
                        child.setNull(row);
                    } else {
                        put(fields.get(k).type(), child, row);
                    }
                }
            }
            default -> throw new AssertionError(vector.getClass());
        }
    }

    private long moment(int i) {
        return new long[] {0, -1, 1_700_000_000_123_456L, moments()[0], moments()[1]}[i % 5];
    }

    @Test
    @Tag("C08")
    @Tag("C09")
    void everyTypeArrivesAndIsReadBackAsItWas() {
        StreamSchema schema = schema();
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(url())), context); Committer committer = sink.committer();
                Batch given = batch(schema)) {
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 0))) {
                writer.write(given);
                CommitOutcome outcome = committer.commit(new StreamCommit(
                        new CommitIdentity(context.pipeline(), STREAM, 1, 1, "d"), 1, WriteMode.APPEND, writer.prepareCommit(1),
                        Optional.empty(), true, "{}"));
                if (outcome instanceof CommitOutcome.Rejected rejected) {
                    throw rejected.reason();
                }
                assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
            }
            // Made once more for a schema that has not changed, the table is as it should be.
            sink.prepare(schema, WriteMode.APPEND);
            try (Delivery delivery = sink.delivery(STREAM).orElseThrow()) {
                assertThat(delivery.count()).isEqualTo(ROWS);
                try (Batch read = delivery.read(schema).orElseThrow()) {
                    for (int column = 0; column < schema.columns().size(); column++) {
                        for (int row = 0; row < ROWS; row++) {
                            assertThat(shown(read.arrow().getVector(column), row))
                                    .as("%s, row %d", schema.columns().get(column), row)
                                    .isEqualTo(shown(given.arrow().getVector(column), row));
                        }
                    }
                }
                assertThat(delivery.read(schema)).isEmpty();
            }
        }
    }

    private static String shown(FieldVector vector, int row) {
        Object value = vector.getObject(row);
        return value instanceof byte[] bytes ? java.util.HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }

    @Test
    void columnsAreAddedAndWidenedAndNeverNarrowed() {
        StreamSchema narrow = of(1, new ColumnType.Int(16, true), new ColumnType.Decimal(9, 2));
        StreamSchema wide = of(2, new ColumnType.Int(64, true), new ColumnType.Decimal(20, 4));
        StreamSchema other = of(3, new ColumnType.Bytes(), new ColumnType.Decimal(20, 4));
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(url())), context); Committer committer = sink.committer()) {
            int epoch = 0;
            for (StreamSchema schema : List.of(narrow, wide, narrow)) {
                epoch++;
                sink.prepare(schema, WriteMode.APPEND);
                VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
                put(schema.columns().get(0).type(), rows.getVector(0), schema == wide ? 6 : 2);
                put(schema.columns().get(1).type(), rows.getVector(1), schema == wide ? 4 : 2);
                rows.getVector(0).setNull(0);
                rows.getVector(1).setNull(0);
                rows.setRowCount(7);
                try (Batch batch = new Batch(schema, rows, new Position(1, "{}"), Account.ofRead(7));
                        SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, epoch))) {
                    writer.write(batch);
                    assertThat(committer.commit(new StreamCommit(
                                    new CommitIdentity(context.pipeline(), STREAM, 1, epoch, "d" + epoch), 1, WriteMode.APPEND,
                                    writer.prepareCommit(epoch), Optional.empty(), false, "{}")))
                            .isInstanceOf(CommitOutcome.Committed.class);
                }
            }
            try (Delivery delivery = sink.delivery(STREAM).orElseThrow(); Batch read = delivery.read(wide).orElseThrow()) {
                assertThat(read.rowCount()).isEqualTo(21);
                assertThat(read.arrow().getVector(0).getObject(13)).isEqualTo(Long.MAX_VALUE);
            }
            assertThatThrownBy(() -> sink.prepare(other, WriteMode.APPEND)).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.COLUMN_INCOMPATIBLE));
        }
    }

    /** A float that the database would change into another is refused. */
    final void refused(double value) {
        StreamSchema schema = of(1, new ColumnType.Float(64), new ColumnType.Float(32));
        VectorSchemaRoot rows = VectorSchemaRoot.create(ArrowTypes.schema(schema), context.allocator());
        ((Float8Vector) rows.getVector(0)).setSafe(0, value);
        rows.getVector(1).setNull(0);
        rows.setRowCount(1);
        try (Sink sink = new JdbcSink(JdbcConfig.of(Secret.of(url())), context);
                Batch batch = new Batch(schema, rows, new Position(1, "{}"), Account.ofRead(1))) {
            sink.prepare(schema, WriteMode.APPEND);
            try (SinkWriter writer = sink.writer(schema, WriteMode.APPEND, new WriterId(1, 1, 1))) {
                assertThatThrownBy(() -> writer.write(batch)).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(JdbcError.VALUE_REFUSED));
            }
        }
    }

    private static StreamSchema of(int version, ColumnType first, ColumnType second) {
        return new StreamSchema(STREAM, version, List.of(
                new Column(1, "a", first, true, "a"), new Column(2, "b", second, true, "b")), List.of());
    }
}

package io.windrow.connectors.jdbc.load;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.TimeMicroVector;
import org.apache.arrow.vector.TimeStampVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** Rows by PostgreSQL's binary COPY. */
final class CopyLoader implements Loader {
    private static final byte[] HEADER = {
        'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
    };
    private static final int FLUSH = 1 << 17;
    private static final int DAYS_TO_2000 = 10_957;
    private static final long MICROS_TO_2000 = 946_684_800_000_000L;
    /** 4713-01-01 BC, the first moment that PostgreSQL knows. */
    private static final long FIRST_MICROS = -211_813_488_000_000_000L;

    private static final int FIRST_DAY = -2_451_507;
    private static final int LAST_DAY = 2_145_031_948;

    private static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

    private final CopyBuffer buffer = new CopyBuffer();
    private final UnfitText unfit;
    private long replaced;

    CopyLoader(UnfitText unfit) {
        this.unfit = unfit;
    }

    @Override
    public Loaded load(Connection connection, StagedRows rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
                "COPY " + rows.table() + " (" + rows.columnList() + ") FROM STDIN (FORMAT binary)");
        long bytes = 0;
        replaced = 0;
        try {
            buffer.clear();
            buffer.bytes(HEADER);
            for (int i = 0; i < rows.selected().length; i++) {
                row(rows, i);
                if (buffer.size() >= FLUSH) {
                    bytes += send(copy);
                }
            }
            buffer.int2(-1);
            bytes += send(copy);
            copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
        return new Loaded(bytes, replaced);
    }

    private int send(CopyIn copy) throws SQLException {
        int size = buffer.size();
        copy.writeToCopy(buffer.array(), 0, size);
        buffer.clear();
        return size;
    }

    private void row(StagedRows rows, int i) {
        int row = rows.selected()[i];
        buffer.int2(rows.width());
        if (rows.facts().isPresent()) {
            ChangeFacts facts = rows.facts().get();
            buffer.field8(rows.firstSequence() + i);
            buffer.field2(facts.operation(row).ordinal());
            buffer.field8(facts.position(row));
            buffer.field8(facts.ordinal(row));
            number(facts.micros(row));
            number(facts.link(row));
            text(facts.unchanged(row));
        }
        for (int c = 0; c < rows.columns().size(); c++) {
            FieldVector vector = rows.vector(c);
            if (vector.isNull(row)) {
                buffer.int4(-1);
            } else {
                cell(rows, rows.columns().get(c), rows.types().get(c).declared(), vector, row);
            }
        }
    }

    private void number(OptionalLong value) {
        if (value.isPresent()) {
            buffer.field8(value.getAsLong());
        } else {
            buffer.int4(-1);
        }
    }

    private void text(@Nullable String text) {
        if (text == null) {
            buffer.int4(-1);
        } else {
            buffer.field(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void cell(StagedRows rows, Column column, String declared, FieldVector vector, int row) {
        switch (column.type()) {
            case ColumnType.Bool ignored -> {
                buffer.int4(1);
                buffer.int1(((BitVector) vector).get(row));
            }
            case ColumnType.Int t -> {
                long value = CellText.whole(vector, row);
                switch (declared) {
                    case "smallint" -> buffer.field2((int) value);
                    case "integer" -> buffer.field4((int) value);
                    case "bigint" -> buffer.field8(value);
                    default -> buffer.numeric(Long.toUnsignedString(value), 0);
                }
            }
            case ColumnType.Float t -> {
                if (t.bits() == 32) {
                    buffer.field4(Float.floatToRawIntBits(((Float4Vector) vector).get(row)));
                } else {
                    buffer.field8(Double.doubleToRawLongBits(((Float8Vector) vector).get(row)));
                }
            }
            case ColumnType.Decimal t -> {
                var value = ((DecimalVector) vector).getObject(row);
                buffer.numeric(value.unscaledValue().toString(), value.scale());
            }
            case ColumnType.Text ignored -> characters(rows, column, ((VarCharVector) vector).get(row));
            case ColumnType.Json ignored -> characters(rows, column, ((VarCharVector) vector).get(row));
            case ColumnType.Bytes ignored -> buffer.field(((VarBinaryVector) vector).get(row));
            case ColumnType.Uuid ignored -> buffer.field(((FixedSizeBinaryVector) vector).get(row));
            case ColumnType.Date ignored -> {
                long day = (long) ((DateDayVector) vector).get(row) - DAYS_TO_2000;
                if (day < FIRST_DAY || day > LAST_DAY) {
                    throw BatchLoader.refused(column, "a date outside of 4713 BC to 5874897");
                }
                buffer.field4((int) day);
            }
            case ColumnType.Time ignored -> buffer.field8(((TimeMicroVector) vector).get(row));
            case ColumnType.Timestamp ignored -> {
                long micros = ((TimeStampVector) vector).get(row);
                if (micros < FIRST_MICROS + MICROS_TO_2000) {
                    throw BatchLoader.refused(column, "a time before 4713 BC");
                }
                buffer.field8(micros - MICROS_TO_2000);
            }
            case ColumnType.Interval ignored -> {
                StructVector parts = (StructVector) vector;
                buffer.int4(16);
                buffer.int8(((BigIntVector) parts.getChild("micros")).get(row));
                buffer.int4(((IntVector) parts.getChild("days")).get(row));
                buffer.int4(((IntVector) parts.getChild("months")).get(row));
            }
            case ColumnType.ListOf ignored -> text(CellText.of(column.type(), vector, row));
            case ColumnType.Struct ignored -> text(CellText.of(column.type(), vector, row));
        }
    }

    /** PostgreSQL's texts hold any character but NUL. */
    private void characters(StagedRows rows, Column column, byte[] utf8) {
        int zeros = 0;
        for (byte one : utf8) {
            zeros += one == 0 ? 1 : 0;
        }
        if (zeros == 0) {
            buffer.field(utf8);
        } else if (unfit == UnfitText.REPLACE && !rows.key().contains(column.name())) {
            ByteBuffer whole = ByteBuffer.allocate(utf8.length + zeros * (REPLACEMENT.length - 1));
            for (byte one : utf8) {
                if (one == 0) {
                    whole.put(REPLACEMENT);
                } else {
                    whole.put(one);
                }
            }
            buffer.field(whole.array());
            replaced++;
        } else {
            throw BatchLoader.refused(column, "a text with the character U+0000");
        }
    }
}

package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.source.Windows;
import io.windrow.api.source.Windows.Measure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VarCharVector;

/**
 * Rows, hash sums and exact sums per window. Its size depends on the windows and measures, not on the rows (I12). Used by
 * one thread.
 */
final class WindowTally {
    /** What is taken of each row. */
    enum Taking {
        /** Rows and hashes. */
        HASHES,
        /** Rows and measures. */
        SUMS,
        /** Rows, measures and hashes. */
        ALL
    }

    private final StreamSchema schema;
    private final Windows windows;
    private final Taking taking;
    private final RowDigest digest;
    private final WindowOf windowOf;
    private final long[] rows;
    private final long[] hashLow;
    private final long[] hashHigh;
    /** Sums of 128 bits by measure and window: no sum of fewer than 2^46 values of the measured types reaches them. */
    private final long[][] sumLow;

    private final long[][] sumHigh;
    private long all;

    WindowTally(StreamSchema schema, Windows windows, Taking taking, RowDigest digest) {
        this.schema = schema;
        this.windows = windows;
        this.taking = taking;
        this.digest = digest;
        this.windowOf = new WindowOf(schema, windows);
        this.rows = new long[windows.count()];
        this.hashLow = new long[windows.count()];
        this.hashHigh = new long[windows.count()];
        this.sumLow = new long[windows.measures().size()][windows.count()];
        this.sumHigh = new long[windows.measures().size()][windows.count()];
    }

    void add(Batch batch) {
        int[] of = windowOf.rows(batch);
        int count = batch.rowCount();
        all += count;
        for (int row = 0; row < count; row++) {
            rows[of[row]]++;
        }
        List<FieldVector> vectors = batch.arrow().getFieldVectors();
        if (taking != Taking.SUMS) {
            for (int row = 0; row < count; row++) {
                RowHash hash = digest.of(vectors, row);
                int window = of[row];
                long low = hashLow[window] + hash.low();
                hashHigh[window] += hash.high() + (Long.compareUnsigned(low, hash.low()) < 0 ? 1 : 0);
                hashLow[window] = low;
            }
        }
        if (taking != Taking.HASHES) {
            for (int i = 0; i < windows.measures().size(); i++) {
                Measure measure = windows.measures().get(i);
                measure(measure, vectors.get(schema.indexOf(measure.column())), count, of, sumLow[i], sumHigh[i]);
            }
        }
    }

    private static void measure(Measure measure, FieldVector vector, int count, int[] of, long[] low, long[] high) {
        for (int row = 0; row < count; row++) {
            if (vector.isNull(row)) {
                continue;
            }
            long addHigh = 0;
            long addLow = switch (measure.kind()) {
                case PRESENT -> 1;
                case LENGTH -> ((VarCharVector) vector).getValueLength(row);
                case DAYS, VALUE -> switch (vector) {
                    case DecimalVector decimal -> {
                        addHigh = decimal.getDataBuffer().getLong(16L * row + 8);
                        yield decimal.getDataBuffer().getLong(16L * row);
                    }
                    case BigIntVector number -> number.get(row);
                    case IntVector number -> number.get(row);
                    case SmallIntVector number -> number.get(row);
                    case DateDayVector date -> date.get(row);
                    default -> throw new IllegalArgumentException("No sums of " + vector.getMinorType());
                };
            };
            if (!(vector instanceof DecimalVector) || measure.kind() == Measure.Kind.PRESENT) {
                addHigh = addLow >> 63;
            }
            int window = of[row];
            long sum = low[window] + addLow;
            high[window] += addHigh + (Long.compareUnsigned(sum, addLow) < 0 ? 1 : 0);
            low[window] = sum;
        }
    }

    long rows() {
        return all;
    }

    long rows(int window) {
        return rows[window];
    }

    /** Whether the other tally, under the same key, has as many rows of the same values in the window. */
    boolean hashesLike(WindowTally other, int window) {
        return rows[window] == other.rows[window] && hashLow[window] == other.hashLow[window]
                && hashHigh[window] == other.hashHigh[window];
    }

    /** Whether the window has the source's own totals; empty totals: the source has no row there. */
    boolean sumsLike(Optional<Windows.Totals> totals, int window) {
        if (totals.isEmpty()) {
            return rows[window] == 0;
        }
        if (totals.get().rows() != rows[window]) {
            return false;
        }
        for (int i = 0; i < windows.measures().size(); i++) {
            String text = totals.get().sums().get(i);
            if (text.isEmpty() || !Character.isDigit(text.charAt(text.length() - 1))) {
                // NaN or an infinity: no sum, so hashes must tell.
                return false;
            }
            if (new BigDecimal(text).compareTo(sum(i, window)) != 0) {
                return false;
            }
        }
        return true;
    }

    private BigDecimal sum(int measure, int window) {
        BigInteger whole = BigInteger.valueOf(sumHigh[measure][window]).shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(sumLow[measure][window])));
        Measure what = windows.measures().get(measure);
        ColumnType type = schema.columns().get(schema.indexOf(what.column())).type();
        boolean scaled = what.kind() == Measure.Kind.VALUE;
        return new BigDecimal(whole, scaled && type instanceof ColumnType.Decimal decimal ? decimal.scale() : 0);
    }
}

package io.windrow.core.transform.sample;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.transform.Rows;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.FieldVector;

/** The sample of one stream. */
final class BoundSample implements BoundTransform {
    /** Into how many parts the values of a reported field fall, by their hash; one more for null. */
    private static final int BUCKETS = 64;

    private final StreamSchema schema;
    private final int[] by;
    private final int[] reported;
    private final List<String> names;
    private final long limit;
    private final String version;

    BoundSample(StreamSchema schema, int[] by, int[] reported, List<String> names, long limit, String version) {
        this.schema = schema;
        this.by = by;
        this.reported = reported;
        this.names = names;
        this.limit = limit;
        this.version = version;
    }

    @Override
    public StreamSchema output() {
        return schema;
    }

    @Override
    public Map<String, String> policies() {
        return Map.of(SampleTransform.POLICY, version);
    }

    @Override
    public Batch apply(Batch batch) {
        Batch current = batch;
        try {
            int rows = batch.rowCount();
            long[] hashes = StableHash.of(columns(batch, by), rows);
            int[] kept = new int[rows];
            int count = 0;
            for (int row = 0; row < rows; row++) {
                if (limit == 0 || Long.compareUnsigned(hashes[row], limit) < 0) {
                    kept[count++] = row;
                }
            }
            if (reported.length > 0 && rows > 0) {
                current = measured(batch, kept, count);
            }
            return Rows.keep(current, kept, count, BoundSample::left);
        } catch (RuntimeException e) {
            current.close();
            throw e;
        }
    }

    private static Account left(long rows) {
        return new Account(0, 0, 0, 0, 0, 0, 0, rows, 0, 0, 0);
    }

    private static FieldVector[] columns(Batch batch, int[] places) {
        FieldVector[] columns = new FieldVector[places.length];
        for (int i = 0; i < places.length; i++) {
            columns[i] = batch.arrow().getVector(places[i]);
        }
        return columns;
    }

    /** Counts, for each reported field, the rows before and after by the bucket of their value. */
    private Batch measured(Batch batch, int[] kept, int count) {
        int rows = batch.rowCount();
        long[][] before = new long[reported.length][BUCKETS + 1];
        long[][] after = new long[reported.length][BUCKETS + 1];
        for (int i = 0; i < reported.length; i++) {
            FieldVector vector = batch.arrow().getVector(reported[i]);
            long[] hashes = StableHash.of(new FieldVector[] {vector}, rows);
            for (int row = 0; row < rows; row++) {
                before[i][bucket(vector, hashes, row)]++;
            }
            for (int at = 0; at < count; at++) {
                after[i][bucket(vector, hashes, kept[at])]++;
            }
        }
        Batch.Parts parts = batch.release();
        for (int i = 0; i < reported.length; i++) {
            for (int bucket = 0; bucket <= BUCKETS; bucket++) {
                parts = plus(parts, "sample_before:" + names.get(i), bucket, before[i][bucket]);
                parts = plus(parts, "sample_after:" + names.get(i), bucket, after[i][bucket]);
            }
        }
        return parts.batch();
    }

    private static Batch.Parts plus(Batch.Parts parts, String name, int bucket, long rows) {
        String place = bucket == BUCKETS ? "null" : Integer.toString(bucket);
        return rows == 0 ? parts : parts.plusMeasure(name + ":" + place, Measure.ofCount(rows));
    }

    private static int bucket(FieldVector vector, long[] hashes, int row) {
        return vector.isNull(row) ? BUCKETS : (int) (hashes[row] >>> 58);
    }

    @Override
    public void close() {}
}

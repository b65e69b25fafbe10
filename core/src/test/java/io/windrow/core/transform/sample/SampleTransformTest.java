package io.windrow.core.transform.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.Position;
import io.windrow.api.config.Origin;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.transform.BoundTransform;
import io.windrow.core.policy.SamplePolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SampleTransformTest {
    private final RootAllocator allocator = new RootAllocator(64 << 20);

    @AfterEach
    void nothingLeaks() {
        allocator.close();
    }

    @Test
    void theSameKeysAreInWhateverTheBatchesAndTheWidthOfTheNumber() {
        long[] keys = new Random(3).longs(5_000, -50_000, 50_000).distinct().toArray();
        Set<Long> whole = sampled(10, keys, keys.length, 64);
        assertThat(sampled(10, keys, 7, 32)).isEqualTo(whole);
        assertThat(whole.size() / (double) keys.length).isCloseTo(0.1, within(0.02));
        assertThat(sampled(25, keys, 1000, 64)).containsAll(whole);
        assertThat(sampled(100, keys, 1000, 64)).hasSize(keys.length);
    }

    @Test
    void keysInARowAreNotKeptInARow() {
        long[] keys = LongStream.range(0, 20_000).toArray();
        Set<Long> kept = sampled(1, keys, keys.length, 64);
        assertThat(kept.size() / (double) keys.length).isCloseTo(0.01, within(0.003));
        assertThat(kept.stream().filter(key -> key < 10_000).count() / (double) kept.size()).isCloseTo(0.5, within(0.15));
    }

    /** If these change, samples of one pipeline from before and after do not fit together. */
    @Test
    void theHashOfAValueNeverChanges() {
        StreamSchema schema = schema(new ColumnType.Int(64, true));
        try (BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            builder.set("k", 0L).set("country", "DE").endRow();
            builder.set("k", Long.MIN_VALUE).set("country", "").endRow();
            builder.setNull("k").setNull("country").endRow();
            try (Batch batch = builder.build(new Position(1, "{}"))) {
                FieldVector[] both = {batch.arrow().getVector(0), batch.arrow().getVector(1)};
                assertThat(StableHash.of(both, 3)).containsExactly(slow("0", "DE"), slow("-9223372036854775808", ""), slow(null, null));
                assertThat(StableHash.of(both, 1)[0]).isEqualTo(0xabd6376f5f7213deL);
            }
        }
    }

    /** The documented hash, written down a second time. */
    private static long slow(String... texts) {
        java.math.BigInteger mask = java.math.BigInteger.ONE.shiftLeft(64).subtract(java.math.BigInteger.ONE);
        java.math.BigInteger hash = new java.math.BigInteger("cbf29ce484222325", 16);
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        for (String text : texts) {
            bytes.write(text == null ? 0 : 1);
            if (text != null) {
                bytes.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                bytes.write(0xff);
            }
        }
        for (byte octet : bytes.toByteArray()) {
            hash = hash.xor(java.math.BigInteger.valueOf(octet & 0xff)).multiply(java.math.BigInteger.valueOf(0x100000001b3L)).and(mask);
        }
        hash = hash.xor(hash.shiftRight(33)).multiply(new java.math.BigInteger("ff51afd7ed558ccd", 16)).and(mask);
        hash = hash.xor(hash.shiftRight(33)).multiply(new java.math.BigInteger("c4ceb9fe1a85ec53", 16)).and(mask);
        return hash.xor(hash.shiftRight(33)).longValue();
    }

    @Test
    void theDistributionBeforeAndAfterIsCounted() {
        StreamSchema schema = schema(new ColumnType.Int(64, true));
        SamplePolicy policy = new SamplePolicy(30, List.of(), List.of("country"), Origin.NONE);
        try (BoundTransform bound = new SampleTransform(Map.of("s.t", policy)).bind(schema);
                BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (long key = 0; key < 1000; key++) {
                builder.set("k", key);
                if (key % 10 == 0) {
                    builder.setNull("country");
                } else {
                    builder.set("country", "c" + key % 3);
                }
                builder.endRow();
            }
            try (Batch out = bound.apply(builder.build(new Position(1, "{}")))) {
                assertThat(out.account().sampledOut()).isEqualTo(1000 - out.rowCount());
                assertThat(sum(out, "sample_before:country:")).isEqualTo(1000);
                assertThat(sum(out, "sample_after:country:")).isEqualTo(out.rowCount());
                assertThat(out.measures().get("sample_before:country:null")).isEqualTo(Measure.ofCount(100));
                assertThat(out.measures()).hasSizeLessThanOrEqualTo(8);
            }
            assertThat(bound.policies().get("sample")).matches("[0-9a-f]{16}");
        }
    }

    private static long sum(Batch batch, String prefix) {
        return batch.measures().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> entry.getValue().count())
                .sum();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        StreamSchema schema = schema(new ColumnType.Int(64, true));
        for (double percent : new double[] {0, -1, 100.1, Double.NaN}) {
            refused(new SamplePolicy(percent, List.of(), List.of(), Origin.NONE), schema, "above 0");
        }
        refused(new SamplePolicy(1, List.of("contry"), List.of(), Origin.NONE), schema, "did you mean country?");
        refused(new SamplePolicy(1, List.of(), List.of("contry"), Origin.NONE), schema, "did you mean country?");
        refused(
                new SamplePolicy(1, List.of(), List.of(), Origin.NONE),
                new StreamSchema(schema.stream(), 1, schema.columns(), List.of()), "has no key");
    }

    private static void refused(SamplePolicy policy, StreamSchema schema, String why) {
        assertThat(catchThrowableOfType(WindrowException.class, () -> new SampleTransform(Map.of("s.t", policy)).bind(schema)))
                .hasMessageContaining(why);
    }

    private static StreamSchema schema(ColumnType key) {
        return new StreamSchema(
                new StreamName("s", "t"), 1,
                List.of(new Column(1, "k", key, true, "k"), new Column(2, "country", new ColumnType.Text(), true, "text")),
                List.of("k"));
    }

    private Set<Long> sampled(double percent, long[] keys, int rows, int bits) {
        StreamSchema schema = schema(new ColumnType.Int(bits, true));
        SamplePolicy policy = new SamplePolicy(percent, List.of("k"), List.of(), Origin.NONE);
        Set<Long> kept = new HashSet<>();
        try (BoundTransform bound = new SampleTransform(Map.of("s.t", policy)).bind(schema);
                BatchBuilder builder = new BatchBuilder(schema, allocator)) {
            for (int at = 0; at < keys.length; at += rows) {
                for (int i = at; i < Math.min(keys.length, at + rows); i++) {
                    builder.set("k", bits == 64 ? (Object) keys[i] : (Object) (int) keys[i]).setNull("country").endRow();
                }
                try (Batch out = bound.apply(builder.build(new Position(1, "{}")))) {
                    assertThat(out.account().plusWritten(out.rowCount()).balances()).isTrue();
                    for (int row = 0; row < out.rowCount(); row++) {
                        kept.add(((Number) out.arrow().getVector("k").getObject(row)).longValue());
                    }
                }
            }
        }
        return kept;
    }
}

package io.windrow.core.transform.expression;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.BatchBuilder;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Test;

class ExpressionOracleTest {
    private static final StreamSchema SCHEMA = new StreamSchema(
            new StreamName("s", "t"), 1,
            List.of(
                    ExpressionTest.column(1, "n", new ColumnType.Int(64, true)),
                    ExpressionTest.column(2, "k", new ColumnType.Int(64, true)),
                    ExpressionTest.column(3, "d", new ColumnType.Decimal(9, 2)),
                    ExpressionTest.column(4, "w", new ColumnType.Decimal(30, 6)),
                    ExpressionTest.column(5, "s", new ColumnType.Text()),
                    ExpressionTest.column(6, "b", new ColumnType.Bool())),
            List.of());

    @Test
    void everyRowIsWhatARowByRowReadingOfTheExpressionSays() {
        // The same expressions in every build; others by -Dwindrow.seed=…
        long seed = Long.getLong("windrow.seed", 20_261_130);
        Random random = new Random(seed);
        RandomExpression expressions = new RandomExpression(random);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            rows.add(row(random));
        }
        int errors = 0;
        int nulls = 0;
        try (RootAllocator allocator = new RootAllocator(64 << 20); Batch batch = batch(rows, allocator)) {
            for (int round = 0; round < 300; round++) {
                boolean condition = random.nextBoolean();
                RandomExpression.Meant meant = switch (condition ? 0 : 1 + random.nextInt(3)) {
                    case 0 -> expressions.condition(3);
                    case 1 -> expressions.whole(3);
                    case 2 -> expressions.decimal(2);
                    default -> expressions.text(3);
                };
                Expression expression;
                try {
                    expression = Expression.of(meant.text(), SCHEMA, "here");
                } catch (WindrowException e) {
                    throw new AssertionError("seed " + seed + ": " + meant.text(), e);
                }
                Outcome outcome = expression.over(batch.arrow());
                try (FieldVector vector = outcome.vector(ExpressionTest.column(9, "x", expression.type()), allocator)) {
                    for (int i = 0; i < rows.size(); i++) {
                        Object wanted = meant.of().apply(rows.get(i));
                        String where = "seed " + seed + ": " + meant.text() + " on " + rows.get(i);
                        assertThat(outcome.error(i) != null).as(where).isEqualTo(wanted == RandomExpression.ERROR);
                        errors += wanted == RandomExpression.ERROR ? 1 : 0;
                        nulls += wanted == RandomExpression.NULL ? 1 : 0;
                        if (wanted == RandomExpression.ERROR || wanted == RandomExpression.NULL) {
                            assertThat(vector.isNull(i)).as(where).isTrue();
                        } else if (wanted instanceof BigDecimal decimal) {
                            assertThat((BigDecimal) vector.getObject(i)).as(where).isEqualByComparingTo(decimal);
                        } else {
                            assertThat(String.valueOf(vector.getObject(i))).as(where).isEqualTo(wanted.toString());
                        }
                    }
                }
            }
        }
        assertThat(errors).as("seed %s", seed).isPositive();
        assertThat(nulls).as("seed %s", seed).isPositive();
    }

    private static Map<String, Object> row(Random random) {
        Map<String, Object> row = new HashMap<>();
        put(row, "n", random, (long) random.nextInt(11) - 5);
        put(row, "k", random, random.nextInt(3) == 0 ? Long.MIN_VALUE + random.nextInt(2) : random.nextLong());
        put(row, "d", random, BigDecimal.valueOf(random.nextInt(200_000) - 100_000, 2));
        put(row, "w", random, new BigDecimal(new BigInteger(80, random), 6));
        put(row, "s", random, List.of("", "a", "ab", "abß", "😀", "zzz").get(random.nextInt(6)));
        put(row, "b", random, random.nextBoolean());
        return row;
    }

    private static void put(Map<String, Object> row, String name, Random random, Object value) {
        if (random.nextInt(5) > 0) {
            row.put(name, value);
        }
    }

    private static Batch batch(List<Map<String, Object>> rows, RootAllocator allocator) {
        try (BatchBuilder builder = new BatchBuilder(SCHEMA, allocator)) {
            for (Map<String, Object> row : rows) {
                SCHEMA.columns().forEach(column -> {
                    if (row.containsKey(column.name())) {
                        builder.set(column.name(), row.get(column.name()));
                    } else {
                        builder.setNull(column.name());
                    }
                });
                builder.endRow();
            }
            return builder.build(new Position(1, "{}"));
        }
    }
}

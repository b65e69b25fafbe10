package io.windrow.benchmarks.governed;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The model against the how-tos: a model that is wrong finds faults where there are none. */
class OracleTest {
    private static final StreamName STREAM = StreamName.of("hay");

    private final Policies policies = new Policies();

    private static View view(ColumnType... types) {
        List<Column> columns = new java.util.ArrayList<>();
        for (ColumnType type : types) {
            columns.add(new Column(columns.size() + 1, columns.isEmpty() ? "n" : "c" + (columns.size() + 1), type, true, ""));
        }
        return View.of(columns, List.of());
    }

    private static Map<Integer, Object> row(Object... values) {
        Map<Integer, Object> row = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            row.put(i + 1, values[i]);
        }
        return row;
    }

    @Test
    void anExpressionLooksAtTheFieldsThatItNamesAndAtNoOthers() throws Formula.Fault {
        Map<String, @Nullable Object> row = new HashMap<>();
        row.put("c3", "told");
        row.put("c5", "was a number once");
        assertThat(new Formula(Formula.Form.TOLD, "c5", "c5", "c3", 0).of(row)).isEqualTo(true);
        assertThat(new Formula(Formula.Form.LENGTH, "c5", "c3", "c3", 0).of(row)).isEqualTo(BigInteger.valueOf(4));
        row.put("n", BigInteger.TEN);
        assertThat(new Formula(Formula.Form.GREATER, "n", "c5", "n", 9).of(row)).isEqualTo(true);
    }

    @Test
    void aDecimalOutsideOfTheRangeIsThatAlsoWhereItHasAFraction() {
        policies.shape.put(STREAM, new Policies.Shape(Optional.empty(), Map.of(), List.of(), Map.of(), Map.of("c2", "int64")));
        View view = view(new ColumnType.Int(64, true), new ColumnType.Decimal(38, 6));
        Oracle oracle = new Oracle(policies, STREAM);
        assertThat(oracle.of(view, row(BigInteger.ONE, new BigDecimal("9223372036854775807.000000"))))
                .isInstanceOf(Fate.Written.class);
        for (String large : List.of("9223372036854775807.500000", "9223372036854775808.000000", "-99999999999999999999.500000")) {
            assertThat(oracle.of(view, row(BigInteger.ONE, new BigDecimal(large))))
                    .isEqualTo(new Fate.Aside("1", "shape.cast_range", "c2"));
        }
        assertThat(oracle.of(view, row(BigInteger.ONE, new BigDecimal("0.500000"))))
                .isEqualTo(new Fate.Aside("1", "shape.cast_inexact", "c2"));
    }

    @Test
    void aNumberIsRepeatedWhateverItsTypeHasBecomeAndATextIsNoNumber() {
        policies.dedupe.put(STREAM, new Policies.Dedupe(List.of("c2"), 10));
        Oracle oracle = new Oracle(policies, STREAM);
        ColumnType number = new ColumnType.Int(64, true);
        assertThat(oracle.of(view(number, new ColumnType.Decimal(12, 2)), row(BigInteger.ONE, new BigDecimal("5.00"))))
                .isInstanceOf(Fate.Written.class);
        for (ColumnType type : List.of(new ColumnType.Decimal(38, 6), number, new ColumnType.Int(16, true))) {
            assertThat(oracle.of(view(number, type), row(BigInteger.TWO, new BigDecimal("5.00")))).isEqualTo(Fate.Dropped.REPEATED);
        }
        assertThat(oracle.of(view(number, new ColumnType.Text()), row(BigInteger.TWO, "5"))).isInstanceOf(Fate.Written.class);
    }
}

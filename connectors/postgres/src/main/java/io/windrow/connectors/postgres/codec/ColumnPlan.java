package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.OutOfRange;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** How one column of a stream is selected, typed and decoded. Immutable; made by {@link TypeMapping}. */
public final class ColumnPlan {
    private final Column column;
    private final String selectExpression;
    private final OutOfRange rule;
    private final List<MappingWarning> warnings;
    private final ValueCodec codec;
    private final LogForm logForm;
    private final FormerType.Base base;

    ColumnPlan(
            Column column, String selectExpression, OutOfRange rule, List<MappingWarning> warnings, ValueCodec codec,
            LogForm logForm, FormerType.Base base) {
        this.column = Objects.requireNonNull(column, "column");
        this.selectExpression = selectExpression;
        this.rule = rule;
        this.warnings = List.copyOf(warnings);
        this.codec = codec;
        this.logForm = logForm;
        this.base = base;
    }

    /** The column as it is delivered. */
    public Column column() {
        return column;
    }

    /** The same, of a column that may be null. */
    public ColumnPlan nullable() {
        Column may = new Column(column.id(), column.name(), column.type(), true, column.sourceType());
        return new ColumnPlan(may, selectExpression, rule, warnings, codec, logForm, base);
    }

    /** The SQL that yields the value in the form that the decoder reads: the quoted column, or a cast of it. */
    public String selectExpression() {
        return selectExpression;
    }

    /** The rule for values that the type cannot hold. */
    public OutOfRange rule() {
        return rule;
    }

    /** What the user must be told about this column; empty for every type that Windrow knows. */
    public List<MappingWarning> warnings() {
        return warnings;
    }

    /** In which form a change log holds the column's values. */
    public LogForm logForm() {
        return logForm;
    }

    /**
     * How values of a type that the column had before are values of its type now.
     *
     * @param oid the type's oid
     * @param typmod its modifier, −1 for none
     * @return empty: they may be others, or nobody knows
     */
    public Optional<FormerType> former(long oid, int typmod) {
        return FormerType.of(new FormerType.Base(oid, typmod), base, column.type());
    }

    ValueCodec codec() {
        return codec;
    }

    /** The select list of the plans, in order, for {@code COPY (SELECT … FROM …) TO STDOUT (FORMAT binary)}. */
    public static String selectList(List<ColumnPlan> plans) {
        return plans.stream().map(ColumnPlan::selectExpression).collect(Collectors.joining(", "));
    }
}

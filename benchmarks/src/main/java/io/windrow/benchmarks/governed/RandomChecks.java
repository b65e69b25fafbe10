package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.benchmarks.governed.Policies.Check;
import io.windrow.benchmarks.governed.Policies.Presence;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Checks of a contract that fit a column's type and that some rows break. */
final class RandomChecks {
    private RandomChecks() {}

    static Check of(Column column, Random random) {
        Presence presence = random.nextInt(3) == 0 ? Presence.DEMANDED : Presence.OPTIONAL;
        Optional<String> none = Optional.empty();
        boolean first = random.nextBoolean();
        return switch (column.type()) {
            case ColumnType.Int ignored when first -> new Check(column.name(), presence, none, none, none, List.of("0", "1", "2", "3", "5", "8", "13", "21", "34", "55"));
            case ColumnType.Int ignored -> range(column, presence, "1", "90");
            case ColumnType.Decimal ignored -> range(column, presence, "-80", "80");
            case ColumnType.Float ignored -> range(column, presence, "-45", "45");
            case ColumnType.Text ignored when first ->
                    new Check(column.name(), presence, none, none, Optional.of("(?s)[a-zA-Z0-9 @+.,-]*"), List.of());
            case ColumnType.Text ignored ->
                    new Check(column.name(), presence, none, none, none, List.of("alpha", "beta", "gamma", "", "NULL"));
            case ColumnType.Date ignored -> range(column, presence, "1990-01-01", "2020-12-31");
            case ColumnType.Time ignored -> range(column, presence, "00:00:01", "22:00:00");
            case ColumnType.Bool ignored -> new Check(column.name(), presence, none, none, none, List.of("true"));
            default -> new Check(column.name(), Presence.DEMANDED, none, none, none, List.of());
        };
    }

    private static Check range(Column column, Presence presence, String min, String max) {
        return new Check(column.name(), presence, Optional.of(min), Optional.of(max), Optional.empty(), List.of());
    }
}

package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Changes a table as its owner would: adds, drops, renames, widens, narrows, and lets null in or out. */
final class RandomDrift {
    private static final Map<ColumnType, ColumnType> WIDER = Map.of(
            new ColumnType.Int(16, true), new ColumnType.Int(32, true),
            new ColumnType.Int(32, true), new ColumnType.Int(64, true),
            new ColumnType.Float(32), new ColumnType.Float(64),
            new ColumnType.Decimal(12, 2), new ColumnType.Decimal(38, 6));

    private final RandomPipeline pipeline;
    private final Random random;

    RandomDrift(RandomPipeline pipeline, Random random) {
        this.pipeline = pipeline;
        this.random = random;
    }

    /** Changes something; the column that was added, if one was. */
    Optional<Column> change(Table table) {
        Optional<Column> added = Optional.empty();
        List<Column> columns = new ArrayList<>(table.columns);
        int at = 1 + random.nextInt(columns.size() - 1);
        Column column = columns.get(at);
        switch (random.nextInt(7)) {
            case 0 -> {
                added = Optional.of(nullable(pipeline.column(table)));
                columns.add(1 + random.nextInt(columns.size()), added.get());
            }
            case 1 -> {
                if (columns.size() > 2 && !table.key.contains(column.name())) {
                    columns.remove(at);
                }
            }
            case 2 -> rename(table, columns, at);
            case 3 -> retype(columns, at, WIDER.get(column.type()));
            case 4 -> retype(columns, at, WIDER.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(column.type())).map(Map.Entry::getKey).findFirst().orElse(null));
            case 5 -> {
                if (column.type().equals(new ColumnType.Int(64, true)) && !isUsed(table, column)) {
                    retype(columns, at, new ColumnType.Text());
                }
            }
            default -> columns.set(at, new Column(column.id(), column.name(), column.type(), !column.nullable(), "a type"));
        }
        table.columns = columns;
        pipeline.markSecret(table);
        return added;
    }

    /** A text column that the policy keeps from the target holds what nobody may see. */
    void hide(Table table, Column added) {
        if (pipeline.policies.drift.filter(Set.of("freeze", "quarantine")::contains).isPresent()
                && added.type() instanceof ColumnType.Text && random.nextBoolean()) {
            table.secret.add(added.id());
            table.tainted = true;
        }
    }

    private static Column nullable(Column column) {
        return new Column(column.id(), column.name(), column.type(), true, column.sourceType());
    }

    private void rename(Table table, List<Column> columns, int at) {
        Column column = columns.get(at);
        String name = "c" + (100 + random.nextInt(900));
        if (columns.stream().noneMatch(other -> other.name().equals(name))) {
            columns.set(at, new Column(column.id(), name, column.type(), column.nullable(), "a type"));
            table.key = table.key.stream().map(key -> key.equals(column.name()) ? name : key).toList();
        }
    }

    private static void retype(List<Column> columns, int at, @org.jspecify.annotations.Nullable ColumnType type) {
        if (type != null) {
            Column column = columns.get(at);
            columns.set(at, new Column(column.id(), column.name(), type, column.nullable(), "a type"));
        }
    }

    /** Whether a policy speaks of the column by its type. */
    private boolean isUsed(Table table, Column column) {
        Set<String> used = new TreeSet<>();
        pipeline.policies.checks.getOrDefault(table.stream, List.of()).forEach(check -> used.add(check.field()));
        Policies.Shape shape = pipeline.policies.shape.get(table.stream);
        if (shape != null) {
            shape.filter().ifPresent(formula -> used.addAll(formula.fields()));
            shape.compute().values().forEach(formula -> used.addAll(formula.fields()));
            used.addAll(shape.cast().keySet());
        }
        return used.contains(column.name());
    }
}

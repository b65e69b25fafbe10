package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.benchmarks.governed.Formula.Form;
import io.windrow.benchmarks.governed.Policies.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;

/** A random filter, computed columns, a selection, new names and casts that fit the columns given. */
final class RandomShape {
    private static final Pattern SIMPLE = Pattern.compile("n|c\\d+");

    private final Random random;
    private final List<Column> input;
    private final Shape shape;
    private List<Column> columns;

    RandomShape(Random random, List<Column> input) {
        this.random = random;
        this.input = input;
        Optional<Formula> filter = random.nextBoolean() ? formula(true) : Optional.empty();
        Map<String, Formula> compute = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            int number = i;
            formula(false).ifPresent(made -> compute.put("made" + number, made));
        }
        columns = Oracle.computed(input, compute);
        List<String> select = random.nextInt(3) > 0 ? List.of() : selection();
        columns = Oracle.selected(columns, select);
        Map<String, String> rename = new LinkedHashMap<>();
        if (random.nextInt(3) == 0) {
            rename.put(columns.get(random.nextInt(columns.size())).name(), "renamed");
        }
        columns = Oracle.renamed(columns, rename);
        Map<String, String> cast = new LinkedHashMap<>();
        for (Column column : columns) {
            if (random.nextInt(5) == 0) {
                cast(column).ifPresent(type -> cast.put(column.name(), type));
            }
        }
        columns = Oracle.cast(columns, cast);
        shape = new Shape(filter, compute, select, rename, cast);
    }

    Shape shape() {
        return shape;
    }

    /** The columns that come out. */
    List<Column> columns() {
        return columns;
    }

    private Optional<Formula> formula(boolean condition) {
        List<String> wholes = input.stream().filter(column -> SIMPLE.matcher(column.name()).matches() && Oracle.isWhole(column)).map(Column::name).toList();
        List<String> texts = input.stream()
                .filter(column -> SIMPLE.matcher(column.name()).matches() && column.type() instanceof ColumnType.Text).map(Column::name).toList();
        List<Form> forms = Arrays.stream(Form.values())
                .filter(form -> form.isCondition() == condition)
                .filter(form -> !form.needsWhole || !wholes.isEmpty())
                .filter(form -> !form.needsText || !texts.isEmpty())
                .toList();
        if (forms.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Formula(
                forms.get(random.nextInt(forms.size())), any(wholes), any(wholes), any(texts), random.nextInt(40) - 10));
    }

    private String any(List<String> of) {
        return of.isEmpty() ? "" : of.get(random.nextInt(of.size()));
    }

    private List<String> selection() {
        List<String> names = new ArrayList<>(columns.stream().map(Column::name).toList());
        java.util.Collections.shuffle(names, random);
        return names.subList(0, 1 + random.nextInt(names.size()));
    }

    private Optional<String> cast(Column column) {
        return switch (column.type()) {
            case ColumnType.Int t when t.signed() -> Optional.of(random.nextBoolean() ? "text" : "int16");
            case ColumnType.Decimal t when t.precision() == 12 -> Optional.of("int64");
            case ColumnType.Date ignored -> Optional.of("timestamp");
            case ColumnType.Bool ignored -> Optional.of("int8");
            default -> Optional.empty();
        };
    }
}

package io.windrow.benchmarks.governed;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * In which columns rows are delivered, given those that the source has: the table of drift policies in the how-to, read
 * once more.
 *
 * @param offered the columns that the source has
 * @param key the key that it has
 * @param delivered the columns that are delivered, under their delivered names
 * @param deliveredKey the key that is delivered
 * @param misfits what becomes of a row that holds more than {@code delivered}
 */
record View(List<Column> offered, List<String> key, List<Column> delivered, List<String> deliveredKey, Misfits misfits) {
    /** What becomes of a row that holds more than what is delivered. */
    enum Misfits {
        NONE,
        CUT,
        SET_ASIDE
    }

    /** Rows as the source has them. */
    static View of(List<Column> columns, List<String> key) {
        return new View(columns, key, columns, key, Misfits.NONE);
    }

    /** How rows pass after those that were delivered as the other view says; empty: the stream stops. */
    static Optional<View> after(View accepted, List<Column> columns, List<String> key, Optional<String> policy) {
        Set<String> changes = changes(accepted, columns, key);
        if (changes.isEmpty() || policy.isEmpty()) {
            return Optional.of(of(columns, key));
        }
        boolean keeps = false;
        boolean aside = false;
        for (String change : changes) {
            switch (policy.get() + " " + change) {
                case "evolve add", "evolve drop", "evolve rename", "evolve widen", "evolve nullable", "evolve not_null", "evolve key" -> {}
                case "freeze add", "freeze rename", "freeze not_null", "quarantine rename", "quarantine not_null" -> keeps = true;
                case "quarantine add", "quarantine nullable" -> aside = true;
                default -> {
                    return Optional.empty();
                }
            }
        }
        if (keeps || aside) {
            return Optional.of(new View(
                    columns, key, accepted.delivered, accepted.deliveredKey, aside ? Misfits.SET_ASIDE : Misfits.CUT));
        }
        return Optional.of(of(columns, key));
    }

    private static Set<String> changes(View accepted, List<Column> columns, List<String> key) {
        Set<String> changes = new TreeSet<>();
        List<String> keyNow = new ArrayList<>(accepted.deliveredKey);
        for (Column before : accepted.delivered) {
            Column after = byId(columns, before.id());
            if (after == null) {
                changes.add("drop");
                keyNow.replaceAll(name -> name.equals(before.name()) ? "" : name);
                continue;
            }
            if (!before.name().equals(after.name())) {
                changes.add("rename");
                keyNow.replaceAll(name -> name.equals(before.name()) ? after.name() : name);
            }
            if (before.nullable() != after.nullable()) {
                changes.add(after.nullable() ? "nullable" : "not_null");
            }
            if (!before.type().equals(after.type())) {
                changes.add(wider(before.type(), after.type()) ? "widen" : wider(after.type(), before.type()) ? "narrow" : "retype");
            }
        }
        for (Column after : columns) {
            if (byId(accepted.delivered, after.id()) == null) {
                changes.add("add");
            }
        }
        if (!keyNow.equals(key)) {
            changes.add("key");
        }
        return changes;
    }

    private static boolean wider(ColumnType from, ColumnType to) {
        return switch (from) {
            case ColumnType.Int a when to instanceof ColumnType.Int b -> a.signed() == b.signed() && b.bits() > a.bits();
            case ColumnType.Float a when to instanceof ColumnType.Float b -> b.bits() > a.bits();
            case ColumnType.Decimal a when to instanceof ColumnType.Decimal b ->
                    b.scale() >= a.scale() && b.precision() - b.scale() >= a.precision() - a.scale();
            default -> false;
        };
    }

    static @Nullable Column byId(List<Column> columns, int id) {
        return columns.stream().filter(column -> column.id() == id).findFirst().orElse(null);
    }

    /** The column of the source that a delivered one comes from. */
    Column source(Column column) {
        Column source = byId(offered, column.id());
        if (source == null) {
            throw new IllegalStateException("No source of " + column);
        }
        return source;
    }

    /** The columns of the source that are not delivered. */
    List<Column> surplus() {
        return offered.stream().filter(column -> byId(delivered, column.id()) == null).toList();
    }
}

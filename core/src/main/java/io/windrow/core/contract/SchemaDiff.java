package io.windrow.core.contract;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.SameColumns;
import io.windrow.api.schema.SameColumns.Label;
import io.windrow.api.schema.StreamSchema;
import io.windrow.core.contract.SchemaChange.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has become of a schema, its columns being the same by {@link SameColumns}. The order of columns, and how the source itself
 * writes a type, do not count. Pure.
 */
public final class SchemaDiff {
    private SchemaDiff() {}

    /** The changes in the order of the accepted columns, then what is new, then the key; empty if there are none. */
    public static List<SchemaChange> of(StreamSchema accepted, StreamSchema offered) {
        Map<Column, Column> now = matched(accepted, offered);
        List<SchemaChange> changes = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        for (Column before : accepted.columns()) {
            Column after = now.get(before);
            if (after == null) {
                changes.add(new SchemaChange(Kind.DROP, before.name(), TypeNames.of(before.type()), ""));
                continue;
            }
            names.put(before.name(), after.name());
            column(before, after, changes);
        }
        for (Column column : offered.columns()) {
            if (!now.containsValue(column)) {
                changes.add(new SchemaChange(Kind.ADD, column.name(), "", TypeNames.of(column.type())));
            }
        }
        List<String> key = accepted.key().stream().map(name -> names.getOrDefault(name, "")).toList();
        if (!key.equals(offered.key())) {
            changes.add(new SchemaChange(
                    Kind.KEY, "", String.join(", ", accepted.key()), String.join(", ", offered.key())));
        }
        return changes;
    }

    private static void column(Column before, Column after, List<SchemaChange> changes) {
        String old = TypeNames.of(before.type());
        String type = TypeNames.of(after.type());
        if (!before.name().equals(after.name())) {
            changes.add(new SchemaChange(Kind.RENAME, before.name(), before.name(), after.name()));
        }
        if (!old.equals(type)) {
            Kind kind = isWider(before.type(), after.type()) ? Kind.WIDEN
                    : isWider(after.type(), before.type()) ? Kind.NARROW : Kind.RETYPE;
            changes.add(new SchemaChange(kind, after.name(), old, type));
        }
        if (before.nullable() != after.nullable()) {
            changes.add(new SchemaChange(after.nullable() ? Kind.NULLABLE : Kind.NOT_NULL, after.name(), type, type));
        }
    }

    /** Accepted columns with the offered ones that they are now. */
    static Map<Column, Column> matched(StreamSchema accepted, StreamSchema offered) {
        List<Integer> same = SameColumns.indexes(Label.of(accepted.columns()), Label.of(offered.columns()));
        Map<Column, Column> matched = new HashMap<>();
        for (int i = 0; i < same.size(); i++) {
            if (same.get(i) >= 0) {
                matched.put(accepted.columns().get(i), offered.columns().get(same.get(i)));
            }
        }
        return matched;
    }

    /** The accepted names of the offered columns that were accepted, by their offered names. */
    public static Map<String, String> acceptedNames(StreamSchema accepted, StreamSchema offered) {
        Map<String, String> names = new HashMap<>();
        matched(accepted, offered).forEach((before, after) -> names.put(after.name(), before.name()));
        return names;
    }

    /** Whether {@code to} is another type that holds every value of {@code from} exactly. */
    public static boolean isWider(ColumnType from, ColumnType to) {
        return switch (from) {
            case ColumnType.Int a -> switch (to) {
                case ColumnType.Int b -> a.signed() == b.signed() ? b.bits() > a.bits() : b.signed() && b.bits() > a.bits();
                case ColumnType.Decimal b -> b.precision() - b.scale() >= digits(a);
                case ColumnType.Float b -> a.bits() <= (b.bits() == 32 ? 16 : 32);
                default -> false;
            };
            case ColumnType.Decimal a -> to instanceof ColumnType.Decimal b && !a.equals(b) && b.scale() >= a.scale()
                    && b.precision() - b.scale() >= a.precision() - a.scale();
            case ColumnType.Float a -> to instanceof ColumnType.Float b && b.bits() > a.bits();
            case ColumnType.ListOf a -> to instanceof ColumnType.ListOf b && isWider(a.element().type(), b.element().type());
            default -> false;
        };
    }

    private static int digits(ColumnType.Int type) {
        return switch (type.bits()) {
            case 8 -> 3;
            case 16 -> 5;
            case 32 -> 10;
            default -> type.signed() ? 19 : 20;
        };
    }
}

package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.ColumnType;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The reference table of types for the documentation, written from the mapping itself. */
public final class TypeTable {
    static final List<String> LTREE_TYPES = List.of("ltree", "lquery", "ltxtquery");

    private static final int NUMERIC_15_2 = (15 << 16 | 2) + 4;

    private TypeTable() {}

    /** The whole page for the docs. */
    public static String page() {
        return """
                # PostgreSQL types

                Generated from the type mapping itself; a test fails when it has drifted. The second column is the type that a
                batch carries, the third names the values which that type cannot hold: they follow the stream's `out_of_range`
                rule (`fail`, `null` with a counter, or `text` for the whole column) and never become another value in silence.
                How each of these types is written in each file format: [types in files](file-types.md).

                """
                + markdown();
    }

    /** A Markdown table: PostgreSQL type, column type, values that the column type cannot hold. */
    public static String markdown() {
        StringBuilder out = new StringBuilder();
        out.append("| PostgreSQL | delivered as | values under the out_of_range rule |\n|---|---|---|\n");
        for (Map.Entry<Long, BuiltInTypes.Leaf> entry : BuiltInTypes.leaves().entrySet()) {
            row(out, entry.getValue().name(), entry.getValue());
        }
        row(out, "numeric(p, s), at most 38 digits", BuiltInTypes.numeric(NUMERIC_15_2));
        row(out, "numeric without precision, or of more digits", BuiltInTypes.numeric(-1));
        row(out, "money (scale of the database's lc_monetary)", BuiltInTypes.money(2));
        row(out, "enum", BuiltInTypes.characters("enum"));
        row(out, "citext", BuiltInTypes.characters("citext"));
        for (String name : LTREE_TYPES) {
            row(out, name, BuiltInTypes.versioned(name));
        }
        plain(out, "any array", "Struct{dimensions, lower_bounds, elements}", "as its element type, value by value");
        plain(out, "domain", "as its base type", "as its base type");
        plain(out, "composite", "Struct of its fields", "as its fields, value by value");
        plain(
                out,
                "range",
                "Struct{lower, upper, lower_inclusive, upper_inclusive, empty}",
                "as its subtype; under null the whole range becomes null");
        plain(out, "multirange", "ListOf its range", "as its range");
        plain(out, "hstore and every other type of pg_catalog", "Text, PostgreSQL's text form", "none");
        plain(out, "a type of another extension", "Text, PostgreSQL's text form, with a warning", "none");
        return out.toString();
    }

    private static void row(StringBuilder out, String name, BuiltInTypes.Leaf leaf) {
        String kinds =
                leaf.kinds().stream().map(OutOfRangeKind::description).sorted().collect(Collectors.joining(", "));
        plain(out, name, describe(leaf.type()), kinds.isEmpty() ? "none" : kinds);
    }

    private static void plain(StringBuilder out, String first, String second, String third) {
        out.append("| ").append(first).append(" | ").append(second).append(" | ").append(third).append(" |\n");
    }

    private static String describe(ColumnType type) {
        return switch (type) {
            case ColumnType.Bool ignored -> "Bool";
            case ColumnType.Int t -> (t.signed() ? "Int" : "UInt") + t.bits();
            case ColumnType.Float t -> "Float" + t.bits();
            case ColumnType.Decimal t -> "Decimal(" + t.precision() + ", " + t.scale() + ")";
            case ColumnType.Text ignored -> "Text";
            case ColumnType.Json ignored -> "Json";
            case ColumnType.Bytes ignored -> "Bytes";
            case ColumnType.Uuid ignored -> "Uuid";
            case ColumnType.Date ignored -> "Date";
            case ColumnType.Time ignored -> "Time";
            case ColumnType.Timestamp t -> t.utc() ? "Timestamp (UTC)" : "Timestamp (local)";
            case ColumnType.Interval ignored -> "Interval";
            case ColumnType.ListOf t -> "List of " + describe(t.element().type());
            case ColumnType.Struct ignored -> "Struct";
        };
    }
}

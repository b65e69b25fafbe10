package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.catalog.PgType;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.catalog.ServerFacts;
import io.windrow.connectors.postgres.catalog.TypeGraph;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The one mapping from PostgreSQL types to column types, by oid: what a value becomes, how it is selected and which decoder
 * reads it. Types without a decoder of ours, and what is made of them, travel as the text that their output function writes:
 * known ones as they are, unknown ones with a warning (I10). Immutable.
 */
public final class TypeMapping {
    private final TypeGraph types;
    private final int moneyScale;

    /** A mapping for the types of one database. */
    public TypeMapping(TypeGraph types, ServerFacts server) {
        this.types = types;
        this.moneyScale = server.moneyScale();
    }

    /**
     * The plan of one column.
     *
     * @param rule what becomes of values that the column's type cannot hold
     */
    public ColumnPlan plan(RelationColumn column, OutOfRange rule) {
        Resolution resolution = new Resolution(column, rule);
        Mapped mapped = resolution.map(column.typeOid(), column.typmod());
        String name = Identifier.quoted(column.name());
        boolean nullable = column.nullability() == RelationColumn.Nullability.NULLABLE
                || (rule == OutOfRange.NULL && !resolution.kinds.isEmpty());
        return new ColumnPlan(
                new Column(column.number(), column.name(), mapped.type, nullable, column.display()),
                mapped.form == Form.BINARY ? name : outputOf(types.type(column.typeOid()), name),
                rule,
                resolution.warnings,
                mapped.codec,
                logForm(mapped, base(column)),
                base(column));
    }

    private FormerType.Base base(RelationColumn column) {
        FormerType.Base base = new FormerType.Base(column.typeOid(), column.typmod());
        while (types.type(base.oid()) instanceof PgType.Domain domain) {
            base = new FormerType.Base(domain.baseOid(), domain.typmod() >= 0 ? domain.typmod() : base.typmod());
        }
        return base;
    }

    private LogForm logForm(Mapped mapped, FormerType.Base base) {
        if (mapped.form == Form.BINARY) {
            return LogForm.BINARY;
        }
        PgType type = types.type(base.oid());
        return type instanceof PgType.Base && type.identity().sendable() == PgType.Sendable.TEXT_ONLY
                ? LogForm.TEXT
                : LogForm.TEXT_ON_REQUEST;
    }

    /** The plans of columns under one rule, in order. */
    public List<ColumnPlan> plans(List<RelationColumn> columns, OutOfRange rule) {
        return columns.stream().map(column -> plan(column, rule)).toList();
    }

    /**
     * @param wireOid the type that the server announces for it inside arrays and composites
     */
    private record Mapped(ColumnType type, ValueCodec codec, long wireOid, Form form) {
        static final Mapped TEXT = new Mapped(new ColumnType.Text(), BytesDecoder::new, BuiltInTypes.TEXT, Form.TEXT);

        static Mapped binary(ColumnType type, ValueCodec codec, long oid) {
            return new Mapped(type, codec, oid, Form.BINARY);
        }

        Mapped announcedAs(long oid) {
            return form == Form.BINARY ? binary(type, codec, oid) : this;
        }
    }

    /** What the decoder is given in a snapshot. */
    private enum Form {
        BINARY,
        TEXT
    }

    private final class Resolution {
        private final RelationColumn column;
        private final OutOfRange rule;
        private final List<MappingWarning> warnings = new ArrayList<>();
        private final Set<OutOfRangeKind> kinds = new HashSet<>();

        Resolution(RelationColumn column, OutOfRange rule) {
            this.column = column;
            this.rule = rule;
        }

        Mapped map(long oid, int typmod) {
            PgType type = types.type(oid);
            if (type.identity().sendable() == PgType.Sendable.TEXT_ONLY && type instanceof PgType.Base) {
                return unknownOrText(type);
            }
            return switch (type) {
                case PgType.Domain domain ->
                    map(domain.baseOid(), domain.typmod() >= 0 ? domain.typmod() : typmod).announcedAs(oid);
                case PgType.EnumType ignored -> leaf(BuiltInTypes.characters("enum"), type);
                case PgType.Array array -> array(array, typmod);
                case PgType.Composite composite -> composite(composite);
                case PgType.Range range -> range(range);
                case PgType.Multirange multirange -> multirange(multirange);
                case PgType.Pseudo ignored -> unknownOrText(type);
                case PgType.Base ignored -> base(type, typmod);
            };
        }

        private Mapped base(PgType type, int typmod) {
            PgType.Identity id = type.identity();
            if (id.namespace().equals("pg_catalog")) {
                if (id.oid() == BuiltInTypes.NUMERIC) {
                    return leaf(BuiltInTypes.numeric(typmod), type);
                }
                if (id.oid() == BuiltInTypes.MONEY) {
                    return leaf(BuiltInTypes.money(moneyScale), type);
                }
                BuiltInTypes.Leaf leaf = BuiltInTypes.leaves().get(id.oid());
                return leaf == null ? unknownOrText(type) : leaf(leaf, type);
            }
            String extension = id.extension().orElse("");
            if (extension.equals("citext") && id.name().equals("citext")) {
                return leaf(BuiltInTypes.characters("citext"), type);
            }
            if (extension.equals("ltree") && TypeTable.LTREE_TYPES.contains(id.name())) {
                return leaf(BuiltInTypes.versioned(id.name()), type);
            }
            return unknownOrText(type);
        }

        private Mapped leaf(BuiltInTypes.Leaf leaf, PgType type) {
            if (rule == OutOfRange.TEXT && !leaf.kinds().isEmpty()) {
                return Mapped.TEXT;
            }
            kinds.addAll(leaf.kinds());
            return Mapped.binary(leaf.type(), leaf.codec(), type.oid());
        }

        private Mapped unknownOrText(PgType type) {
            PgType.Identity id = type.identity();
            boolean known = id.namespace().equals("pg_catalog")
                    || (id.extension().orElse("").equals("hstore") && id.name().equals("hstore"));
            if (!known) {
                warnings.add(new MappingWarning(
                        column.name(),
                        id.display(),
                        "Column " + Identifier.quoted(column.name()) + " has the type " + id.display()
                                + ", which Windrow does not know: its values are delivered in PostgreSQL's text form."));
            }
            return Mapped.TEXT;
        }

        private Mapped array(PgType.Array array, int typmod) {
            Mapped element = map(array.elementOid(), typmod);
            String display = types.type(array.elementOid()).identity().display();
            if (element.form == Form.BINARY) {
                return Mapped.binary(
                        arrayType(element.type, display), arrayCodec(element, array.delimiter()), array.oid());
            }
            ValueCodec codec = arrayCodec(Mapped.TEXT, array.delimiter());
            return new Mapped(arrayType(new ColumnType.Text(), display), codec, array.oid(), Form.TEXT);
        }

        private Mapped composite(PgType.Composite composite) {
            if (composite.fields().isEmpty()) {
                return Mapped.TEXT;
            }
            List<Column> fields = new ArrayList<>();
            List<Mapped> mapped = new ArrayList<>();
            boolean binary = true;
            for (PgType.CompositeField field : composite.fields()) {
                Mapped one = map(field.typeOid(), field.typmod());
                String display = types.type(field.typeOid()).identity().display();
                fields.add(new Column(field.number(), field.name(), one.type, true, display));
                mapped.add(one);
                binary &= one.form == Form.BINARY;
            }
            int[] oids = mapped.stream().mapToInt(one -> (int) one.wireOid).toArray();
            List<ValueCodec> codecs = mapped.stream().map(Mapped::codec).toList();
            Form form = binary ? Form.BINARY : Form.TEXT;
            ValueCodec codec = (allocator, guard) -> sent(form, new StructDecoder.Composite(
                    allocator,
                    guard,
                    codecs.stream().map(c -> c.decoder(allocator, guard)).toArray(ValueDecoder[]::new),
                    oids));
            return new Mapped(new ColumnType.Struct(fields), codec, composite.oid(), form);
        }

        private Mapped range(PgType.Range range) {
            Mapped bound = map(range.subtypeOid(), -1);
            if (bound.form == Form.TEXT) {
                return Mapped.TEXT;
            }
            String display = types.type(range.subtypeOid()).identity().display();
            return Mapped.binary(rangeType(bound.type, display), rangeCodec(bound.codec), range.oid());
        }

        private Mapped multirange(PgType.Multirange multirange) {
            Mapped range = map(multirange.rangeOid(), -1);
            if (range.form == Form.TEXT) {
                return Mapped.TEXT;
            }
            String display = types.type(multirange.rangeOid()).identity().display();
            return Mapped.binary(
                    new ColumnType.ListOf(new Column(1, "element", range.type, true, display)),
                    (allocator, guard) ->
                            new ListDecoder.Multirange(allocator, guard, range.codec.decoder(allocator, guard)),
                    multirange.oid());
        }
    }

    /** The output function itself: a cast to text is another function for some types (inet, bool, extension types). */
    private static String outputOf(PgType type, String sql) {
        return type instanceof PgType.Pseudo
                ? "(" + sql + ")::pg_catalog.text"
                : "pg_catalog.textin(" + type.identity().output() + "(" + sql + "))";
    }

    private static ColumnType arrayType(ColumnType element, String display) {
        ColumnType.Int int32 = new ColumnType.Int(32, true);
        Column whole = new Column(1, "element", int32, false, "integer");
        return new ColumnType.Struct(List.of(
                new Column(1, "dimensions", new ColumnType.ListOf(whole), false, "integer[]"),
                new Column(2, "lower_bounds", new ColumnType.ListOf(whole), false, "integer[]"),
                new Column(
                        3,
                        "elements",
                        new ColumnType.ListOf(new Column(1, "element", element, true, display)),
                        false,
                        display + "[]")));
    }

    private static ValueCodec arrayCodec(Mapped element, char delimiter) {
        return (allocator, guard) -> sent(element.form, ArrayDecoder.of(
                allocator, guard, element.codec.decoder(allocator, guard), (int) element.wireOid, delimiter));
    }

    private static ValueDecoder sent(Form form, StructDecoder decoder) {
        return switch (form) {
            case BINARY -> decoder;
            case TEXT -> decoder.ofText();
        };
    }

    private static ColumnType rangeType(ColumnType bound, String display) {
        return new ColumnType.Struct(List.of(
                new Column(1, "lower", bound, true, display),
                new Column(2, "upper", bound, true, display),
                new Column(3, "lower_inclusive", new ColumnType.Bool(), false, "boolean"),
                new Column(4, "upper_inclusive", new ColumnType.Bool(), false, "boolean"),
                new Column(5, "empty", new ColumnType.Bool(), false, "boolean")));
    }

    private static ValueCodec rangeCodec(ValueCodec bound) {
        return (allocator, guard) -> new StructDecoder.Range(
                allocator,
                guard,
                bound.decoder(allocator, guard),
                bound.decoder(allocator, guard),
                new NumberDecoders.Bool(allocator, guard),
                new NumberDecoders.Bool(allocator, guard),
                new NumberDecoders.Bool(allocator, guard));
    }
}

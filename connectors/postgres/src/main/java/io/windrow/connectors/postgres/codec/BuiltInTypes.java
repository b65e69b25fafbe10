package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.ColumnType;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The leaves of the mapping: the types of pg_catalog, by their fixed oid, that have a decoder of ours. */
final class BuiltInTypes {
    static final long NUMERIC = 1700;
    static final long MONEY = 790;
    static final int TEXT = 25;

    private static final Set<OutOfRangeKind> NONE = EnumSet.noneOf(OutOfRangeKind.class);
    private static final Set<OutOfRangeKind> INFINITIES =
            EnumSet.of(OutOfRangeKind.INFINITY, OutOfRangeKind.NEGATIVE_INFINITY);
    private static final Set<OutOfRangeKind> TIMESTAMPS = EnumSet.of(
            OutOfRangeKind.INFINITY, OutOfRangeKind.NEGATIVE_INFINITY, OutOfRangeKind.BEYOND_MICROSECONDS);

    private static final ColumnType INT64 = new ColumnType.Int(64, true);
    private static final ColumnType STRING = new ColumnType.Text();
    private static final ValueCodec PLAIN = BytesDecoder::new;
    private static final ValueCodec VERSIONED = BytesDecoder.Versioned::new;
    private static final ValueCodec TIMESTAMP = reading(TimeDecoders.Timestamp::new, TextTimes::timestamp);
    private static final ValueCodec UNSIGNED4 = reading(NumberDecoders.Unsigned4::new, TextForms::int4);

    private static final Map<Long, Leaf> LEAVES = new LinkedHashMap<>();

    static {
        add(16, "boolean", new ColumnType.Bool(), reading(NumberDecoders.Bool::new, TextForms::bool));
        add(21, "smallint", new ColumnType.Int(16, true), reading(NumberDecoders.Int2::new, TextForms::int2));
        add(23, "integer", new ColumnType.Int(32, true), reading(NumberDecoders.Int4::new, TextForms::int4));
        add(20, "bigint", INT64, reading(NumberDecoders.Int8::new, TextForms::int8));
        add(700, "real", new ColumnType.Float(32), reading(NumberDecoders.Int4::new, TextForms::float4));
        add(701, "double precision", new ColumnType.Float(64), reading(NumberDecoders.Int8::new, TextForms::float8));
        text(25, "text");
        text(1043, "character varying");
        text(1042, "character");
        text(19, "name");
        text(1790, "refcursor");
        text(142, "xml");
        LEAVES.put(114L, new Leaf("json", new ColumnType.Json(), PLAIN, NONE));
        add(3802, "jsonb", new ColumnType.Json(), VERSIONED);
        add(4072, "jsonpath", STRING, VERSIONED);
        add(17, "bytea", new ColumnType.Bytes(), reading(PLAIN, TextForms::bytes));
        add(2950, "uuid", new ColumnType.Uuid(), reading(NumberDecoders.Uuid::new, TextForms::uuid));
        ranged(1082, "date", new ColumnType.Date(), reading(TimeDecoders.Date::new, TextTimes::date), INFINITIES);
        ranged(
                1083, "time", new ColumnType.Time(), reading(TimeDecoders.Time::new, TextTimes::time),
                EnumSet.of(OutOfRangeKind.END_OF_DAY));
        ranged(1114, "timestamp", new ColumnType.Timestamp(false), TIMESTAMP, TIMESTAMPS);
        ranged(1184, "timestamp with time zone", new ColumnType.Timestamp(true), TIMESTAMP, TIMESTAMPS);
        ranged(
                1186, "interval", new ColumnType.Interval(), reading(TimeDecoders.Interval::new, TextTimes::interval),
                INFINITIES);
        rendered(1266, "time with time zone", TextRenderers::timetz);
        rendered(1560, "bit", TextRenderers::bits);
        rendered(1562, "bit varying", TextRenderers::bits);
        rendered(869, "inet", TextRenderers::inet);
        rendered(650, "cidr", TextRenderers::inet);
        rendered(829, "macaddr", TextRenderers::mac);
        rendered(774, "macaddr8", TextRenderers::mac);
        add(18, "\"char\"", STRING, reading(renderer(TextRenderers::singleChar), TextForms::singleChar));
        rendered(27, "tid", TextRenderers::tid);
        rendered(3220, "pg_lsn", TextRenderers::lsn);
        rendered(5038, "pg_snapshot", TextRenderers::snapshot);
        rendered(2970, "txid_snapshot", TextRenderers::snapshot);
        add(26, "oid", INT64, UNSIGNED4);
        add(28, "xid", INT64, UNSIGNED4);
        add(29, "cid", INT64, UNSIGNED4);
        add(5069, "xid8", new ColumnType.Decimal(20, 0), reading(
                (allocator, guard) -> new NumberDecoders.Decimal8(allocator, guard, NumberDecoders.Sign.UNSIGNED),
                TextForms::int8));
    }

    private BuiltInTypes() {}

    /**
     * @param name as PostgreSQL writes it
     * @param kinds values that the column type cannot hold
     */
    record Leaf(String name, ColumnType type, ValueCodec codec, Set<OutOfRangeKind> kinds) {}

    static Map<Long, Leaf> leaves() {
        return LEAVES;
    }

    /** numeric by its modifier: a decimal where 38 digits suffice, else text. */
    static Leaf numeric(int typmod) {
        if (typmod >= 4) {
            int precision = (typmod - 4) >> 16 & 0xFFFF;
            int declared = (typmod - 4 & 0x7FF ^ 1024) - 1024;
            int scale = Math.max(declared, 0);
            int digits = declared < 0 ? precision - declared : Math.max(precision, declared);
            if (digits <= 38) {
                return new Leaf(
                        "numeric(" + precision + "," + declared + ")",
                        new ColumnType.Decimal(digits, scale),
                        reading(
                                (allocator, guard) -> new DecimalDecoder(allocator, guard, digits, scale),
                                TextForms::numeric),
                        EnumSet.of(
                                OutOfRangeKind.NAN,
                                OutOfRangeKind.INFINITY,
                                OutOfRangeKind.NEGATIVE_INFINITY,
                                OutOfRangeKind.TOO_MANY_DIGITS));
            }
        }
        return new Leaf("numeric", STRING, renderer(TextRenderers::numeric), NONE);
    }

    /** money: its 64 bits are the unscaled value whatever the locale; the scale is that of the database's lc_monetary. */
    static Leaf money(int scale) {
        return new Leaf(
                "money",
                new ColumnType.Decimal(19, scale),
                reading(
                        (allocator, guard) -> new NumberDecoders.Decimal8(allocator, guard, NumberDecoders.Sign.SIGNED),
                        TextForms::money),
                NONE);
    }

    /** Characters as they are: the server checks them against the connection's encoding, which is UTF-8. */
    static Leaf characters(String name) {
        return new Leaf(name, STRING, PLAIN, NONE);
    }

    /** ltree, lquery and ltxtquery: characters behind a version byte. */
    static Leaf versioned(String name) {
        return new Leaf(name, STRING, VERSIONED, NONE);
    }

    private static void add(long oid, String name, ColumnType type, ValueCodec codec) {
        ranged(oid, name, type, codec, NONE);
    }

    private static void ranged(long oid, String name, ColumnType type, ValueCodec codec, Set<OutOfRangeKind> kinds) {
        LEAVES.put(oid, new Leaf(name, type, codec, kinds));
    }

    private static void text(long oid, String name) {
        LEAVES.put(oid, characters(name));
    }

    private static void rendered(long oid, String name, TextRenderer renderer) {
        add(oid, name, STRING, renderer(renderer));
    }

    /** With the form of its texts; a type without one writes its text as its decoder delivers it. */
    private static ValueCodec reading(ValueCodec codec, TextForm form) {
        return (allocator, guard) -> codec.decoder(allocator, guard).reading(form);
    }

    private static ValueCodec renderer(TextRenderer renderer) {
        return (allocator, guard) -> new BytesDecoder.Rendered(allocator, guard, renderer);
    }
}

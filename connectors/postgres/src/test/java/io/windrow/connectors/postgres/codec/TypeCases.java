package io.windrow.connectors.postgres.codec;

import io.windrow.api.schema.ColumnType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types and values that the codec is held against. */
final class TypeCases {
    static final List<String> SETUP = List.of(
            "CREATE EXTENSION hstore SCHEMA public",
            "CREATE EXTENSION citext SCHEMA public",
            "CREATE EXTENSION ltree SCHEMA public",
            "CREATE TYPE public.mood AS ENUM ('sad', 'ok', 'very happy', 'ü, \"x\"')",
            "CREATE DOMAIN public.positive AS int CHECK (VALUE > 0)",
            "CREATE DOMAIN public.cents AS numeric(10,2)",
            "CREATE DOMAIN public.cents2 AS public.cents",
            "CREATE DOMAIN public.ints AS int[]",
            "CREATE DOMAIN public.hs AS public.hstore",
            "CREATE DOMAIN public.vec AS tsvector",
            "CREATE TYPE public.gone AS (a int, b text, c numeric(8,3))",
            "ALTER TYPE public.gone DROP ATTRIBUTE b, ADD ATTRIBUTE d date",
            "CREATE TYPE public.pair AS (\"A b\" public.cents, \"t\"\"x\" text, m public.mood, g public.gone, i int[])",
            "CREATE TYPE public.odd AS (p point, t text, ps point[], n public.gone, v tsvector)",
            "CREATE DOMAIN public.oddly AS public.odd",
            "CREATE TYPE public.textrange AS RANGE (subtype = text, collation = \"C\")",
            "CREATE TYPE public.inetrange AS RANGE (subtype = inet)");

    private static final ColumnType TEXT = new ColumnType.Text();

    private TypeCases() {}

    record Case(String pg, String array, ColumnType type, String values) {
        @Override
        public String toString() {
            return pg;
        }
    }

    private static final List<Case> CASES = new ArrayList<>();

    private static void of(String pg, @Nullable ColumnType type, String... literals) {
        query(pg, type, Arrays.stream(literals)
                .map(literal -> "SELECT E'" + literal.replace("'", "''") + "'::" + pg)
                .collect(Collectors.joining(" UNION ALL ", "", " UNION ALL SELECT NULL")));
    }

    private static void query(String pg, @Nullable ColumnType type, String values) {
        CASES.add(new Case(pg, pg + "[]", type, values));
    }

    static synchronized List<Case> all() {
        if (CASES.isEmpty()) {
            numbers();
            texts();
            times();
            systems();
            structures();
        }
        return CASES;
    }

    private static ColumnType decimal(int precision, int scale) {
        return new ColumnType.Decimal(precision, scale);
    }

    private static void numbers() {
        of("bool", new ColumnType.Bool(), "t", "f", "t", "t", "f");
        query("int2", new ColumnType.Int(16, true), "SELECT (i * 331 - 32768)::int2 FROM generate_series(0, 197) i");
        query("int4", new ColumnType.Int(32, true),
                "SELECT (i * 10737417 - 2147483648)::int4 FROM generate_series(0::int8, 399) i UNION ALL SELECT 2147483647");
        query("int8", new ColumnType.Int(64, true),
                "SELECT ('-9223372036854775808'::numeric + i * 46116860184273879::numeric)::int8 FROM generate_series(0, 398) i"
                        + " UNION ALL SELECT 9223372036854775807 UNION ALL SELECT 0");
        of("float4", new ColumnType.Float(32), "0", "-0", "NaN", "Infinity", "-Infinity", "1.5", "0.1", "3.4028235e38",
                "1e-45", "1e6", "999999", "1234567.8", "-1e-5", "0.0001", "16777216", "1e15");
        query("float8", new ColumnType.Float(64),
                "SELECT (random() * 10 ^ (i % 30 - 15))::float8 FROM generate_series(1, 300) i UNION ALL"
                        + " SELECT unnest('{0,-0,NaN,Infinity,-Infinity,1e15,1e14,123456789012345678,0.1,1e-4,1e-5,5e-324,"
                        + "1.7976931348623157e308,9007199254740993,1e16,123456.789e3}'::float8[])");
        query("numeric(15,2)", decimal(15, 2),
                "SELECT round((random() - 0.5)::numeric * 10 ^ (i % 14)::numeric, 2) FROM generate_series(1, 400) i UNION"
                        + " ALL SELECT unnest('{0,0.01,-0.01,9999999999999.99,-9999999999999.99,1,100,10000,0.10,1000000}'"
                        + "::numeric[])");
        query("numeric(18,0)", decimal(18, 0), "SELECT trunc(10::numeric ^ i) - 1 FROM generate_series(0, 18) i");
        query("numeric(18,18)", decimal(18, 18), "SELECT 10 ^ -i::numeric FROM generate_series(1, 18) i");
        query("numeric(38,0)", decimal(38, 0),
                "SELECT s * (trunc(10 ^ i::numeric) - k) FROM generate_series(0, 38) i, generate_series(1, 3) k,"
                        + " unnest(ARRAY[1, -1]) s WHERE i < 38 OR k > 0");
        query("numeric(38,38)", decimal(38, 38),
                "SELECT s * (10::numeric ^ -i + 10::numeric ^ -38) FROM generate_series(1, 38) i, unnest(ARRAY[1, -1]) s"
                        + " UNION ALL SELECT 1 - 1e-38");
        query("numeric(38,10)", decimal(38, 10),
                "SELECT round((random() - 0.5)::numeric * 10 ^ (i % 29)::numeric + random()::numeric, 10)"
                        + " FROM generate_series(1, 300) i UNION ALL SELECT 9999999999999999999999999999.9999999999");
        query("numeric(39,0)", TEXT, "SELECT trunc(10 ^ i::numeric) - 1 FROM generate_series(0, 39) i");
        query("numeric", TEXT,
                "SELECT (random() - 0.5)::numeric * 10 ^ (i % 60 - 30)::numeric FROM generate_series(1, 300) i UNION ALL"
                        + " SELECT unnest('{NaN,Infinity,-Infinity,0,0.0,0.000,1e-20,1.10,-0.00001,100000000,1e100}'"
                        + "::numeric[]) UNION ALL SELECT repeat('9', 1000)::numeric UNION ALL SELECT"
                        + " repeat('9', 131072)::numeric UNION ALL SELECT ('0.' || repeat('7', 16383))::numeric UNION ALL"
                        + " SELECT 1e131071 UNION ALL SELECT 10::numeric ^ 999 UNION ALL SELECT repeat('9', 38)::numeric"
                        + " UNION ALL SELECT NULL");
    }

    private static void texts() {
        of("text", TEXT, "", "a", "ü€😀", "null", "NULL", " x ", "a,b", "{}", "q\"uo'te", "\\\\ back", "tab\\there\\nline", "12345678",
                "exactly 16 bytes", "a longer text that is more than ninety-six bytes long so that it takes the other way of"
                        + " being copied into memory, whatever that is");
        query("text", TEXT, "SELECT repeat(chr(97 + i % 26), i) FROM generate_series(0, 300) i UNION ALL SELECT repeat('x', 3000000)");
        of("varchar(20)", TEXT, "", "abc", "ünï");
        of("char(5)", TEXT, "", "abc", "ab   ", "abcde");
        of("name", TEXT, "a", "pg_class", "ünï x");
        of("\"char\"", TEXT, "", "a", "\\\\", "\\\\351", "\\\\377");
        query("bytea", new ColumnType.Bytes(), "SELECT decode(repeat(lpad(to_hex(i), 2, '0'), i), 'hex') FROM generate_series(0, 255) i");
        of("uuid", new ColumnType.Uuid(), "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "0123cdef-4567-89ab-cdef-0123456789ab");
        of("json", new ColumnType.Json(), "null", "{\"a\":1,\"a\":2}", "123456789012345678901234567890.12345678",
                "{\"a\" : 1e400,   \"b\":\"x\\\\u0000y\"}", "[9007199254740993,327267367867168100000,3791411052119578828]", "\"\"");
        of("jsonb", new ColumnType.Json(), "null", "{\"b\":1,\"a\":[1.10,null,true]}", "123456789012345678901234567890.12345678",
                "[9007199254740993,327267367867168100000]", "{}", "\"ü€\"");
        of("jsonpath", TEXT, "$.a[*]", "strict $.\"x\" ? (@ > 1)");
        of("xml", TEXT, "<a>b &amp; ü</a>", "<?xml version=\"1.0\"?><x/>", "", "<?xml version=\"1.0\" standalone=\"yes\"?><y/>");
        of("public.citext", TEXT, "AbC", "", "ÜnÏ");
        of("public.ltree", TEXT, "", "Top.Science.Astronomy", "a");
        of("public.lquery", TEXT, "*.Astro*%.!pizza", "a|b.*{1,2}");
        of("public.ltxtquery", TEXT, "Europe & Russia*@ & !Transportation");
        of("public.hstore", TEXT, "", "\"a\"=>\"1\", \"b\"=>NULL", "\"a b\"=>\"q\\\\\\\"x\"");
        of("tsvector", TEXT, "", "a:1A fat:2B,4C cat:5", "'it''s' x");
        of("tsquery", TEXT, "", "fat & (rat | !cat) <-> x:*A");
        of("public.mood", TEXT, "sad", "ok", "very happy", "ü, \"x\"");
        of("bit(3)", TEXT, "101", "000", "111");
        of("varbit", TEXT, "", "1", "10101010", "101010101", "0000000000000000000000000000000001");
    }

    private static void times() {
        query("date", new ColumnType.Date(),
                "SELECT date '4713-01-01 BC' + i * 12345 FROM generate_series(0, 400) i UNION ALL SELECT unnest('{4713-01-01"
                        + " BC,0001-01-01,0001-12-31 BC,1500-02-28,1582-10-04,1582-10-15,1970-01-01,2000-01-01,2000-02-29,"
                        + "9999-12-31,15000-12-31,5874897-12-31,0004-02-29,1969-12-31,4714-11-24 BC}'::date[])");
        query("time", new ColumnType.Time(),
                "SELECT time '00:00' + i * interval '7 min 13.000213 s' FROM generate_series(0, 198) i UNION ALL SELECT"
                        + " unnest('{00:00,23:59:59.999999,12:00:00.1,00:00:00.000001}'::time[])");
        String stamps = "SELECT timestamp '4713-01-01 BC' + i * interval '4567 days 13:11:17.123457' FROM"
                + " generate_series(0, 600) i UNION ALL SELECT unnest('{4714-11-24 00:00:00 BC,0001-12-31 23:59:59.999999 BC,"
                + "1969-12-31 23:59:59.999999,2000-01-01,1999-12-31 23:59:59.5,15000-12-31 23:40:28,294246-12-31"
                + " 23:59:59.999999,294247-01-10 04:00:54.775807}'::timestamp[])";
        query("timestamp", new ColumnType.Timestamp(false), stamps);
        query("timestamptz", new ColumnType.Timestamp(true), stamps);
        query("timestamp(0)", new ColumnType.Timestamp(false), "SELECT now()::timestamp(0) + i * interval '1 h' FROM generate_series(1, 9) i");
        of("timetz", TEXT, "00:00:00+15:59", "23:59:60", "24:00:00-15:59:59", "12:34:56.789-03", "01:02:03+05:45", "00:00:00.000001+00");
        of("interval", new ColumnType.Interval(), "1 mon -1 day +00:00:01", "0", "1 year", "-1 year -2 mons +3 days -04:05:06.789",
                "100000 hours", "-00:00:00.000001", "1 day", "2 days -1 hour", "178000000 years", "-1 mon", "1 day 00:00:01.5");
    }

    private static void systems() {
        ColumnType int64 = new ColumnType.Int(64, true);
        of("oid", int64, "0", "1", "4294967295", "2147483648");
        of("xid", int64, "3", "4294967295");
        of("cid", int64, "3", "4294967295");
        of("xid8", new ColumnType.Decimal(20, 0), "3", "18446744073709551615", "9223372036854775808");
        of("tid", TEXT, "(0,1)", "(4294967295,65535)");
        of("pg_lsn", TEXT, "0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF");
        of("pg_snapshot", TEXT, "10:20:10,14,15", "1:1:");
        of("txid_snapshot", TEXT, "10:20:10,14,15", "1:1:");
        of("regclass", TEXT, "pg_class", "0", "pg_catalog.pg_type", "12345678");
        of("regtype", TEXT, "int4", "timestamptz");
        of("regproc", TEXT, "pg_catalog.now");
        of("regrole", TEXT, "postgres");
        of("inet", TEXT, "10.0.0.1", "10.0.0.1/8", "0.0.0.0/0", "255.255.255.255", "::", "::1", "::/0", "2001:db8::1/64",
                "::ffff:1.2.3.4", "::1.2.3.4", "1::", "1:0:0:2::3", "fe80::1:0:0:1", "1:2:3:4:5:6:7:8", "0:0:1::", "::1:0", "::102",
                "::1:2:3", "2001:0:0:1:0:0:0:1", "0:1::", "::ffff:0:0", "::ffff:0", "::0.1.0.0", "1:0:2:0:3:0:4:0");
        query("inet", TEXT,
                "SELECT string_agg(CASE WHEN random() < 0.5 THEN '0' ELSE to_hex((random() * 65535)::int) END, ':')::inet"
                        + " FROM generate_series(1, 2400) i GROUP BY i / 8 HAVING count(*) = 8");
        of("cidr", TEXT, "10.0.0.0/8", "10.0.0.1/32", "2001:db8::/32", "::/0", "::1/128");
        of("macaddr", TEXT, "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff");
        of("macaddr8", TEXT, "08:00:2b:01:02:03:04:05");
        of("point", TEXT, "(1,2)", "(0.1,-1e300)", "(NaN,Infinity)");
        of("line", TEXT, "{1,-1,0.5}");
        of("lseg", TEXT, "[(0,0),(1,2.5)]");
        of("path", TEXT, "((0,0),(1,1))", "[(0,0),(1,1)]");
        of("polygon", TEXT, "((0,0),(1,1),(2,0))");
        of("circle", TEXT, "<(1,2),3.5>");
        of("box", TEXT, "(1,2),(0,-1)", "(0.1,-0),(1e300,NaN)");
    }

    private static void structures() {
        of("public.positive", new ColumnType.Int(32, true), "1", "2147483647");
        of("public.cents2", new ColumnType.Decimal(10, 2), "1.25", "-99999999.99");
        of("public.vec", TEXT, "a b:2");
        of("public.hs", TEXT, "a=>1");
        of("public.ints", null, "{1,2}", "{{1},{NULL}}", "[3:3]={7}", "{}");
        of("public.gone", null, "(1,2.500,2020-01-01)", "(,,)", "(,-0.001,)");
        of("public.pair", null, "(1.25,\"te xt\",ok,\"(1,2.500,2020-01-01)\",\"{1,NULL}\")", "(,,,,)", "(0,\"\",\"very happy\",\"(,,)\",{})");
        of("public.odd", null, "(\"(1,2)\",t,\"{\"\"(1,2)\"\",NULL}\",\"(1,2.500,2020-01-01)\",\"'a' 'b'\")", "(,,,,)");
        String nasty = "SELECT ROW(%s)::public.%s FROM unnest(ARRAY['', ' ', 'NULL', 'null', '\"', '\"\"', 'a\"b', ',', '(', ')', '{', '}', ';', 'ü',"
                + " chr(92), chr(92) || '\"', chr(10) || chr(9), repeat(chr(92), 5) || repeat('\"', 5) || 'x']) t";
        query("public.pair", null, nasty.formatted("1.25, t, 'ok', NULL, '{}'", "pair"));
        query("public.odd", null, nasty.formatted("'(1,2)', t, '{}', NULL, NULL", "odd"));
        query("text", TEXT, nasty.formatted("t", "lone").replace("ROW(t)::public.lone", "t"));
        query("public.textrange", null, nasty.formatted("t", "lone").replace("ROW(t)::public.lone", "public.textrange(t, NULL)"));
        query("public.textmultirange", null, nasty.formatted("t", "lone")
                .replace("ROW(t)::public.lone", "public.textmultirange(public.textrange(t, t, '[]'), public.textrange(t || 'z', NULL))"));
        query("public.oddly", null, "SELECT '(\"(1,2)\",t,,,)'::public.odd UNION ALL SELECT NULL");
        of("int4range", null, "empty", "[1,5)", "(,)", "[,3)", "[7,)");
        of("int8range", null, "[1,9223372036854775807)");
        of("numrange", null, "[1.10,2.5]", "(,3.000)", "(1,)", "empty", "[NaN,NaN]");
        of("daterange", null, "[2020-01-01,2020-02-01)", "(,2020-01-01)");
        of("tsrange", null, "[2020-01-01 00:00:00,2020-01-02 12:00:00.5]");
        of("tstzrange", null, "(2020-01-01 00:00:00+00,)");
        of("public.textrange", null, "[a,b)", "[\"a,b\",\"c d\"]", "[\"\",x)");
        of("public.inetrange", null, "[10.0.0.1,10.0.0.9]", "empty");
        of("int4multirange", null, "{}", "{[1,3),[5,7)}", "{(,)}");
        of("nummultirange", null, "{[1.5,2],(3,4.25]}", "{[1,)}");
        of("datemultirange", null, "{[2020-01-01,2020-02-01)}");
        of("public.textmultirange", null, "{[a,b),[c,\"d e\"]}");
    }
}

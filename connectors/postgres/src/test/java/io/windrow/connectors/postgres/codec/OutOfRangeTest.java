package io.windrow.connectors.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a column type cannot hold follows the declared rule, and nothing else. */
@Tag("server")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class OutOfRangeTest {
    private final int major;
    private static final StreamName NAME = new StreamName("public", "t");
    private static final BatchLimits LIMITS = new BatchLimits(1000, 1 << 20);
    private PostgresDatabase database;
    private Connection connection;

    OutOfRangeTest(int major) {
        this.major = major;
    }

    @BeforeEach
    void open() throws Exception {
        database = PostgresDatabase.create(PostgresServer.shared(major));
        connection = database.connect();
        for (String setting : CanonicalSession.settings()) {
            execute("SET " + setting);
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int version() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion();
    }

    private void one(String type, String value) throws SQLException {
        execute("CREATE TABLE public.t (id int, v " + type + " NOT NULL)");
        execute("INSERT INTO public.t VALUES (1, '" + value + "')");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "numeric(10,2)|NaN|NAN",
        "numeric(10,2)[]|{1,NaN}|NAN",
        "date|infinity|INFINITY",
        "date|-infinity|NEGATIVE_INFINITY",
        "timestamp|infinity|INFINITY",
        "timestamp|-infinity|NEGATIVE_INFINITY",
        "timestamp|294276-12-31 23:59:59.999999|BEYOND_MICROSECONDS",
        "timestamptz|infinity|INFINITY",
        "timestamptz|294276-12-31 23:59:59+00|BEYOND_MICROSECONDS",
        "time|24:00:00|END_OF_DAY",
        "interval|infinity|INFINITY",
        "interval|-infinity|NEGATIVE_INFINITY",
        "tsrange|[2020-01-01 00:00:00,infinity]|INFINITY",
        "datemultirange|{[2020-01-01,infinity)}|INFINITY",
    })
    @Tag("C01")
    @Tag("C07")
    @Tag("C09")
    @Tag("C10")
    void aValueOutOfRangeStopsOrBecomesACountedNullOrMakesTheColumnText(String type, String value, OutOfRangeKind kind)
            throws Exception {
        // Infinite intervals came with PostgreSQL 17.
        assumeTrue(!type.equals("interval") || version() >= 17);
        one(type, value);

        Decoded nulled = Decoded.table(connection, NAME, OutOfRange.NULL, LIMITS);
        assertThat(nulled.nulled()).containsExactly(new NulledValue("v", kind, 1));
        if (type.equals("datemultirange")) {
            assertThat(nulled.column(1)).containsExactly("{null}");
        } else {
            assertThat(nulled.column(1)).isEqualTo(
                    type.endsWith("[]") ? List.of("{1.00,NULL}") : Collections.singletonList(null));
        }
        assertThat(nulled.plans().get(1).column().nullable()).isTrue();

        Decoded text = Decoded.table(connection, NAME, OutOfRange.TEXT, LIMITS);
        String expected = type.startsWith("tsrange")
                ? "[\"2020-01-01 00:00:00\",infinity]"
                : type.endsWith("[]") ? "{1.00,NaN}" : value;
        assertThat(text.column(1)).containsExactly(expected);
        assertThat(text.nulled()).isEmpty();

        assertThatThrownBy(() -> Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS))
                .isInstanceOfSatisfying(WindrowException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.DATA);
                    assertThat(e).hasMessageStartingWith("Decoding public.t.v: ").hasMessageContaining(kind.description());
                });
    }

    @Test
    @Tag("C01")
    void unconstrainedNumericHoldsNanAndInfinityAsText() throws SQLException {
        one("numeric", "-Infinity");
        assertThat(Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS).column(1)).containsExactly("-Infinity");
    }

    @Test
    @Tag("B09")
    void oneBadRowLeavesTheOtherNinetyNineOfItsBatch() throws SQLException {
        execute("CREATE TABLE public.t (id int, f float8, n numeric(6,2))");
        execute("INSERT INTO public.t SELECT i, CASE i WHEN 10 THEN 'NaN'::float8 ELSE i END,"
                + " CASE i WHEN 20 THEN 'NaN'::numeric ELSE i END FROM generate_series(1, 100) i");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.NULL, LIMITS);
        assertThat(decoded.rows()).hasSize(100);
        assertThat(decoded.column(1).get(9)).isEqualTo("NaN");
        assertThat(decoded.column(2).get(19)).isNull();
        assertThat(decoded.column(2).get(20)).isEqualTo("21.00");
        assertThat(decoded.nulled()).containsExactly(new NulledValue("n", OutOfRangeKind.NAN, 1));
    }

    @Test
    void negativeAndLargeScalesAreExact() throws SQLException {
        assumeTrue(version() >= 15);
        execute("CREATE TABLE public.t (id int, a numeric(3,-2), b numeric(2,4), c numeric(30,-10))");
        execute("INSERT INTO public.t VALUES (1, 12345, 0.0099, -1e39), (2, -99900, -0.0001, 12345678901234567890), (3, 0, 0, 0)");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.column(1)).containsExactly("12300", "-99900", "0");
        assertThat(decoded.column(2)).containsExactly("0.0099", "-0.0001", "0.0000");
        assertThat(decoded.column(3)).containsExactly("-1" + "0".repeat(39), "12345678900000000000", "0");
        assertThat(decoded.plans().get(3).column().type()).isEqualTo(new ColumnType.Text());
    }

    @Test
    @Tag("C28")
    void moneyIsItsCentsWhateverTheSessionPrints() throws SQLException {
        execute("CREATE TABLE public.t (id int, v money, a money[])");
        execute("INSERT INTO public.t SELECT i, n::money, ARRAY[n::money, NULL] FROM (VALUES (1, -12345.67), (2, 0),"
                + " (3, 92233720368547758.07), (4, NULL)) q(i, n)");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.column(1)).containsExactly("-12345.67", "0.00", "92233720368547758.07", null);
        assertThat(decoded.column(2)).startsWith("{-12345.67,NULL}");
        assertThat(decoded.plans().get(1).column().type()).isEqualTo(new ColumnType.Decimal(19, 2));
    }

    @Test
    @Tag("C19")
    void nullEmptyAndTheWordNullAreThreeValues() throws SQLException {
        execute("CREATE TABLE public.t (id int, v text, b bytea, j jsonb)");
        execute("INSERT INTO public.t VALUES (1, NULL, NULL, NULL), (2, '', '', 'null'), (3, 'null', 'null', '\"\"')");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.column(1)).containsExactly(null, "", "null");
        assertThat(decoded.column(2)).containsExactly(null, "\\x", "\\x6e756c6c");
        assertThat(decoded.column(3)).containsExactly(null, "null", "\"\"");
    }

    @Test
    @Tag("C23")
    void aTypeOfAnUnknownExtensionTravelsAsTextAndIsReported() throws SQLException {
        execute("CREATE EXTENSION cube SCHEMA public");
        execute("CREATE DOMAIN public.c AS public.cube");
        execute("CREATE TYPE public.k AS (q public.cube, n int)");
        execute("CREATE TABLE public.t (id int, v public.cube, a public.cube[], d public.c, k public.k, ka public.k[])");
        execute("INSERT INTO public.t VALUES (1, '(1,2),(3,4)', '{\"(1)\",NULL}', '(7)', ROW('(1)', 5),"
                + " ARRAY[ROW('(1)', 5)]::public.k[]), (2, NULL, NULL, NULL, NULL, NULL), (3, NULL, NULL, NULL, ROW(NULL, NULL), NULL)");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.rows().get(0))
                .containsExactly("1", "(1, 2),(3, 4)", "{(1),NULL}", "(7)", "(\"(1)\",5)", "{\"(\\\"(1)\\\",5)\"}");
        assertThat(decoded.rows().get(1)).containsExactly("2", null, null, null, null, null);
        assertThat(decoded.rows().get(2)).containsExactly("3", null, null, null, "(,)", null);
        assertThat(decoded.plans().stream().filter(plan -> !plan.warnings().isEmpty())).hasSize(5);
    }

    @Test
    void theVectorsOfTheCatalogAreArraysFromZero() throws SQLException {
        execute("CREATE TABLE public.t (id int, i int2vector, o oidvector)");
        execute("INSERT INTO public.t VALUES (1, '1 -2', '1 4294967295'), (2, '', NULL)");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.column(1)).containsExactly("[0:1]={1,-2}", "[0:-1]={}");
        assertThat(decoded.column(2)).containsExactly("[0:1]={1,4294967295}", null);
    }

    @Test
    void theRuleTextReachesIntoArraysCompositesAndRanges() throws SQLException {
        execute("CREATE TYPE public.c AS (d date, n numeric(4,1), t text)");
        execute("CREATE DOMAIN public.dc AS public.c");
        execute("CREATE TABLE public.t (id int, a date[], c public.c, d public.dc, ca public.c[], r daterange, m datemultirange)");
        execute("INSERT INTO public.t VALUES (1, '[2:3]={infinity,NULL}', ROW('-infinity', 'NaN', 'x'),"
                + " ROW('infinity', 1, ''), ARRAY[ROW('infinity', 1, 'y')]::public.c[], '[2020-01-01,infinity)',"
                + " '{[2020-01-01,infinity)}'), (2, NULL, ROW(NULL, NULL, NULL), NULL, NULL, NULL, NULL)");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.TEXT, LIMITS);
        assertThat(decoded.rows().get(0)).containsExactly("1", "[2:3]={infinity,NULL}", "(-infinity,NaN,x)",
                "(infinity,1.0,\"\")", "{\"(infinity,1.0,y)\"}", "[2020-01-01,infinity)", "{[2020-01-01,infinity)}");
        assertThat(decoded.rows().get(1)).containsExactly("2", null, "(,,)", null, null, null, null);
    }
}

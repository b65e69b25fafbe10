package io.windrow.connectors.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.QueryColumns;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows to batches: limits, ends, broken input, wide and large rows. */
@Tag("server")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class CopyDecoderTest {
    private final int major;
    private static final StreamName NAME = new StreamName("public", "t");
    private static final BatchLimits LIMITS = new BatchLimits(100, 1 << 20);
    private PostgresDatabase database;
    private Connection connection;

    CopyDecoderTest(int major) {
        this.major = major;
    }

    @BeforeEach
    void open() throws Exception {
        database = PostgresDatabase.create(PostgresServer.shared(major));
        connection = database.connect();
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

    private List<ColumnPlan> plans() throws SQLException {
        Catalog catalog = CatalogReader.read(connection, List.of(NAME));
        return new TypeMapping(catalog.types(), catalog.server())
                .plans(catalog.relations().get(0).columns(), OutOfRange.FAIL);
    }

    private List<byte[]> messages(List<ColumnPlan> plans) throws SQLException {
        CopyOut copy = connection.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (SELECT " + ColumnPlan.selectList(plans) + " FROM public.t) TO STDOUT (FORMAT binary)");
        List<byte[]> messages = new ArrayList<>();
        for (byte[] message; (message = copy.readFromCopy()) != null; ) {
            messages.add(message);
        }
        return messages;
    }

    @Test
    void batchesEndAtTheRowLimitAndTheByteLimitAndALargeRowIsAlone() throws SQLException {
        execute("CREATE TABLE public.t (id int, v text)");
        execute("INSERT INTO public.t SELECT i, repeat('x', CASE i WHEN 250 THEN 5000000 ELSE 10 END)"
                + " FROM generate_series(1, 300) i");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.batches()).containsExactly(100, 100, 49, 1, 50);
        assertThat(decoded.rows()).hasSize(300);
        Decoded small = Decoded.table(connection, NAME, OutOfRange.FAIL, new BatchLimits(1000, 400));
        assertThat(small.batches()).allMatch(rows -> rows <= 12);
        assertThat(small.rows()).isEqualTo(decoded.rows());
    }

    @Test
    void anEmptyTableEndsWithProofAndAnEmptyBatch() throws SQLException {
        execute("CREATE TABLE public.t (id int, v int[], n numeric(4,1))");
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.batches()).containsExactly(0);
    }

    @Test
    @Tag("C33")
    void sixteenHundredColumnsAfterDropsKeepTheirPlaces() throws SQLException {
        String columns = IntStream.rangeClosed(1, 1599).mapToObj(i -> "c" + i + " int2").collect(Collectors.joining(", "));
        execute("CREATE TABLE public.t (id int, " + columns + ")");
        execute("ALTER TABLE public.t DROP COLUMN c3");
        execute("INSERT INTO public.t SELECT " + IntStream.range(0, 1599).mapToObj(i -> i % 7 == 0 ? "NULL" : "" + i)
                .collect(Collectors.joining(", ")));
        Decoded decoded = Decoded.table(connection, NAME, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.plans().get(3).column().id()).isEqualTo(5);
        for (int i = 0; i < 1599; i++) {
            assertThat(decoded.rows().get(0).get(i)).isEqualTo(i % 7 == 0 ? null : "" + i);
        }
    }

    @Test
    void aQueryIsDescribedWithoutBeingRun() throws SQLException {
        String sql = "SELECT 1.5::numeric(7,2) AS n, now() AS t, ARRAY['a'] AS a, 1::int8 AS \"b B\"";
        List<ColumnPlan> plans;
        Catalog catalog = CatalogReader.read(connection, List.of());
        var columns = QueryColumns.describe(connection, sql);
        var types = io.windrow.connectors.postgres.catalog.TypeReader.read(
                connection, columns.stream().map(column -> column.typeOid()).toList());
        plans = new TypeMapping(types, catalog.server()).plans(columns, OutOfRange.FAIL);
        Decoded decoded = Decoded.copy(connection, NAME, plans, "FROM (" + sql + ") AS q", LIMITS);
        assertThat(decoded.rows().get(0)).contains("1.50", "{a}", "1");
        assertThat(decoded.plans().get(0).column().sourceType()).isEqualTo("numeric(7,2)");
    }

    @Test
    void brokenInputIsRefusedAtEveryByteAndLeaksNothing() throws SQLException {
        execute("CREATE TYPE public.c AS (a int, b text)");
        execute("CREATE TABLE public.t (id int, n numeric(20,3), a text[], r int4range, c public.c, m int4multirange,"
                + " j jsonb, i inet)");
        execute("INSERT INTO public.t VALUES (1, 12345.678, '{a,NULL}', '[1,5)', ROW(1, 'x'), '{[1,2)}', '{}', '::1')");
        List<ColumnPlan> plans = plans();
        byte[] row = messages(plans).get(0);
        for (int cut = 0; cut < row.length; cut++) {
            int length = cut;
            assertThatThrownBy(() -> decode(plans, row, length)).isInstanceOfSatisfying(WindrowException.class, e ->
                    assertThat(e.errorCode()).isEqualTo(CodecError.MALFORMED));
            if (cut == 18) {
                cut = 19;
            }
        }
        for (int at = 0; at < row.length; at++) {
            byte[] flipped = row.clone();
            flipped[at] ^= (byte) 0xFF;
            try {
                decode(plans, flipped, row.length);
            } catch (WindrowException e) {
                assertThat(e.kind()).isIn(ErrorKind.EXTERNAL_PERMANENT, ErrorKind.DATA);
            }
        }
    }

    private static void decode(List<ColumnPlan> plans, byte[] message, int length) {
        try (BufferAllocator allocator = new RootAllocator();
                CopyDecoder decoder = new CopyDecoder(NAME, plans, LIMITS, allocator)) {
            decoder.append(message, 0, length);
            decoder.take().close();
        }
    }

    @Test
    void aValueBeyondTheMemoryBudgetIsACodedErrorThatNamesTheColumn() throws SQLException {
        execute("CREATE TABLE public.t (id int, \"big One\" text)");
        execute("INSERT INTO public.t VALUES (1, repeat('x', 3000000))");
        List<ColumnPlan> plans = plans();
        byte[] row = messages(plans).get(0);
        try (BufferAllocator allocator = new RootAllocator(1 << 20);
                CopyDecoder decoder = new CopyDecoder(NAME, plans, LIMITS, allocator)) {
            assertThatThrownBy(() -> decoder.append(row, 0, row.length))
                    .isInstanceOfSatisfying(WindrowException.class, e -> {
                        assertThat(e.kind()).isEqualTo(ErrorKind.RESOURCE);
                        assertThat(e).hasMessageContaining("public.t.big One");
                    });
        }
    }
}

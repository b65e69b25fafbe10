package io.windrow.connectors.postgres.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.ParameterizedTest;

/** Every type: what the decoder delivers, written as text again, equals what the server writes. */
@Tag("server")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class TypesTest {
    private final int major;
    static final BatchLimits LIMITS = new BatchLimits(50, 1 << 20);
    private Connection connection;

    private static final Map<Integer, PostgresDatabase> DATABASES = new ConcurrentHashMap<>();

    TypesTest(int major) {
        this.major = major;
    }

    @BeforeEach
    void open() throws Exception {
        connection = DATABASES
                .computeIfAbsent(
                        major,
                        m -> PostgresDatabase.create(
                                PostgresServer.shared(m), TypeCases.SETUP.toArray(String[]::new)))
                .connect();
        for (String setting : CanonicalSession.settings()) {
            execute("SET " + setting);
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    static List<TypeCases.Case> cases() {
        return TypeCases.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    @Tag("C03")
    @Tag("C08")
    @Tag("C09")
    @Tag("C17")
    @Tag("C19")
    @Tag("C20")
    @Tag("C21")
    @Tag("C23")
    @Tag("C25")
    @Tag("C27")
    @Tag("C34")
    void everyValueArrivesAsTheServerWritesIt(TypeCases.Case one) throws SQLException {
        StreamName name = table(one);
        List<List<String>> expected = written();
        Decoded decoded = Decoded.table(connection, name, OutOfRange.FAIL, LIMITS);
        assertThat(decoded.values()).containsExactlyElementsOf(expected);
        assertThat(expected).hasSizeGreaterThan(1);
        assertThat(decoded.nulled()).isEmpty();
        if (one.type() != null) {
            assertThat(decoded.plans().get(1).column().type()).as("column type").isEqualTo(one.type());
        }
        assertThat(decoded.plans().get(1).warnings()).isEmpty();
        // I7: a change stream that is read as text has the same values.
        assertThat(Decoded.texts(name, decoded.plans().subList(1, 3), expected).rows()).as("of texts").isEqualTo(expected);
        execute("DROP TABLE public.t");
    }

    /** What the server's output functions write for v and a, row by row. */
    private List<List<String>> written() throws SQLException {
        List<List<String>> all = new ArrayList<>();
        String written = "CASE WHEN %1$s IS NOT DISTINCT FROM NULL THEN NULL ELSE format('%%s', %1$s) END";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT " + written.formatted("v") + ", " + written.formatted("a") + " FROM public.t ORDER BY id")) {
            while (rows.next()) {
                all.add(Arrays.asList(rows.getString(1), rows.getString(2)));
            }
        }
        return all;
    }

    /** id, v of the type, a an array of it (values, a null, custom bounds). */
    private StreamName table(TypeCases.Case one) throws SQLException {
        execute("DROP TABLE IF EXISTS public.t");
        execute("CREATE TABLE public.t (id int NOT NULL, v " + one.pg() + ", a " + one.array() + ")");
        execute("INSERT INTO public.t (id, v) SELECT row_number() OVER (), x::" + one.pg() + " FROM (" + one.values()
                + ") AS q(x)");
        execute("INSERT INTO public.t (id) VALUES (0)");
        if (!one.array().equals("text")) {
            execute("UPDATE public.t SET a = ARRAY[v, NULL, v]::" + one.array() + " WHERE id % 4 = 1");
            execute("UPDATE public.t SET a = ARRAY[[v, v], [v, NULL]]::" + one.array() + " WHERE id % 4 = 2");
            execute("UPDATE public.t SET a = array_fill(v, ARRAY[2, 1, 2], ARRAY[0, -3, 7])::" + one.array()
                    + " WHERE id % 4 = 3");
            execute("UPDATE public.t SET a = '{}' WHERE id % 8 = 4");
        }
        return new StreamName("public", "t");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    @Tag("C17")
    void aCustomLowerBoundIsPartOfTheValue() throws SQLException {
        execute("DROP TABLE IF EXISTS public.t");
        execute("CREATE TABLE public.t (id int, v int[])");
        execute("INSERT INTO public.t VALUES (1, '[0:1]={1,NULL}'), (2, '{}'), (3, NULL)");
        Decoded decoded = Decoded.table(connection, new StreamName("public", "t"), OutOfRange.FAIL, LIMITS);
        assertThat(decoded.column(1)).containsExactly("[0:1]={1,NULL}", "{}", null);
        execute("DROP TABLE public.t");
    }

    @Test
    void theTypePageIsWhatTheMappingSays() throws IOException {
        Path target = Files.writeString(Path.of("target", "postgres-types.md"), TypeTable.page());
        assertThat(Path.of("..", "..", "docs", "reference", "postgres-types.md"))
                .as("docs/reference/postgres-types.md has drifted: copy connectors/postgres/%s over it", target)
                .hasSameTextualContentAs(target);
    }

    @Test
    void theTypeTableNamesEveryLeafOfTheMapping() {
        assertThat(TypeTable.markdown()).contains("| jsonb | Json | none |", "| date | Date | -infinity, infinity |");
    }
}

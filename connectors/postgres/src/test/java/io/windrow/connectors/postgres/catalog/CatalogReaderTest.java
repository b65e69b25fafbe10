package io.windrow.connectors.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.schema.StreamName;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import io.windrow.connectors.postgres.catalog.Relation.Kind;
import io.windrow.connectors.postgres.catalog.RelationColumn.Nullability;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("server")
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("io.windrow.testkit.postgres.PostgresServer#majors")
class CatalogReaderTest {
    private final int major;
    private PostgresDatabase database;
    private Connection connection;

    CatalogReaderTest(int major) {
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

    private Relation relation(String name) throws SQLException {
        return CatalogReader.read(connection).relation(new StreamName("public", name)).orElseThrow();
    }

    @Test
    @Tag("C37")
    void kindsParentsAndChildrenAreTold() throws SQLException {
        execute("CREATE TABLE parent (id int PRIMARY KEY, x int NOT NULL)");
        execute("CREATE TABLE child () INHERITS (parent)");
        execute("CREATE TABLE grandchild () INHERITS (child)");
        execute("CREATE TABLE p (id int, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (d)");
        execute("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')");
        execute("CREATE VIEW v AS SELECT * FROM parent");
        execute("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a");
        execute("CREATE FOREIGN DATA WRAPPER w");
        execute("CREATE SERVER s FOREIGN DATA WRAPPER w");
        execute("CREATE FOREIGN TABLE f (a int NOT NULL) SERVER s");
        execute("CREATE TEMP TABLE gone (a int)");
        Catalog catalog = CatalogReader.read(connection);
        assertThat(catalog.relations().stream().map(r -> r.name().name() + " " + r.kind()))
                .containsExactlyInAnyOrder(
                        "parent TABLE", "child TABLE", "grandchild TABLE", "p PARTITIONED", "p1 PARTITION", "v VIEW",
                        "m MATERIALIZED_VIEW", "f FOREIGN");
        assertThat(relation("parent").descendants()).extracting(StreamName::name).containsExactly("child", "grandchild");
        assertThat(relation("grandchild").parents()).extracting(StreamName::name).containsExactly("child");
        assertThat(relation("parent").keys()).isEmpty();
        assertThat(relation("p").keys().get(0).columns()).containsExactly("id", "d");
        assertThat(relation("p1").keys()).hasSize(1);
        assertThat(relation("f").columns().get(0).nullability()).isEqualTo(Nullability.NULLABLE);
        assertThat(Kind.PARTITIONED.hasPages()).isFalse();
    }

    @Test
    @Tag("C33")
    void columnsKeepTheirNumbersThroughDropsAndRenamesAndKeysTheirOrder() throws SQLException {
        execute("CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY, gone int, b text NOT NULL, c int UNIQUE,"
                + " d int GENERATED ALWAYS AS (c * 2) STORED, n numeric(5,1), PRIMARY KEY (b, a), e int NOT NULL UNIQUE)");
        execute("ALTER TABLE t DROP COLUMN gone");
        execute("ALTER TABLE t RENAME COLUMN b TO \"B b\"");
        execute("CREATE UNIQUE INDEX partial ON t (e) WHERE e > 0");
        Relation t = relation("t");
        assertThat(t.columns()).extracting(RelationColumn::number).containsExactly(1, 3, 4, 5, 6, 7);
        assertThat(t.columns()).extracting(RelationColumn::display).contains("numeric(5,1)");
        assertThat(t.columns().get(3).generation()).isEqualTo(RelationColumn.Generation.STORED);
        assertThat(t.columns().get(0).generation()).isEqualTo(RelationColumn.Generation.IDENTITY_ALWAYS);
        assertThat(t.keys().get(0).columns()).containsExactly("B b", "a");
        assertThat(t.keys()).hasSize(2);
        assertThat(t.keys().get(1).columns()).containsExactly("e");
        assertThat(CatalogReader.totalBytes(connection, List.of(t.oid()))).containsKey(t.oid());
    }

    @Test
    void aConstraintThatIsNotValidIsNoPromise() throws SQLException {
        ServerFacts server = ServerReader.read(connection);
        execute("CREATE TABLE t (a int)");
        if (server.major() >= 18) {
            execute("INSERT INTO t VALUES (NULL)");
            execute("ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID");
        }
        assertThat(relation("t").columns().get(0).nullability()).isEqualTo(Nullability.NULLABLE);
        assertThat(server.systemId()).isNotEmpty();
        assertThat(server.timeline()).isEqualTo(1);
        assertThat(server.moneyScale()).isEqualTo(2);
    }

    @Test
    @Tag("C30")
    @Tag("C32")
    @Tag("H19")
    void namesOfAnyShapeAreExactAndAreNeverSql() throws SQLException {
        Random random = new Random(7);
        List<String> odd = List.of("select", "current_date", "Case", "case", "Center", "center", "a.b", "a\"b", "\"", "😀", "İı",
                "x\"; DROP TABLE y; --", "a'b", "\\", " ", "%s", "x".repeat(63), "ü".repeat(31), "\n", "$$", "{}");
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < odd.size(); i++) {
            String name = odd.get(i);
            execute("CREATE TABLE public." + Identifier.quoted(name) + " (" + Identifier.quoted(name) + " int)");
            execute("INSERT INTO public." + Identifier.quoted(name) + " VALUES (" + i + ")");
            columns.append(i > 0 ? ", " : "").append(Identifier.quoted(name)).append(" int");
        }
        execute("CREATE TABLE public.all_of_them (" + columns + ")");
        for (int i = 0; i < 500; i++) {
            String name = random.ints(1 + random.nextInt(12), 1, 0x2FF).collect(
                    StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
            execute("CREATE TEMP TABLE " + Identifier.quoted(name) + " (x int); DROP TABLE pg_temp." + Identifier.quoted(name));
        }
        Catalog catalog = CatalogReader.read(connection);
        for (int i = 0; i < odd.size(); i++) {
            Relation relation = catalog.relation(new StreamName("public", odd.get(i))).orElseThrow();
            assertThat(relation.columns().get(0).name()).isEqualTo(odd.get(i));
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT " + Identifier.quoted(odd.get(i)) + ", "
                            + Identifier.literal(odd.get(i)) + " FROM " + Identifier.quoted(relation.name()))) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(i);
                assertThat(row.getString(2)).isEqualTo(odd.get(i));
            }
        }
        assertThat(relation("all_of_them").columns()).extracting(RelationColumn::name).isEqualTo(odd);
        assertThat(CatalogReader.read(connection, List.of(new StreamName("public", "Center"))).relations()).hasSize(1);
        assertThatThrownBy(() -> Identifier.quoted("a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identifier.quoted("")).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.windrow.connectors.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.windrow.api.config.Secret;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.jdbc.catalog.Cell;
import io.windrow.connectors.jdbc.catalog.DriverFinder;
import io.windrow.connectors.jdbc.catalog.Misfit;
import io.windrow.connectors.jdbc.catalog.NativeColumn;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import io.windrow.connectors.jdbc.catalog.SourceDialect;
import io.windrow.connectors.jdbc.sql.Database;
import io.windrow.connectors.jdbc.sql.JdbcAddress;
import io.windrow.connectors.jdbc.sql.JdbcError;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements, values and settings for servers that none of our tests can start. */
class ServerDialectsTest {
    private static ReadColumn column(SourceDialect dialect, String name, String type) {
        return dialect.read(new NativeColumn(1, name, type, false), OutOfRange.FAIL).orElseThrow();
    }

    private static StreamShape shape(SourceDialect dialect, ReadColumn... columns) {
        StreamName stream = new StreamName("shop", "orders");
        StreamConfig config = StreamConfig.snapshot("shop.orders");
        List<ReadColumn> all = List.of(columns);
        return new StreamShape(
                config, new NativeTable(stream, NativeTable.Kind.TABLE, 10, 10, NativeTable.Moments.KEPT),
                new StreamSchema(stream, 1, all.stream().map(ReadColumn::column).toList(), List.of()), all, all.subList(0, 2),
                StreamShape.Lasting.KEY, Optional.of(all.get(1)));
    }

    private static JdbcSplit part(JdbcSplit.Part part) {
        return new JdbcSplit(part, Optional.of("n3"), Optional.of("n9"));
    }

    private static final Optional<JdbcPosition> BEHIND = Optional.of(new JdbcPosition(5, List.of("n4", "t2024-01-01 00:00:00")));

    @Test
    void mysqlGoesOnBehindAKeyInAFormThatUsesItsIndex() {
        SourceDialect mysql = SourceDialect.of(Database.MYSQL);
        StreamShape shape = shape(mysql, column(mysql, "i`d", "int"), column(mysql, "at", "datetime(6)"), column(mysql, "doc", "json"));
        Session.Sql sql = ReadSql.rows(mysql, shape, part(JdbcSplit.Part.SNAPSHOT), BEHIND);
        assertThat(sql.text()).isEqualTo("SELECT `i``d`, CAST(`at` AS CHAR), `doc` FROM `shop`.`orders` WHERE `i``d` >= ? AND `i``d` < ? AND "
                + "`i``d` >= ? AND (`i``d` > ? OR (`i``d` = ? AND (`at` > ?))) ORDER BY `i``d`, `at`");
        assertThat(sql.parameters()).containsExactly(3L, 9L, 4L, 4L, 4L, "2024-01-01 00:00:00");
        assertThat(mysql.fetchSize(100)).isEqualTo(Integer.MIN_VALUE);
        assertThat(mysql.together()).isEqualTo(SourceDialect.Together.NOTHING);
    }

    @Test
    void sqlServerComparesTimesInTheirOwnType() {
        SourceDialect server = SourceDialect.of(Database.SQLSERVER);
        StreamShape shape = shape(server, column(server, "i]d", "int"), column(server, "at", "datetime2"), column(server, "u", "uniqueidentifier"));
        assertThat(ReadSql.rows(server, shape, part(JdbcSplit.Part.SNAPSHOT), BEHIND).text()).isEqualTo(
                "SELECT [i]]d], CONVERT(varchar(33), CAST([at] AS datetime2), 121), CONVERT(varchar(36), [u]) FROM [shop].[orders] WHERE [i]]d] >= ? "
                        + "AND [i]]d] < ? AND [i]]d] >= ? AND ([i]]d] > ? OR ([i]]d] = ? AND ([at] > CAST(? AS datetime2)))) ORDER BY [i]]d], [at]");
        assertThat(ReadSql.behind(server, shape, 3L, 7).text()).isEqualTo(
                "SELECT [i]]d] FROM [shop].[orders] WHERE [i]]d] > ? ORDER BY [i]]d] OFFSET 6 ROWS FETCH NEXT 1 ROWS ONLY");
    }

    @Test
    void oracleHasWordsOfItsOwnForTimesAndOffsets() {
        SourceDialect oracle = SourceDialect.of(Database.ORACLE);
        StreamShape shape = shape(oracle, column(oracle, "ID", "NUMBER(10,0)"), column(oracle, "AT", "TIMESTAMP(6) WITH TIME ZONE"), column(oracle, "N", "NUMBER"));
        assertThat(ReadSql.rows(oracle, shape, part(JdbcSplit.Part.SNAPSHOT), Optional.empty()).text()).isEqualTo(
                "SELECT \"ID\", TO_CHAR(SYS_EXTRACT_UTC(\"AT\"), 'SYYYY-MM-DD HH24:MI:SS.FF9'), TO_CHAR(\"N\", 'TM9') FROM \"shop\".\"orders\" WHERE "
                        + "\"ID\" >= ? AND \"ID\" < ? ORDER BY \"ID\", \"AT\"");
        assertThat(ReadSql.behind(oracle, shape, 3L, 7).text()).endsWith("WHERE \"ID\" > ? ORDER BY \"ID\" OFFSET 6 ROWS FETCH NEXT 1 ROWS ONLY");
    }

    @Test
    void whatServersWriteOfTimesIsReadExactlyOrNamed() throws Misfit {
        Cell offset = column(SourceDialect.of(Database.SQLSERVER), "c", "datetimeoffset").cell();
        assertThat(offset.converter().value("2024-02-29 23:59:59.1234560")).isEqualTo(Instant.parse("2024-02-29T23:59:59.123456Z"));
        assertThatThrownBy(() -> offset.converter().value("2024-02-29 23:59:59.1234567")).hasMessage("below_a_microsecond");
        Cell date = column(SourceDialect.of(Database.ORACLE), "c", "DATE").cell();
        assertThat(date.converter().value(" 2024-02-29 23:59:59")).isEqualTo(LocalDateTime.parse("2024-02-29T23:59:59"));
        assertThat(date.converter().value("-4712-01-01 00:00:00")).isEqualTo(LocalDateTime.of(-4712, 1, 1, 0, 0));
    }

    @ParameterizedTest
    @CsvSource({
        "mysql://u:p@db.example.com/shop,jdbc:mysql://db.example.com:3306/shop,sslMode=VERIFY_IDENTITY",
        "jdbc:mysql://u@127.0.0.1:3307/shop,jdbc:mysql://127.0.0.1:3307/shop,sslMode=DISABLED",
        "sqlserver://u:p@db.example.com/shop,jdbc:sqlserver://db.example.com:1433,encrypt=true",
        "sqlserver://u:p@db.example.com/shop?sslmode=disable,jdbc:sqlserver://db.example.com:1433,encrypt=false",
        "oracle://u:p@db.example.com/shop,jdbc:oracle:thin:@tcps://db.example.com:1521/shop,oracle.net.ssl_server_dn_match=true",
        "oracle://u:p@localhost/shop,jdbc:oracle:thin:@tcp://localhost:1521/shop,"
    })
    void theUrlOfADriverHasTlsVerifiedUnlessItIsToldOtherwise(String url, String expected, String property) {
        JdbcAddress address = JdbcAddress.of(Secret.of(url), Optional.empty());
        assertThat(address.driverUrl()).isEqualTo(expected);
        assertThat(address.properties().toString()).contains(property == null ? "user=u" : property);
        assertThat(address.driverUrl() + address).doesNotContain("u:p");
    }

    @ParameterizedTest
    @EnumSource(value = Database.class, names = {"MYSQL", "SQLSERVER", "ORACLE"})
    void aDriverThatIsNotThereIsNamedWithItsRemedy(Database database) {
        String scheme = database.name().toLowerCase(java.util.Locale.ROOT);
        JdbcSourceConfig config = JdbcSourceConfig.of(Secret.of(scheme + "://u:p@localhost/shop"), List.of());
        try (JdbcSource source = new JdbcSource(config, new io.windrow.testkit.conformance.TestContext())) {
            assertThatThrownBy(() -> Session.open(source)).isInstanceOfSatisfying(WindrowException.class, missing -> {
                assertThat(missing.errorCode()).isEqualTo(JdbcError.DRIVER_MISSING);
                assertThat(missing.getMessage()).contains("jdbc:" + scheme);
                assertThat(missing.remedy()).contains("source.jdbc.driver");
            });
            assertThat(source.check()).singleElement().satisfies(one -> assertThat(one.remedy()).contains("source.jdbc.driver"));
        }
    }

    @Test
    void aDriverIsFoundInTheJarThatTheUserNames() throws URISyntaxException, SQLException {
        Path jar = Path.of(org.duckdb.DuckDBDriver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        var driver = new DriverFinder(Optional.of(jar)).find("jdbc:duckdb:x");
        assertThat(driver.acceptsURL("jdbc:duckdb:x")).isTrue();
        assertThat(driver.getClass()).isNotEqualTo(org.duckdb.DuckDBDriver.class);
        assertThatThrownBy(() -> new DriverFinder(Optional.of(jar)).find("jdbc:mysql://h/db"))
                .isInstanceOfSatisfying(WindrowException.class, missing -> assertThat(missing.errorCode()).isEqualTo(JdbcError.DRIVER_MISSING));
    }

    @Test
    void postgresqlIsReadByItsOwnSource() {
        JdbcSourceConfig config = JdbcSourceConfig.of(Secret.of("postgres://u:p@localhost/shop"), List.of());
        assertThatThrownBy(() -> new JdbcSource(config, new io.windrow.testkit.conformance.TestContext()))
                .isInstanceOfSatisfying(WindrowException.class, refused -> assertThat(refused.remedy()).contains("source postgres"));
    }

    @ParameterizedTest
    @CsvSource({
        "MYSQL,1045,AUTHENTICATION", "MYSQL,1142,PERMISSION_DENIED", "MYSQL,1205,BUSY", "SQLSERVER,18456,AUTHENTICATION",
        "SQLSERVER,229,PERMISSION_DENIED", "SQLSERVER,1222,BUSY", "SQLSERVER,4060,URL_INVALID", "ORACLE,1017,AUTHENTICATION",
        "ORACLE,12541,CONNECT_REFUSED", "ORACLE,1555,BUSY", "ORACLE,3113,CONNECTION_LOST", "MARIADB,1317,BUSY", "MARIADB,1969,BUSY", "MARIADB,1927,CONNECTION_LOST", "MARIADB,1290,READ_ONLY"
    })
    void aCodeOfTheServerIsOneOfOurs(Database database, int number, JdbcError expected) {
        assertThat(SourceDialect.of(database).error(new SQLException("secret", "HY000", number))).isEqualTo(expected);
    }
}

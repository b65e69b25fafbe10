package io.windrow.connectors.jdbc.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.config.Secret;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.connectors.jdbc.catalog.SourceError;
import io.windrow.testkit.conformance.TestContext;
import io.windrow.testkit.mariadb.MariaServer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jspecify.annotations.Nullable;

/** Every value arrives as it is, or is refused, counted or made a text by rule, in each database that runs here. */
@Tag("server")
class SourceTypesTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    private static SourceTable mariadb(String name) {
        Optional<String> missing = MariaServer.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        return SourceTable.mariadb(name);
    }

    private Drive drive(SourceTable table, StreamName stream, OutOfRange rule) {
        return new Drive(
                JdbcSourceConfig.of(Secret.of(table.url()), List.of(StreamConfig.snapshot(stream.toString()).with(rule))), context, stream,
                ReadMode.SNAPSHOT);
    }

    private static List<@Nullable String> row(@Nullable String... values) {
        return Arrays.asList(values);
    }

    private void refused(Drive drive, ErrorCode code, String word) {
        assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, refused -> {
            assertThat(refused.errorCode()).isEqualTo(code);
            assertThat(refused.getMessage()).contains(word);
        });
    }

    @Test
    @Tag("C05")
    @Tag("C11")
    @Tag("C13")
    @Tag("C15")
    void everyTypeOfMariadbArrivesAtItsEnds() {
        SourceTable table = mariadb("types_all");
        table.run("CREATE TABLE t (id int PRIMARY KEY, flag tinyint(1), small smallint unsigned, medium mediumint, big bigint, huge bigint unsigned, "
                        + "y year, amount decimal(30,10), wide decimal(65,0), f float, d double, bit1 bit(1), bits bit(64), c char(4), v varchar(40), "
                        + "latin varchar(10) CHARACTER SET latin1, kind enum('a','b'), tags set('x','y'), raw varbinary(8), u uuid, ip inet6, day date, span time(6), "
                        + "local datetime(6), at timestamp(6) NULL)",
                "SET time_zone = '+05:00'",
                "INSERT INTO t VALUES (1, 2, 65535, -8388608, -9223372036854775808, 18446744073709551615, 0000, 12345678901234567890.0123456789, "
                        + "repeat('9', 65), 16777217, 0.1, b'1', b'" + "1".repeat(64) + "', 'ab', 'ünï😀', 'ü', 'b', 'x,y', x'00ff', "
                        + "'123e4567-e89b-12d3-a456-426614174000', '::1', '0001-01-01', '-838:59:59.999999', '9999-12-31 23:59:59.999999', "
                        + "'2024-01-01 05:00:00.000001')",
                "INSERT INTO t (id) VALUES (0)");
        List<List<@Nullable String>> rows = drive(table, new StreamName("types_all", "t"), OutOfRange.FAIL).run();
        assertThat(rows.get(0)).hasSize(25).startsWith("0").last().isNull();
        assertThat(rows.get(0).subList(1, 25)).containsOnlyNulls();
        List<@Nullable String> row = rows.get(1);
        assertThat(row.subList(1, 21)).isEqualTo(row(
                "2", "65535", "-8388608", "-9223372036854775808", "18446744073709551615", "0", "12345678901234567890.0123456789", "9".repeat(65),
                "1.6777216E7", "0.1", "true", "18446744073709551615", "ab", "ünï😀", "ü", "b", "x,y", "00ff", "123e4567e89b12d3a456426614174000", "::1"));
        assertThat(row.subList(21, 25)).isEqualTo(row(
                "-719162", "[0, 0, -3020399999999]", "9999-12-31T23:59:59.999999", "1704067200000001"));
    }

    @Test
    @Tag("C14")
    void aZeroDateOfMariadbIsRefusedCountedOrATextAndNothingBehindItMoves() {
        SourceTable table = mariadb("types_zero");
        table.run("SET sql_mode = ''", "CREATE TABLE t (id int PRIMARY KEY, day date, at datetime(6), behind int)",
                "INSERT INTO t VALUES (1, '0000-00-00', '0000-00-00 00:00:00', 7), (2, '2024-00-10', '2024-02-29 00:00:00', 8)");
        StreamName stream = new StreamName("types_zero", "t");
        refused(drive(table, stream, OutOfRange.FAIL), SourceError.VALUE_OUT_OF_RANGE, "zero_date");
        Drive nulls = drive(table, stream, OutOfRange.NULL);
        assertThat(nulls.run()).containsExactly(row("1", null, null, "7"), row("2", null, "2024-02-29T00:00", "8"));
        assertThat(nulls.exceptions).isEqualTo(Map.of("day:zero_date", 2L, "at:zero_date", 1L));
        assertThat(drive(table, stream, OutOfRange.TEXT).run()).containsExactly(
                row("1", "0000-00-00", "0000-00-00 00:00:00.000000", "7"), row("2", "2024-00-10", "2024-02-29 00:00:00.000000", "8"));
    }

    @Test
    void aTypeWithoutARowInTheTableIsRefusedBeforeAnythingIsRead() {
        SourceTable table = mariadb("types_refused");
        table.run("CREATE TABLE t (id int PRIMARY KEY, place point)", "INSERT INTO t VALUES (1, NULL)");
        refused(drive(table, new StreamName("types_refused", "t"), OutOfRange.FAIL), SourceError.TYPE_REFUSED, "place is a point");
    }

    @Test
    void whatSqliteStoresInAColumnArrivesAsItIsOrIsNamed() {
        SourceTable table = SourceTable.sqlite(context.temporaryFolder());
        table.run("CREATE TABLE t (id integer PRIMARY KEY, n integer, r real, d decimal(10,2), s text, raw blob, flag boolean, day date, at datetime)",
                "INSERT INTO t VALUES (1, -9223372036854775808, 0.1, 0.1, 'ünï' || char(0) || '😀', x'', 1, '2024-02-29', '2024-02-29 23:59:59.5')",
                "INSERT INTO t (id) VALUES (2)");
        StreamName stream = StreamName.of("t");
        assertThat(drive(table, stream, OutOfRange.FAIL).run()).containsExactly(
                row("1", "-9223372036854775808", "0.1", "0.10", "ünï\0😀", "", "true", "19782", "2024-02-29T23:59:59.500"),
                row("2", null, null, null, null, null, null, null, null));
        table.run("INSERT INTO t VALUES (3, 'many', 'x', 1.005, x'80', 'text', 2, 45000, 1700000000), (4, 1.5, 9007199254740993, 12345678901, "
                + "cast(x'80' AS text), 1, 0, 'soon', 'later')");
        refused(drive(table, stream, OutOfRange.FAIL), SourceError.VALUE_OUT_OF_RANGE, "column n, a INTEGER, holds a value of the kind stored_text");
        Drive nulls = drive(table, stream, OutOfRange.NULL);
        assertThat(nulls.run().subList(2, 4)).containsExactly(
                row("3", null, null, null, null, null, null, null, null),
                // SQLite itself has made a float of the whole number.
                row("4", null, "9.007199254740992E15", null, null, null, "false", null, null));
        assertThat(nulls.exceptions).hasSize(12).containsEntry("n:stored_text", 1L).containsEntry("n:stored_float", 1L)
                .containsEntry("s:stored_bytes", 2L).containsEntry("d:too_many_digits", 2L).containsEntry("day:stored_whole_number", 1L);
        assertThat(drive(table, stream, OutOfRange.TEXT).run().get(2)).isEqualTo(
                row("3", "many", "x", "1.005", "x'80'", "text", "2", "45000", "1700000000"));
    }

    @Test
    @Tag("C07")
    @Tag("C08")
    @Tag("C10")
    void everyTypeOfDuckdbArrivesAtItsEnds() {
        SourceTable table = SourceTable.duckdb(context.temporaryFolder());
        table.run("CREATE TABLE t (flag boolean, tiny utinyint, big ubigint, huge hugeint, f float, d double, amount decimal(38,10), s varchar, raw blob, "
                        + "u uuid, kind enum('a','b'), day date, tm time, made timestamp, tz timestamptz, ns timestamp_ns, span interval, list integer[], "
                        + "st struct(a integer, b varchar), m map(varchar, integer), dl double[], j json, bits bit)",
                "INSERT INTO t VALUES (true, 255, 18446744073709551615, -99999999999999999999999999999999999999, 1.5, 'nan', "
                        + "1234567890123456789012345678.0123456789, 'ünï😀', '\\x00\\xFF'::blob, '123e4567-e89b-12d3-a456-426614174000', 'b', "
                        + "'0044-03-15 (BC)', '23:59:59.999999', '290000-01-01 00:00:00.000001', '2024-01-01 00:00:00+00', '2024-01-01 00:00:00.000001', "
                        + "INTERVAL '1 month 2 days 3 microseconds', [1, NULL, 3], {'a': 1, 'b': 'x'}, MAP {'k': 1}, [1.5, 'nan'::double], '{\"a\":  1}', '0101'::bit)",
                "INSERT INTO t (flag) VALUES (NULL)");
        StreamName stream = new StreamName("main", "t");
        List<List<@Nullable String>> rows = drive(table, stream, OutOfRange.FAIL).run();
        assertThat(rows.get(1)).hasSize(23).containsOnlyNulls();
        assertThat(rows.get(0)).isEqualTo(row(
                "true", "255", "18446744073709551615", "-99999999999999999999999999999999999999", "1.5", "NaN",
                "1234567890123456789012345678.0123456789", "ünï😀", "00ff", "123e4567e89b12d3a456426614174000", "b", "-735160",
                "86399999999", "+290000-01-01T00:00:00.000001", "1704067200000000", "2024-01-01T00:00:00.000001", "1 month 2 days 00:00:00.000003",
                "[1,null,3]", "{\"a\":1,\"b\":\"x\"}", "{\"k\":1}", "[1.5, nan]", "{\"a\":  1}", "0101"));
        table.run("CREATE TABLE odd (day date, made timestamp, tm time, ns timestamp_ns, huge hugeint)",
                "INSERT INTO odd VALUES ('infinity', '-infinity', '24:00:00', '2024-01-01 00:00:00.000000001', 170141183460469231731687303715884105727)");
        Drive nulls = drive(table, new StreamName("main", "odd"), OutOfRange.NULL);
        assertThat(nulls.run()).containsExactly(row(null, null, null, null, null));
        assertThat(nulls.exceptions.keySet()).containsExactlyInAnyOrder(
                "day:infinity", "made:infinity", "tm:no_time_of_day", "ns:below_a_microsecond", "huge:more_than_38_digits");
        assertThat(drive(table, new StreamName("main", "odd"), OutOfRange.TEXT).run()).containsExactly(row(
                "infinity", "-infinity", "24:00:00", "2024-01-01 00:00:00.000000001", "170141183460469231731687303715884105727"));
        refused(drive(table, new StreamName("main", "odd"), OutOfRange.FAIL), SourceError.VALUE_OUT_OF_RANGE, "infinity");
    }
}

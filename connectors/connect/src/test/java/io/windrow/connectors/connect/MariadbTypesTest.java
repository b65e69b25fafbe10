package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.testkit.conformance.TestContext;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every type of MariaDB that is delivered, at its limits, with what a copy reads of it and what the log holds (I7). */
@Tag("server")
class MariadbTypesTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    /** A column, two of its values as literals, and both as they arrive. */
    private record Kind(String column, String low, String high, String lowArrives, String highArrives) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("flag tinyint(1)", "-1", "2", "-1", "2"),
            new Kind("unsigned_flag tinyint(1) unsigned", "0", "21", "0", "21"),
            new Kind("small smallint", "-32768", "32767", "-32768", "32767"),
            new Kind("middle mediumint unsigned", "0", "16777215", "0", "16777215"),
            // Arrow's 32 and 64 unsigned bits, as Java prints them.
            new Kind("whole int unsigned", "2147483648", "4294967295", "-2147483648", "-1"),
            new Kind("big bigint unsigned", "9223372036854775808", "18446744073709551615", "-9223372036854775808", "-1"),
            new Kind("wide bigint", "-9223372036854775808", "9223372036854775807", "-9223372036854775808", "9223372036854775807"),
            new Kind("exact decimal(38,10)", "-9999999999999999999999999999.9999999999", "0.1", "-9999999999999999999999999999.9999999999", "0.1000000000"),
            new Kind("exacter decimal(65,30)", "-1", "99999999999999999999999999999999999.999999999999999999999999999999", "-1.000000000000000000000000000000", "99999999999999999999999999999999999.999999999999999999999999999999"),
            new Kind("single float", "-1.5", "0.1", "-1.5", "0.1"),
            new Kind("seven_digits float", "16777216", "3.4028234e38", "1.6777216E7", "3.4028235E38"),
            new Kind("fixed float(9,2)", "-0", "131072.13", "0.0", "131072.12"),
            new Kind("wider double", "-1.7976931348623157e308", "0.1", "-1.7976931348623157E308", "0.1"),
            new Kind("one bit(1)", "b'0'", "b'1'", "false", "true"),
            new Kind("bits bit(12)", "b'0'", "b'100000000001'", "0", "2049"),
            new Kind("word varchar(20)", "''", "'ünï😀'", "", "ünï😀"),
            new Kind("latin varchar(20) character set latin1", "' '", "'é€'", " ", "é€"),
            new Kind("essay longtext", "'NULL'", "'a\\0b'", "NULL", "a\u0000b"),
            new Kind("doc json", "'null'", "'{\"a\":1,\"a\": 12345678901234567890.12345678}'", "null", "{\"a\":1,\"a\": 12345678901234567890.12345678}"),
            new Kind("choice enum('a','b,c')", "'a'", "'b,c'", "a", "b,c"),
            new Kind("choices set('x','y','z')", "''", "'x,z'", "", "x,z"),
            new Kind("raw varbinary(10)", "x''", "x'00ff00'", "[]", "[0, -1, 0]"),
            new Kind("padded binary(4)", "x'00ff'", "x'fffefdfc'", "[0, -1, 0, 0]", "[-1, -2, -3, -4]"),
            new Kind("blobs longblob", "x''", "x'fe'", "[]", "[-2]"),
            new Kind("day date", "'1000-01-01'", "'9999-12-31'", "-354285", "2932896"),
            new Kind("old date", "'1500-02-28'", "'1582-10-10'", String.valueOf(LocalDate.of(1500, 2, 28).toEpochDay()), String.valueOf(LocalDate.of(1582, 10, 10).toEpochDay())),
            new Kind("at datetime(6)", "'2026-03-29 02:30:00'", "'9999-12-31 23:59:59.999999'", "2026-03-29T02:30", "9999-12-31T23:59:59.999999"),
            new Kind("coarse datetime", "'1000-01-01 00:00:00'", "'2026-10-25 02:30:00'", "1000-01-01T00:00", "2026-10-25T02:30"),
            new Kind("moment timestamp(6) null", "'1970-01-02 00:00:00'", "'2037-12-31 23:59:59.999999'", "86400000000", "2145916799999999"),
            new Kind("whole_moment timestamp null", "'1970-01-02 00:00:00'", "'2037-12-31 23:59:59'", "86400000000", "2145916799000000"),
            new Kind("span time(6)", "'-507:48:27.000001'", "'838:59:59.999999'", "{\"months\":0,\"days\":0,\"micros\":-1828107000001}", "{\"months\":0,\"days\":0,\"micros\":3020399999999}"),
            new Kind("the_year year", "1901", "2155", "1901", "2155"),
            new Kind("no_year year", "'0000'", "'1970'", "0", "1970"),
            new Kind("first date", "'0001-01-01'", "'0069-12-31'", String.valueOf(LocalDate.of(1, 1, 1).toEpochDay()), String.valueOf(LocalDate.of(69, 12, 31).toEpochDay())),
            new Kind("first_at datetime(6)", "'0001-01-01 00:00:00'", "'0069-12-31 23:59:59.000001'", "0001-01-01T00:00", "0069-12-31T23:59:59.000001"),
            // What a NULL is never replaced by (I8).
            new Kind("given int default 7", "0", "8", "0", "8"),
            new Kind("given_year year default 2000", "1999", "2001", "1999", "2001"),
            new Kind("given_text varchar(5) default 'x'", "''", "'y'", "", "y"),
            new Kind("given_day date default '2000-01-01'", "'1999-12-31'", "'2000-01-02'", "10956", "10958"),
            new Kind("given_at datetime default '2000-01-01'", "'1999-12-31'", "'2000-01-02'", "1999-12-31T00:00", "2000-01-02T00:00"),
            new Kind("given_moment timestamp null default '2000-01-01'", "'1999-12-31'", "'2000-01-02'", "946598400000000", "946771200000000"));

    private static String insert(int id, List<String> values) {
        return "INSERT INTO $.kinds VALUES (" + id + ", " + String.join(", ", values) + ")";
    }

    private static String arrived(String operation, int id, List<String> values) {
        return operation + "|" + id + "|" + String.join("|", values);
    }

    @Test
    @Tag("C05")
    @Tag("C08")
    @Tag("C11")
    @Tag("C13")
    @Tag("C15")
    @Tag("C19")
    @Tag("C20")
    void aCopyAndTheLogGiveTheSameValues() {
        MariaShop shop = new MariaShop();
        List<String> low = KINDS.stream().map(Kind::low).toList();
        List<String> high = KINDS.stream().map(Kind::high).toList();
        List<String> none = KINDS.stream().map(kind -> "NULL").toList();
        String utc = "SET time_zone = '+00:00'";
        shop.run(utc, "CREATE TABLE $.kinds (id int PRIMARY KEY, " + String.join(", ", KINDS.stream().map(Kind::column).toList()) + ")",
                insert(1, low), insert(2, high), insert(3, none));
        Drive drive = new Drive(shop.config("kinds"), context);
        drive.run();
        shop.run(utc, insert(4, low), insert(5, high), insert(6, none), "DELETE FROM $.kinds WHERE id = 2");
        drive.run();
        List<String> lows = KINDS.stream().map(Kind::lowArrives).toList();
        List<String> highs = KINDS.stream().map(Kind::highArrives).toList();
        List<String> nulls = KINDS.stream().map(kind -> "null").toList();
        assertThat(drive.rows(shop.table("kinds"))).containsExactly(
                arrived("COPY", 1, lows), arrived("COPY", 2, highs), arrived("COPY", 3, nulls), arrived("INSERT", 4, lows),
                arrived("INSERT", 5, highs), arrived("INSERT", 6, nulls), arrived("DELETE", 2, highs));
    }

    @Test
    @Tag("C14")
    void aDateOfZerosThatMayNotBeNullStopsTheReadOrIsCountedAndIsNeverAnotherDate() {
        MariaShop shop = new MariaShop();
        String columns = " (id int PRIMARY KEY, d date NOT NULL, given date NOT NULL DEFAULT '2000-01-01', one datetime NOT NULL, two datetime(6) NOT NULL,"
                + " m timestamp NOT NULL)";
        String lax = "SET sql_mode = ''";
        String zone = "SET time_zone = '+00:00'";
        String epoch = "INSERT INTO $.%s VALUES (1, '1970-01-01', '2000-01-01', '1970-01-01', '1970-01-01', '1970-01-02')";
        String zeros = "INSERT INTO $.%s VALUES (2, '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00', '0000-00-00')";
        shop.run("CREATE TABLE $.counted" + columns, "CREATE TABLE $.strict" + columns);
        shop.run(lax, zone, epoch.formatted("counted"), zeros.formatted("counted"), epoch.formatted("strict"));
        Drive counted = new Drive(shop.under(OutOfRange.NULL, "counted"), context);
        Drive strict = new Drive(shop.config("strict"), context);
        counted.run();
        strict.run();
        shop.run(lax, zone, "UPDATE $.counted SET id = id + 2 ORDER BY id DESC", zeros.formatted("strict"));
        counted.run();
        String dates = "0|10957|1970-01-01T00:00|1970-01-01T00:00|86400000000";
        String nulls = "null|null|null|null|null";
        assertThat(counted.rows(shop.table("counted"))).containsExactly("COPY|1|" + dates, "COPY|2|" + nulls, "DELETE>|2|" + nulls, "INSERT<|4|" + nulls,
                "DELETE>|1|" + dates, "INSERT<|3|" + dates);
        assertThat(counted.exceptions).isEqualTo(Map.of("d:zero_date", 3L, "given:zero_date", 3L, "one:zero_date", 3L, "two:zero_date", 3L, "m:zero_date", 3L));
        WindrowException stopped = catchThrowableOfType(WindrowException.class, strict::run);
        assertThat(stopped.errorCode()).isEqualTo(ConnectError.VALUE_OUT_OF_RANGE);
        assertThat(stopped).hasMessageContaining("column d, a date");
        assertThat(strict.rows(shop.table("strict"))).containsExactly("COPY|1|" + dates);
    }

    @Test
    @Tag("C14")
    void timesOfZerosAreNullAndShiftNothing() {
        MariaShop shop = new MariaShop();
        String lax = "SET sql_mode = ''";
        shop.run("CREATE TABLE $.zeros (id int PRIMARY KEY, one datetime(6), two datetime(6), d date, m timestamp null, s varchar(5))");
        shop.run(lax, "INSERT INTO $.zeros VALUES (1, '0000-00-00', '2026-01-02 03:04:05.678901', '0000-00-00', '0000-00-00', 'end')");
        Drive drive = new Drive(shop.config("zeros"), context);
        drive.run();
        shop.run(lax, "INSERT INTO $.zeros VALUES (2, '0000-00-00', '2026-01-02 03:04:05.678901', '0000-00-00', '0000-00-00', 'end')");
        drive.run();
        assertThat(drive.rows(shop.table("zeros"))).containsExactly(
                "COPY|1|null|2026-01-02T03:04:05.678901|null|null|end", "INSERT|2|null|2026-01-02T03:04:05.678901|null|null|end");
    }
}

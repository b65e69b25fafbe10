package io.windrow.connectors.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Until;
import io.windrow.connectors.connect.database.Metrics;
import io.windrow.connectors.connect.database.Preset;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.testkit.conformance.TestContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debezium's connector in this process, on a real MariaDB. */
@Tag("server")
class MariadbFollowTest {
    @RegisterExtension
    final TestContext context = new TestContext();

    @TempDir
    Path folder;

    @Test
    @Tag("D34")
    @Tag("D22")
    void aTableIsCopiedAndThenFollowedWithoutAGap() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.orders (id int PRIMARY KEY, name varchar(20))", "INSERT INTO $.orders VALUES (1, 'one'), (2, 'two')");
        Drive drive = new Drive(shop.config("orders"), context);
        drive.beforeLog = () -> shop.run("INSERT INTO $.orders VALUES (3, 'three')");
        drive.run();
        assertThat(drive.rows(shop.table("orders"))).containsExactly("COPY|1|one", "COPY|2|two");
        drive.beforeLog = () -> {};
        shop.run("UPDATE $.orders SET name = 'deux' WHERE id = 2", "UPDATE $.orders SET id = 10 WHERE id = 1",
                "DELETE FROM $.orders WHERE id = 3", "TRUNCATE $.orders", "INSERT INTO $.orders VALUES (4, 'four')");
        drive.run();
        assertThat(drive.rows(shop.table("orders"))).containsExactly(
                "COPY|1|one", "COPY|2|two", "INSERT|3|three", "UPDATE|2|deux", "DELETE>|1|one", "INSERT<|10|one", "DELETE|3|three",
                "TRUNCATE|-|-", "INSERT|4|four");
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    @Tag("B07")
    void killedAfterAnyBatchItGoesOnWithinTheTransaction() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.one (id int PRIMARY KEY, n int)", "CREATE TABLE $.two (id int PRIMARY KEY)",
                "INSERT INTO $.one SELECT seq, 0 FROM $.seq_1_to_20");
        Drive drive = new Drive(shop.config(7, "one", "two"), context);
        drive.run();
        shop.run("BEGIN", "UPDATE $.one SET n = id", "INSERT INTO $.two SELECT seq FROM $.seq_1_to_20", "UPDATE $.one SET id = id + 100 WHERE id <= 5",
                "COMMIT");
        for (int kills = 0; kills < 3; kills++) {
            drive.run(1);
        }
        drive.run();
        List<String> expected = new ArrayList<>();
        IntStream.rangeClosed(1, 20).forEach(i -> expected.add("COPY|" + i + "|0"));
        IntStream.rangeClosed(1, 20).forEach(i -> expected.add("UPDATE|" + i + "|" + i));
        IntStream.rangeClosed(1, 5).forEach(i -> expected.addAll(List.of("DELETE>|" + i + "|" + i, "INSERT<|" + (i + 100) + "|" + i)));
        assertThat(drive.rows(shop.table("one"))).containsExactlyElementsOf(expected);
        assertThat(drive.rows(shop.table("two")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).mapToObj(i -> "INSERT|" + i).toList());
    }

    @Test
    void aReaderThatIsHeldUpWithinATransactionGetsNothingTwice() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config(1000, "t"), context);
        drive.run();
        shop.run("INSERT INTO $.t SELECT seq FROM $.seq_1_to_40000");
        drive.afterBatch = () -> {
            // Longer than the connector's client waits for a sign of the server.
            shop.run("DO SLEEP(5)");
            drive.afterBatch = () -> {};
        };
        drive.run();
        assertThat(drive.rows(shop.table("t")))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 40_000).mapToObj(i -> "INSERT|" + i).toList());
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    void aServerThatIsIdleIsHeard() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        MariadbConfig config = shop.config("t");
        Drive drive = new Drive(config, context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1)");
        drive.afterBatch = () -> {
            long before = config.heard(context.pipeline()).orElseThrow();
            await().atMost(Duration.ofMinutes(5)).until(() -> config.heard(context.pipeline()).orElseThrow() > before);
        };
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1");
    }

    @Test
    void theConnectorMakesNoTextOfEachChangeForItsBeans() throws Exception {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        ObjectName beans = new ObjectName("debezium.mariadb:type=connector-metrics,context=streaming,"
                + Metrics.settings(context.pipeline()).get("custom.metric.tags") + ",*");
        List<Object> counted = new ArrayList<>();
        drive.afterBatch = () -> {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            server.queryNames(beans, null).forEach(bean -> {
                try {
                    counted.add(server.getAttribute(bean, "TotalNumberOfCreateEventsSeen"));
                } catch (JMException e) {
                    throw new AssertionError(e);
                }
            });
        };
        shop.run("INSERT INTO $.t SELECT seq FROM $.seq_1_to_40000");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).hasSize(40_000);
        // What makes the texts counts, too: it was heard until the first records had come, of which the connector holds fewer back.
        assertThat(counted).isNotEmpty().allSatisfy(count -> assertThat((long) count).isLessThan(30_000));
    }

    @Test
    @Tag("D10")
    @Tag("D44")
    void anInterruptedCopyBeginsAgainInANewGeneration() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t SELECT seq FROM $.seq_1_to_30");
        Drive drive = new Drive(shop.config(10, "t"), context);
        drive.run(1);
        assertThat(drive.rows(shop.table("t"))).hasSize(10);
        drive.run();
        assertThat(drive.generations).containsValue(2L);
        assertThat(drive.rows(shop.table("t"))).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    @Tag("D10")
    @Tag("D34")
    void whatIsWrittenDuringACopyAndDuringOneThatIsMadeAgainComesOnce() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, n int)", "INSERT INTO $.t SELECT seq, 0 FROM $.seq_1_to_12000");
        // The connector is to be still at it when rows of its copy are committed.
        Drive drive = new Drive(shop.through(shop.server.port(), Map.of("max.queue.size", "2100"), "t"), context);
        AtomicInteger writes = new AtomicInteger();
        drive.afterCopied = () -> {
            int next = writes.incrementAndGet();
            shop.run("INSERT INTO $.t VALUES (" + (20_000 + next) + ", 0)", "UPDATE $.t SET n = n + 1 WHERE id % 37 = " + next % 37,
                    "DELETE FROM $.t WHERE id BETWEEN " + 400 * next + " AND " + (400 * next + 5), "UPDATE $.t SET id = -id WHERE id = " + 300 * next);
        };
        drive.run(4);
        drive.run();
        assertThat(drive.generations).containsValue(2L);
        assertThat(writes).hasValueGreaterThan(12);
        drive.run();
        Map<String, String> folded = new TreeMap<>();
        for (String row : drive.rows(shop.table("t"))) {
            String[] parts = row.split("\\|");
            String before = parts[0].startsWith("DELETE") ? folded.remove(parts[1]) : folded.put(parts[1], parts[2]);
            assertThat(before != null).as(row).isEqualTo(parts[0].startsWith("DELETE") || parts[0].equals("UPDATE"));
        }
        assertThat(folded.entrySet().stream().map(entry -> entry.getKey() + "|" + entry.getValue()).toList())
                .containsExactlyInAnyOrderElementsOf(shop.query("SELECT id, n FROM $.t"));
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    @Tag("D47")
    void aCopyThatMeetsALockedTableEndsWithThatReasonAndLetsNobodyWait() throws SQLException {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)", "CREATE TABLE $.others (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.through(shop.server.port(), Map.of("snapshot.lock.timeout.ms", "1000"), "t"), context);
        try (Connection holder = DriverManager.getConnection(shop.server.jdbcUrl("")); Statement statement = holder.createStatement()) {
            statement.execute("LOCK TABLES " + shop.table("t") + " WRITE");
            WindrowException locked = catchThrowableOfType(WindrowException.class, drive::run);
            assertThat(locked.errorCode()).as(locked.getMessage()).isEqualTo(ConnectError.COPY_LOCKED);
            assertThat(locked.kind()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
            shop.run("INSERT INTO $.others VALUES (1)");
        }
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1");
    }

    @Test
    @Tag("D19")
    @Tag("D21")
    void changesFromBeforeATableWasAlteredAreReadAsItWasThen() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, a int)", "CREATE TABLE $.other (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t", "other"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1, 1)",
                "ALTER TABLE $.t ADD b int, ADD c int, ADD d int, ADD e int, ADD f int, ADD g int, ADD h int FIRST",
                "INSERT INTO $.t (id, a, g, h) VALUES (2, 2, 3, 4)");
        drive.run();
        assertThat(drive.rows(shop.table("t")))
                .containsExactly("INSERT|-|1|1|-|-|-|-|-|-", "INSERT|4|2|2|null|null|null|null|null|3");

        // Altered while it is idle and others are not: its form is saved before the log is let go.
        shop.run("ALTER TABLE $.t DROP h", "INSERT INTO $.other VALUES (1)");
        for (int i = 0; i < 20; i++) {
            shop.run("CREATE TABLE $.noise (id int)", "DROP TABLE $.noise");
        }
        drive.run();
        shop.run("INSERT INTO $.t (id, a) VALUES (3, 3)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).last().isEqualTo("INSERT|3|3|null|null|null|null|null|null");
        assertThat(drive.rows(shop.table("other"))).containsExactly("INSERT|1");
        // Of its history a stream keeps what its own table looks like where it stands, and nothing of others.
        assertThat(drive.states.values()).allSatisfy(state -> assertThat(state.text()).doesNotContain("noise", "ADD b int"));
        assertThat(drive.states.get(Preset.stream(shop.table("t"))).text()).contains("DROP h");
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    void theFirstRowThatIsNotOfThePlannedFormIsNamed() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "CREATE TABLE $.other (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t", "other"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1)", "INSERT INTO $.other VALUES (1)");
        drive.beforeLog = () -> shop.run("ALTER TABLE $.t ADD more int", "INSERT INTO $.other VALUES (2)", "INSERT INTO $.t VALUES (2, 2)");
        drive.until = Until.STOPPED;
        assertThatThrownBy(drive::run).isInstanceOfSatisfying(
                WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.RELATION_CHANGED));
        StreamName t = Preset.stream(shop.table("t"));
        assertThat(drive.altered).containsOnlyKeys(t);
        LogPlace met = LogPlace.of(drive.altered.get(t));
        drive.until = Until.CAUGHT_UP;
        drive.beforeLog = () -> {};
        drive.run();
        assertThat(drive.rows(shop.table("t"))).hasSize(2).last().isEqualTo("INSERT|2|2");
        assertThat(LogPlace.of(drive.places.get(t)).covers(met.transaction(), met.row() - 1)).isTrue();
    }

    @Test
    @Tag("D22")
    void aStatementThatTakesRowsAwayUnnamedStopsItsStreamAlone() {
        MariaShop shop = new MariaShop();
        String parts = " (id int PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)";
        List<String> tables = List.of("replaced", "dropped", "cut", "cut_off", "swapped", "thinned", "renamed", "exchanged", "overtaken", "kept");
        for (String table : tables) {
            boolean whole = !List.of("cut", "cut_off", "swapped").contains(table);
            shop.run("CREATE TABLE $." + table + (whole ? " (id int PRIMARY KEY, n int)" : parts), "INSERT INTO $." + table + " (id) VALUES (1)");
        }
        // What happens to tables that nobody follows stops nothing.
        shop.run("CREATE TABLE $.unknown (id int)", "CREATE TABLE $.unseen (id int)");
        Drive drive = new Drive(shop.config(tables.toArray(String[]::new)), context);
        drive.run();
        shop.run("ALTER TABLE $.unknown ADD n int", "RENAME TABLE $.unknown TO $.known", "CREATE TABLE $.alike LIKE $.unseen",
                "CREATE OR REPLACE TABLE $.unseen (id int, n int)", "TRUNCATE $.known", "DROP TABLE $.known", "CREATE VIEW $.seen AS SELECT 1 AS one",
                "CREATE OR REPLACE VIEW $.seen AS SELECT 2 AS one", "DROP VIEW $.seen");
        shop.run("CREATE OR REPLACE TABLE $.replaced (id int PRIMARY KEY, n int)", "DROP TABLE $.dropped",
                "CREATE TABLE $.dropped (id int PRIMARY KEY, n int)", "ALTER TABLE $.cut TRUNCATE PARTITION p0",
                "ALTER TABLE $.cut_off DROP PARTITION p0", "CREATE TABLE $.aside (id int PRIMARY KEY)",
                "ALTER TABLE $.swapped EXCHANGE PARTITION p0 WITH TABLE $.aside", "ALTER IGNORE TABLE $.thinned ADD UNIQUE (n)",
                "RENAME TABLE $.renamed TO $.former", "CREATE TABLE $.renamed (id int PRIMARY KEY, n int)",
                "CREATE TABLE $.`ex new` LIKE $.exchanged", "RENAME TABLE $.exchanged TO $.ex_old, $.`ex new` TO $.exchanged",
                "CREATE TABLE $.over LIKE $.overtaken", "ALTER TABLE $.overtaken RENAME $.over_old", "ALTER TABLE $.over COMMENT 'to x', RENAME AS $.overtaken",
                "ALTER TABLE $.kept ADD INDEX before_that (n)", "ALTER TABLE $.kept RENAME INDEX before_that TO behind_that",
                "CREATE TABLE IF NOT EXISTS $.kept (id int PRIMARY KEY, n int)", "ALTER TABLE $.kept ADD m int COMMENT 'drop partition'",
                "INSERT INTO $.kept (id) VALUES (2)");
        for (String table : tables) {
            shop.run("INSERT INTO $." + table + " (id) VALUES (3)");
        }
        drive.run();
        assertThat(drive.failed.values()).extracting(WindrowException::errorCode).containsOnly(ConnectError.TABLE_EMPTIED);
        assertThat(drive.failed.keySet().stream().map(stream -> stream.name()).toList())
                .containsExactly("cut", "cut_off", "dropped", "exchanged", "overtaken", "renamed", "replaced", "swapped", "thinned");
        assertThat(drive.rows(shop.table("cut"))).containsExactly("COPY|1");
        assertThat(drive.states.get(Preset.stream(shop.table("kept"))).text()).doesNotContain("seen", "REPLACE");
        assertThat(drive.rows(shop.table("kept")))
                .containsExactly("COPY|1|null", "INSERT|2|null|null", "INSERT|3|null|null");
    }

    @Test
    @Tag("D22")
    @Tag("D21")
    void aDatabaseThatIsDroppedStopsItsStreamsAndWhatUsersAreSetToIsNotKept() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)", "CREATE TABLE $.u (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t", "u"), context);
        drive.run();
        // The log still has it when the table is there again.
        shop.run("CREATE USER 'set$'@'%'", "SET PASSWORD FOR 'set$'@'%' = PASSWORD('secret')", "CREATE DATABASE other$", "DROP DATABASE other$",
                "INSERT INTO $.t VALUES (2)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1", "INSERT|2");
        assertThat(drive.states.values()).allSatisfy(state -> assertThat(state.text()).doesNotContain("PASSWORD", "other" + shop.database));
        shop.run("DROP DATABASE $", "CREATE DATABASE $", "CREATE TABLE $.t (id int PRIMARY KEY)", "CREATE TABLE $.u (id int PRIMARY KEY)",
                "INSERT INTO $.t VALUES (3)");
        drive.run();
        assertThat(drive.failed.values()).extracting(WindrowException::errorCode).containsOnly(ConnectError.TABLE_EMPTIED);
        assertThat(drive.failed).hasSize(2);
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1", "INSERT|2");
    }

    @Test
    @Tag("D22")
    void noPlaceBehindSuchAStatementIsCommittedWhereverARunDies() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.gone (id int PRIMARY KEY)", "CREATE TABLE $.kept (id int PRIMARY KEY)", "INSERT INTO $.gone VALUES (1)");
        Drive drive = new Drive(shop.config(2, "gone", "kept"), context);
        drive.run();
        shop.run("INSERT INTO $.kept VALUES (1)", "INSERT INTO $.gone VALUES (2)", "DROP TABLE $.gone", "CREATE TABLE $.gone (id int PRIMARY KEY)",
                "INSERT INTO $.gone VALUES (3)", "INSERT INTO $.kept VALUES (2), (3), (4), (5), (6), (7), (8)");
        for (int kills = 0; kills < 3; kills++) {
            drive.run(1);
        }
        drive.run();
        assertThat(drive.failed).containsOnlyKeys(Preset.stream(shop.table("gone")));
        assertThat(drive.rows(shop.table("gone"))).doesNotContain("INSERT|3");
        assertThat(drive.rows(shop.table("kept"))).containsExactlyElementsOf(IntStream.rangeClosed(1, 8).mapToObj(i -> "INSERT|" + i).toList());
    }

    @Test
    void columnsAreLeftOutWhateverTheirCaseAndAColumnThatIsNotThereIsRefused() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, Secret int, open int)", "INSERT INTO $.t VALUES (1, 2, 3)");
        Drive drive = new Drive(shop.without(List.of("t.SECRET"), "t"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (4, 5, 6)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1|3", "INSERT|4|6");
        Drive mistaken = new Drive(shop.without(List.of("t.secrets"), "t"), context);
        mistaken.run();
        assertThat(mistaken.refused.values()).extracting(WindrowException::errorCode).containsExactly(ConnectError.STREAM_INVALID);
    }

    @Test
    @Tag("D39")
    void aTableThatComesLaterIsCopiedAndFollowedFromItsOwnPlace() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.early (id int PRIMARY KEY)", "CREATE TABLE $.late (id int PRIMARY KEY)", "INSERT INTO $.early VALUES (1)");
        Drive early = new Drive(shop.config("early"), context);
        early.run();
        shop.run("INSERT INTO $.late VALUES (1)", "INSERT INTO $.early VALUES (2)", "DELETE FROM $.late", "INSERT INTO $.late VALUES (2)");
        Drive both = new Drive(shop.config("early", "late"), context);
        both.goOnFrom(early);
        both.beforeLog = () -> shop.run("INSERT INTO $.late VALUES (3)");
        both.run();
        both.beforeLog = () -> {};
        both.run();
        assertThat(both.rows(shop.table("early"))).containsExactly("COPY|1", "INSERT|2");
        assertThat(both.rows(shop.table("late"))).containsExactly("COPY|2", "INSERT|3");
        assertThat(both.seenAgain).isEqualTo(3);
    }

    @Test
    @Tag("D28")
    void aPurgedLogIsANamedPermanentError() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1)", "FLUSH BINARY LOGS", "INSERT INTO $.t VALUES (2)", "FLUSH BINARY LOGS");
        shop.purge();
        WindrowException lost = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(lost.errorCode()).isEqualTo(ConnectError.LOG_LOST);
        assertThat(lost.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(lost.remedy()).contains("--full-refresh");
        assertThat(drive.rows(shop.table("t"))).isEmpty();
    }

    @Test
    void aLogThatEndsBeforeWhereItWasReadIsAnotherOne() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        drive.places.replaceAll((stream, place) -> {
            LogPlace at = LogPlace.of(place);
            return new LogPlace(at.transaction() * 2, 0, at.offsets()).toPosition();
        });
        WindrowException back = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(back.errorCode()).isEqualTo(ConnectError.LOG_WENT_BACK);
        assertThat(back.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
    }

    @Test
    @Tag("D30")
    void aServerWithAnotherNumberIsTheSameIfItsLogHoldsWhatWasRead() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        try {
            // As a replica has one of its own.
            shop.run("SET GLOBAL server_id = 4711");
            drive.run();
        } finally {
            shop.run("SET GLOBAL server_id = 1");
        }
        assertThat(drive.refused).isEmpty();
        assertThat(context.told()).filteredOn(text -> text.startsWith("connect.server_taken_over")).singleElement().asString()
                .contains("server_id 4711");
        drive.run();
        // As an earlier version has saved it.
        drive.states.replaceAll((stream, state) -> new PlannerState(state.version(), state.text().replace(",\"server\":\"server_id 1\"", "")));
        assertThat(drive.states.values()).noneMatch(state -> state.text().contains(",\"server\":\"server_id 1\""));
        shop.run("INSERT INTO $.t VALUES (2)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1", "INSERT|2");
        assertThat(drive.states.values()).allMatch(state -> state.text().contains(",\"server\":\"server_id 1\""));
    }

    @Test
    void aLogThatTheConnectorWouldPassOverOrAUserWhoMayNotReadItIsRefusedBeforeTheCopy() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "INSERT INTO $.t VALUES (1)", "CREATE USER 'weak$'@'%' IDENTIFIED BY 'reads'",
                "GRANT SELECT, RELOAD ON *.* TO 'weak$'@'%'");
        try {
            shop.run("SET GLOBAL log_bin_compress = 1");
            WindrowException compressed = catchThrowableOfType(WindrowException.class, new Drive(shop.config("t"), context)::run);
            assertThat(compressed.errorCode()).isEqualTo(ConnectError.NOT_PREPARED);
            assertThat(compressed).hasMessageContaining("log_bin_compress");
        } finally {
            shop.run("SET GLOBAL log_bin_compress = 0");
        }
        Drive weak = new Drive(shop.as("weak" + shop.database, "reads", "t"), context);
        WindrowException lacking = catchThrowableOfType(WindrowException.class, weak::run);
        assertThat(lacking.errorCode()).isEqualTo(ConnectError.PERMISSION_DENIED);
        assertThat(lacking).hasMessageContaining("REPLICATION SLAVE");
        assertThat(weak.rows(shop.table("t"))).isEmpty();
    }

    @ParameterizedTest
    @Tag("D32")
    @ValueSource(strings = {"UPDATE $.t SET n = 2", "DELETE FROM $.t", "INSERT INTO $.t (id) VALUES (2)"})
    void aRowThatASessionWroteInPartStopsTheStreamAndIsNeverOneWithNulls(String statement) {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, name varchar(20), n int, hidden int, last int)", "INSERT INTO $.t VALUES (1, 'one', 1, 1, 1)");
        // Columns that nobody asks for are no stand-in for those that are missing.
        Drive drive = new Drive(shop.without(List.of("t.hidden", "t.last"), "t"), context);
        drive.run();
        shop.run("SET SESSION binlog_row_image = 'MINIMAL'", statement);
        WindrowException part = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(part.errorCode()).isEqualTo(ConnectError.ROW_INCOMPLETE);
        assertThat(part.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(part.remedy()).contains("binlog_row_image", "--full-refresh");
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1|one|1");
    }

    @ParameterizedTest
    @Tag("D32")
    @ValueSource(strings = {
        "/* by hand */ UPDATE $.t SET n = 2", "-- by hand\nDELETE FROM $.t", "REPLACE\nINTO $.t VALUES (1, 2)", "/*!50000 UPDATE $.t SET n = 2 */",
        "EXECUTE IMMEDIATE 'INSERT\n$.t VALUES (2, 2)'", "CALL $.p()", "SELECT $.f()", "LOAD DATA INFILE 'F' INTO TABLE $.t"
    })
    void aStatementInThePlaceOfRowsStopsTheStreamsHoweverItIsWritten(String statement) throws IOException {
        MariaShop shop = new MariaShop();
        Path file = Files.writeString(folder.resolve("rows.txt"), "2\t2\n");
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, n int)",
                "INSERT INTO $.t VALUES (1, 1)", "CREATE PROCEDURE $.p() UPDATE\n$.t SET n = 2",
                "CREATE FUNCTION $.f() RETURNS int DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE $.t SET n = 2; RETURN 1; END");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("SET SESSION binlog_format = 'STATEMENT'", statement.replace("'F'", "'" + file + "'"),
                "FLUSH TABLES $.t", "SET SESSION binlog_format = 'ROW'", "INSERT INTO $.t VALUES (3, 3)");
        WindrowException stated = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(stated.errorCode()).isEqualTo(ConnectError.STATEMENT_LOGGED);
        assertThat(stated.getMessage()).matches(".*behind binlog\\.\\d+:\\d+ of the log").doesNotContain("SET n");
        assertThat(drive.rows(shop.table("t"))).containsExactly("COPY|1|1");
    }

    @Test
    @Tag("D16")
    @Tag("D17")
    void aStatementThatGivesRowsOtherValuesIsToldByItsColumn() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, n int, k int)", "INSERT INTO $.t VALUES (1, 1, 1)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("ALTER TABLE $.t ADD c int", "ALTER TABLE $.t ADD INDEX (n)", "ALTER TABLE $.t COMMENT = 'rows', ENGINE = InnoDB",
                "ALTER TABLE $.t ALTER c SET DEFAULT 5");
        drive.run();
        assertThat(context.told()).noneMatch(text -> text.startsWith("connect.values_untold"));
        shop.run("ALTER TABLE $.t ADD d int NOT NULL DEFAULT 7", "ALTER TABLE $.t RENAME COLUMN n TO m", "ALTER TABLE $.t MODIFY k smallint");
        drive.run();
        assertThat(context.told()).filteredOn(text -> text.startsWith("connect.values_untold")).satisfiesExactly(
                text -> assertThat(text).contains("column d was added with a value"),
                text -> assertThat(text).contains("column n was renamed to m"),
                text -> assertThat(text).contains("column k was altered"));
    }

    @Test
    @Tag("D32")
    void whatIsWrittenAsAStatementAndChangesNoFollowedRowStopsNothing() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.followed (id int PRIMARY KEY)", "CREATE TABLE $.others (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("followed"), context);
        drive.run();
        shop.run("SET SESSION binlog_format = 'STATEMENT'", "/* x */ CREATE TABLE $.noise (id int)", "BEGIN",
                "/* x */ INSERT INTO $.others VALUES (1)", "SAVEPOINT s", "INSERT INTO $.others VALUES (2)", "ROLLBACK TO s", "RELEASE SAVEPOINT s", "COMMIT",
                "CREATE TRIGGER $.changes AFTER INSERT ON $.noise FOR EACH ROW DELETE FROM $.followed", "ANALYZE TABLE $.followed",
                "OPTIMIZE TABLE $.followed", "GRANT SELECT ON $.followed TO 'windrow'@'%'", "FLUSH TABLES", "DROP TABLE $.noise",
                "SET STATEMENT max_statement_time = 60 FOR CREATE TABLE $.noise (id int COMMENT 'DELETE FROM followed')",
                "CREATE TEMPORARY TABLE $.brief (id int)", "DROP TEMPORARY TABLE $.brief", "SET SESSION binlog_format = 'ROW'",
                "INSERT INTO $.followed VALUES (1)");
        drive.run();
        assertThat(drive.rows(shop.table("followed"))).containsExactly("INSERT|1");
        // Nobody asks what a trigger does with it.
        assertThat(context.told()).filteredOn(text -> text.startsWith("connect.statement_elsewhere")).hasSize(1);
    }

    @Test
    @Tag("D32")
    void whatTheConnectorWouldPassOverOfALogThatIsCompressedStopsTheStreams() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, wide varchar(4000))");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        try {
            shop.run("SET GLOBAL log_bin_compress = 1", "INSERT INTO $.t VALUES (1, REPEAT('x', 4000))",
                    "SET GLOBAL log_bin_compress = 0", "INSERT INTO $.t VALUES (2, '')");
        } finally {
            shop.run("SET GLOBAL log_bin_compress = 0");
        }
        WindrowException compressed = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(compressed.errorCode()).isEqualTo(ConnectError.EVENT_UNREADABLE);
        assertThat(drive.rows(shop.table("t"))).isEmpty();
    }

    @Test
    @Tag("D45")
    void aPreparedTransactionThatIsTakenBackStopsTheStreamsIfRowsOfTheirsAreInIt() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "CREATE TABLE $.others (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("XA START 'other$'", "INSERT INTO $.others VALUES (1)", "XA END 'other$'", "XA PREPARE 'other$'", "XA ROLLBACK 'other$'",
                "XA START 'kept$'", "INSERT INTO $.t VALUES (1)", "XA END 'kept$'", "XA PREPARE 'kept$'", "XA COMMIT 'kept$'",
                "BEGIN", "INSERT INTO $.t VALUES (9)", "ROLLBACK", "INSERT INTO $.t VALUES (2)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1", "INSERT|2");
        shop.run("XA START 'gone$'", "INSERT INTO $.t VALUES (3)", "XA END 'gone$'", "XA PREPARE 'gone$'", "XA ROLLBACK 'gone$'", "INSERT INTO $.t VALUES (4)");
        WindrowException back = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(back.errorCode()).isEqualTo(ConnectError.CHANGES_TAKEN_BACK);
        assertThat(back.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(drive.rows(shop.table("t"))).doesNotContain("INSERT|4");
    }

    @Test
    void anEventThatCannotBeReadIsNamedWithItsPlaceWhosesoeverItIs() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "CREATE TABLE $.others (essay text COMPRESSED)");
        try (ConnectSource source = new ConnectSource(shop.config("t"), context)) {
            assertThat(source.check()).anyMatch(check -> check.outcome() == CheckResult.Outcome.WARNING && check.name().equals("compressed columns"));
        }
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1)", "INSERT INTO $.others VALUES (REPEAT('a', 1000))", "INSERT INTO $.t VALUES (2)");
        WindrowException unreadable = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(unreadable.errorCode()).isEqualTo(ConnectError.EVENT_UNREADABLE);
        assertThat(unreadable.kind()).isEqualTo(ErrorKind.EXTERNAL_PERMANENT);
        assertThat(unreadable.getMessage()).matches(".*behind binlog\\.\\d+:\\d+ of the log");
        assertThat(drive.rows(shop.table("t"))).doesNotContain("INSERT|2");
    }

    @Test
    @Tag("D17")
    void aColumnThatMayHaveBeenRenamedIsNotGuessed() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, old int)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("INSERT INTO $.t VALUES (1, 1)", "ALTER TABLE $.t RENAME COLUMN old TO fresh", "INSERT INTO $.t VALUES (2, 2)");
        WindrowException differs = catchThrowableOfType(WindrowException.class, drive::run);
        assertThat(differs.errorCode()).isEqualTo(ConnectError.RELATION_DIFFERS);
        assertThat(drive.rows(shop.table("t"))).isEmpty();
    }

    @Test
    @Tag("D08")
    void aLogInWhichNothingOfTheStreamsHappensIsLeftBehindAllTheSame() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)", "CREATE TABLE $.others (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        StreamName stream = Preset.stream(shop.table("t"));
        for (int run = 0; run < 3; run++) {
            long before = LogPlace.of(drive.places.get(stream)).transaction();
            shop.run("INSERT INTO $.others VALUES (" + run + ")", "FLUSH BINARY LOGS", "INSERT INTO $.others VALUES (" + (run + 10) + ")");
            drive.run();
            assertThat(LogPlace.of(drive.places.get(stream)).transaction()).isGreaterThan(before);
        }
        shop.run("INSERT INTO $.t VALUES (1)");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1");
        assertThat(drive.seenAgain).isZero();
    }

    @Test
    @Tag("C30")
    @Tag("C32")
    void namesOfAnyShapeAreFollowed() {
        MariaShop shop = new MariaShop();
        String odd = "`Sélect t\"a'b-le *(+)|\\d`";
        shop.run("CREATE TABLE $." + odd + " (`from` int PRIMARY KEY, `Odd \"col'-umn` int, `A$b` int)",
                "CREATE TABLE $.`sélect t\"a'b-le *(+)|\\d 2` (id int PRIMARY KEY)", "INSERT INTO $." + odd + " VALUES (1, 2, 3)");
        Drive drive = new Drive(shop.config(odd.replace("`", "")), context);
        drive.run();
        shop.run("UPDATE $." + odd + " SET `A$b` = 4", "INSERT INTO $.`sélect t\"a'b-le *(+)|\\d 2` VALUES (5)");
        drive.run();
        assertThat(drive.rows(shop.table(odd.replace("`", "")))).containsExactly("COPY|1|2|3", "UPDATE|1|2|4");
    }

    @Test
    @Tag("D45")
    void whatASavepointTakesBackIsAbsent() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY)");
        Drive drive = new Drive(shop.config("t"), context);
        drive.run();
        shop.run("BEGIN", "INSERT INTO $.t VALUES (1)", "SAVEPOINT s", "INSERT INTO $.t VALUES (2)", "ROLLBACK TO s", "INSERT INTO $.t VALUES (3)",
                "COMMIT", "BEGIN", "INSERT INTO $.t VALUES (4)", "ROLLBACK");
        drive.run();
        assertThat(drive.rows(shop.table("t"))).containsExactly("INSERT|1", "INSERT|3");
    }

    @Test
    void whatTheServerRefusesIsNamed() {
        MariaShop shop = new MariaShop();
        shop.run("CREATE TABLE $.t (id int PRIMARY KEY, shape point)", "CREATE VIEW $.v AS SELECT 1 AS one",
                "CREATE TABLE $.squeezed (id int PRIMARY KEY, essay text COMPRESSED)");
        assertThatThrownBy(() -> new Drive(shop.as("windrow", "wrong", "t"), context).run())
                .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(ConnectError.AUTHENTICATION))
                .hasMessageNotContaining("wrong");
        Drive drive = new Drive(shop.config("t", "v", "absent", "squeezed"), context);
        drive.run();
        assertThat(drive.refused).extractingFromEntries(entry -> entry.getKey().name() + " " + entry.getValue().errorCode())
                .containsExactlyInAnyOrder("t TYPE_UNKNOWN", "v STREAM_INVALID", "absent NO_SUCH_STREAM", "squeezed STREAM_INVALID");
    }
}

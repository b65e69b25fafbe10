package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.windrow.api.context.CheckResult;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.api.source.Until;
import io.windrow.connectors.postgres.catalog.Catalog;
import io.windrow.connectors.postgres.catalog.CatalogReader;
import io.windrow.connectors.postgres.catalog.Identifier;
import io.windrow.connectors.postgres.codec.CodecError;
import io.windrow.connectors.postgres.codec.LogForm;
import io.windrow.connectors.postgres.codec.TypeMapping;
import io.windrow.connectors.postgres.pgoutput.LogError;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresOptions;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Following a table's changes through a slot, on the oldest and on the newest server. */
@Tag("server")
@ParameterizedClass
@ValueSource(ints = {14, 18})
class PostgresChangesTest {
    private static final StreamName T = new StreamName("public", "t");
    private static final StreamName U = new StreamName("public", "u");
    private static final String ATTACH_FILLED_SUBTREE = "BEGIN; CREATE TABLE t3 (LIKE t) PARTITION BY RANGE (id);"
            + " CREATE TABLE t31 PARTITION OF t3 FOR VALUES FROM (30) TO (35); INSERT INTO t3 VALUES (31, 'x'); COMMIT;"
            + " ALTER TABLE t ATTACH PARTITION t3 FOR VALUES FROM (30) TO (40)";
    private static final String PUBLICATION_OF_NONE = "CREATE PUBLICATION \"windrow_test\" WITH (publish_via_partition_root = true);";
    private static PostgresServer server;

    @Parameter
    int major;

    private PostgresDatabase db;

    @BeforeParameterizedClassInvocation
    static void start(int major) {
        server = PostgresServer.start(PostgresOptions.of(major).with("synchronous_commit", "on"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(server);
    }

    @AfterEach
    void close() {
        db.close();
    }

    private LogDrive drive(String... tables) {
        return drive(ChangesConfig.DEFAULT, tables);
    }

    private LogDrive drive(ChangesConfig changes, String... tables) {
        return new LogDrive(
                LogDrive.config(db.url(), changes, tables),
                List.of(tables).stream().map(table -> StreamPattern.parse(table).exact()).toArray(StreamName[]::new));
    }

    @Test
    @Tag("D01")
    @Tag("D22")
    void A_table_is_copied_and_its_changes_follow_in_order() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int, big text)", "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "INSERT INTO t VALUES (1, 1, 'a'), (2, NULL, repeat('x', 9000))");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            assertThat(drive.rows()).containsExactlyInAnyOrder("COPY|1|1|a", "COPY|2|null|" + "x".repeat(9000));
            drive.rows().clear();
            db.execute(
                    "INSERT INTO t VALUES (3, 3, NULL)", "UPDATE t SET n = 22 WHERE id = 2", "DELETE FROM t WHERE id = 1",
                    "UPDATE t SET id = 30 WHERE id = 3", "UPDATE t SET id = 20 WHERE id = 2", "TRUNCATE t",
                    "INSERT INTO t VALUES (4, 4, '')");
            drive.run();
            assertThat(drive.rows())
                    .containsExactly(
                            "INSERT|3|3|null", "UPDATE|2|22|~", "DELETE|1|-|-", "DELETE>|3|-|-", "INSERT<|30|3|null",
                            "DELETE>|2|-|-", "INSERT<|20|22|~", "TRUNCATE|-|-|-", "INSERT|4|4|");
            drive.run();
            assertThat(drive.rows()).hasSize(9);
        }
    }

    @Test
    void What_a_role_may_read_only_through_the_parent_or_by_columns_is_copied_whole() {
        String role = "follower_" + major;
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION",
                "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (100) TO (200)",
                "CREATE TABLE u (id int PRIMARY KEY)",
                "INSERT INTO t SELECT i, 'v' FROM generate_series(50, 149) i",
                "INSERT INTO u SELECT generate_series(1, 30)",
                "CREATE PUBLICATION windrow_test FOR TABLE t, u WITH (publish_via_partition_root = true)",
                "GRANT SELECT ON t TO " + role,
                "GRANT SELECT (id) ON u TO " + role);
        String url = "postgres://" + role + "@127.0.0.1:" + server.port() + "/" + db.name();
        try (LogDrive drive = new LogDrive(LogDrive.config(url, "public.t", "public.u"), T, U)) {
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.rows.get(T)).hasSize(100).contains("COPY|50|v", "COPY|149|v");
            assertThat(drive.rows.get(U)).hasSize(30);
            db.execute("INSERT INTO t VALUES (199, 'later')");
            drive.run();
            assertThat(drive.rows.get(T)).hasSize(101).endsWith("INSERT|199|later");
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    void While_the_log_is_followed_no_transaction_and_no_lock_of_the_copy_is_left() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT generate_series(1, 500)");
        try (LogDrive drive = drive("public.t")) {
            drive.beforeLog = () -> {
                // The copy's connection is closed; its backend takes a moment to notice.
                await().atMost(Duration.ofMinutes(5)).untilAsserted(() -> {
                    assertThat(db.number("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass")).isZero();
                    assertThat(db.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                    + " AND application_name = 'windrow' AND xact_start IS NOT NULL"))
                            .isZero();
                });
                db.execute("ALTER TABLE t ADD COLUMN late int");
            };
            drive.run();
            assertThat(drive.rows()).hasSize(500);
        }
    }

    private long confirmed() {
        return db.number("SELECT pg_wal_lsn_diff(confirmed_flush_lsn, '0/0')::bigint FROM pg_replication_slots WHERE slot_name = 'windrow_test'");
    }

    @Test
    @Tag("B07")
    void A_transaction_that_is_cut_inside_comes_again_whole_and_is_delivered_once() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            db.execute(
                    "BEGIN; INSERT INTO t SELECT i, 'x' FROM generate_series(1, 450) i; INSERT INTO u SELECT i FROM generate_series(1, 5) i;"
                            + " UPDATE t SET v = 'y' WHERE id <= 200; COMMIT",
                    "INSERT INTO t VALUES (1000, 'z')");
            // Batches hold 100 rows: the run dies again and again inside the transaction.
            for (int i = 0; i < 20 && drive.rows.get(T).size() < 651; i++) {
                drive.run(2);
            }
            drive.run();
            List<String> expected = new ArrayList<>();
            for (int i = 1; i <= 450; i++) {
                expected.add("INSERT|" + i + "|x");
            }
            for (int i = 1; i <= 200; i++) {
                expected.add("UPDATE|" + i + "|y");
            }
            expected.add("INSERT|1000|z");
            assertThat(drive.rows.get(T)).isEqualTo(expected);
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3", "INSERT|4", "INSERT|5");
            assertThat(drive.seenAgain).isPositive();
        }
    }

    @Test
    @Tag("D14")
    void Transactions_that_overlap_come_in_the_order_of_their_commits() throws Exception {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            try (Connection first = db.connect(); Connection second = db.connect();
                    Statement one = first.createStatement(); Statement two = second.createStatement()) {
                one.execute("BEGIN");
                one.execute("INSERT INTO t VALUES (1)");
                two.execute("BEGIN");
                two.execute("INSERT INTO t VALUES (2)");
                one.execute("INSERT INTO t VALUES (3)");
                two.execute("COMMIT");
                drive.run();
                assertThat(drive.rows()).containsExactly("INSERT|2");
                one.execute("COMMIT");
            }
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|2", "INSERT|1", "INSERT|3");
        }
    }

    @Test
    @Tag("D45")
    @Tag("D46")
    void What_is_rolled_back_is_absent_and_messages_of_others_are_passed_over() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute(
                    "BEGIN; INSERT INTO t VALUES (1); SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s; INSERT INTO t VALUES (3); COMMIT",
                    "BEGIN; INSERT INTO t VALUES (4); ROLLBACK",
                    "SELECT pg_logical_emit_message(true, 'other', 'x')", "SELECT pg_logical_emit_message(false, 'other', 'y')");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1", "INSERT|3");
        }
    }

    private String said(String transactional, String prefix, String content) {
        return db.query("SELECT pg_logical_emit_message(" + transactional + ", '" + prefix + "', '" + content + "')").getFirst().getFirst();
    }

    @Test
    @Tag("D46")
    void Messages_of_applications_are_streams_that_join_like_tables_and_are_told_by_their_prefix() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        StreamName box = StreamName.of("app.outbox");
        StreamName all = StreamName.of("app.all");
        try (LogDrive alone = drive("public.t");
                LogDrive drive = new LogDrive(
                        Drive.config(
                                db.url(), LogDrive.follow("public.t"), LogDrive.messages("app.outbox", List.of("content", "transactional"), "outbox", "mail"),
                                LogDrive.messages("app.all", List.of("prefix", "lsn"), "*")),
                        T, box, all)) {
            alone.run();
            drive.goOnFrom(alone);
            drive.run();
            db.execute(
                    "BEGIN; SELECT pg_logical_emit_message(true, 'outbox', 'a'); INSERT INTO t VALUES (1); SELECT pg_logical_emit_message(true, 'other', 'x');"
                            + " SAVEPOINT s; SELECT pg_logical_emit_message(true, 'outbox', 'gone'); ROLLBACK TO s; INSERT INTO t VALUES (2);"
                            + " SELECT pg_logical_emit_message(true, 'mail', 'b'); COMMIT",
                    "BEGIN; SELECT pg_logical_emit_message(true, 'outbox', 'gone'); SELECT pg_logical_emit_message(false, 'outbox', 'c'); ROLLBACK");
            String alike = said("false", "outbox", "");
            String last = said("true", "other", "y");
            db.execute("INSERT INTO t VALUES (3)");
            for (int i = 0; i < 2; i++) {
                drive.run();
                assertThat(drive.rows.get(T)).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
                assertThat(drive.rows.get(box)).containsExactly("INSERT|[97]|true", "INSERT|[98]|true", "INSERT|[99]|false", "INSERT|[]|false");
                assertThat(drive.rows.get(all)).extracting(row -> row.split("\\|")[1]).containsExactly("outbox", "other", "mail", "outbox", "outbox", "other");
                assertThat(drive.rows.get(all)).endsWith("INSERT|outbox|" + alike, "INSERT|other|" + last);
            }
            try (Source source = drive.drive.source(); Reconciliation now = source.reconciliation().orElseThrow()) {
                now.begin();
                assertThatThrownBy(() -> now.schema(box, drive.states.get(box))).isInstanceOfSatisfying(
                        WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(LogError.NOT_KEPT));
            }
        }
    }

    @Test
    @Tag("D46")
    void Messages_alone_have_a_publication_of_no_table_and_move_their_slot_whatever_else_is_written() {
        StreamName box = StreamName.of("app.outbox");
        try (LogDrive drive = new LogDrive(Drive.config(db.url(), LogDrive.messages("app.outbox", List.of("content"), "outbox")), box)) {
            assertThat(drive.drive.source().check()).noneMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
            assertThat(drive.drive.source().discover()).singleElement().satisfies(one -> {
                assertThat(one.kind()).isEqualTo("messages");
                assertThat(drive.drive.source().beginsWithCopy(box)).isFalse();
                assertThat(drive.drive.source().beginsWithCopy(StreamName.of("public.t"))).isTrue();
                assertThat(one.schema().columns()).extracting(column -> column.name()).containsExactly("content");
            });
            drive.run();
            assertThat(drive.drive.notices).contains("postgres.publication: Made ready for change streams: " + PUBLICATION_OF_NONE);
            said("false", "outbox", "a");
            db.execute("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
            said("true", "outbox", "b");
            drive.run();
            long before = confirmed();
            said("true", "other", "c");
            movesOn(drive, before);
            assertThat(drive.rows()).containsExactly("INSERT|[97]", "INSERT|[98]");
            assertThat(db.number("SELECT count(*) FROM pg_publication_tables")).isZero();
            db.execute("DROP PUBLICATION windrow_test");
            drive.run();
            assertThat(drive.refused.get(box).remedy()).isEqualTo(PUBLICATION_OF_NONE);
        }
    }

    @Test
    @Tag("D46")
    void Who_makes_the_publication_of_messages_is_told_how_if_the_run_may_not() {
        String role = "hearer_" + major;
        StreamName box = StreamName.of("app.outbox");
        db.execute("CREATE ROLE " + role + " LOGIN REPLICATION", "CREATE TABLE t (id int PRIMARY KEY)");
        String url = "postgres://" + role + "@127.0.0.1:" + server.port() + "/" + db.name();
        StreamConfig messages = LogDrive.messages("app.outbox", List.of("content"), "outbox");
        PostgresConfig plain = Drive.config(url, messages);
        PostgresConfig given = new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(), plain.batchRows(),
                plain.lockTimeout(), plain.connectTimeout(), plain.longTransaction(), Optional.of(Changes.asGiven()));
        try (LogDrive making = new LogDrive(plain, box); LogDrive drive = new LogDrive(given, box)) {
            assertThat(failures(making)).containsExactly(PUBLICATION_OF_NONE);
            assertThatThrownBy(making::run).isInstanceOfSatisfying(
                    WindrowException.class, e -> assertThat(e.remedy()).isEqualTo("Have somebody who may create in the database run: " + PUBLICATION_OF_NONE));
            List<String> prepares = failures(drive);
            assertThat(prepares).hasSize(2).contains(PUBLICATION_OF_NONE);
            drive.run();
            assertThat(drive.refused.get(box).remedy()).isEqualTo(PUBLICATION_OF_NONE);
            db.execute(PUBLICATION_OF_NONE, prepares.stream().filter(sql -> !sql.equals(PUBLICATION_OF_NONE)).findFirst().orElseThrow());
            assertThat(failures(drive)).isEmpty();
            db.execute("INSERT INTO t VALUES (1)");
            said("true", "outbox", "a");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|[97]");
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    private static List<String> failures(LogDrive drive) {
        return drive.drive.source().check().stream()
                .filter(result -> result.outcome() == CheckResult.Outcome.FAILED)
                .map(CheckResult::remedy)
                .toList();
    }

    @Test
    @Tag("D04")
    void A_slot_that_was_made_anew_or_is_gone_is_a_named_permanent_error() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.dropSlot("windrow_test");
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            assertThat(drive.refused.get(T).errorCode()).isEqualTo(LogError.SLOT_LOST);
            db.execute("SELECT pg_create_logical_replication_slot('windrow_test', 'pgoutput')");
            drive.run();
            assertThat(drive.refused.get(T).errorCode()).as("made anew").isEqualTo(LogError.SLOT_LOST);
            assertThat(drive.rows()).isEmpty();
        }
    }

    @Test
    @Tag("D26")
    void A_table_without_identity_is_refused_and_the_application_still_writes() {
        db.execute(
                "CREATE TABLE t (id int)", "INSERT INTO t VALUES (1)", "CREATE TABLE u (id int PRIMARY KEY)",
                "INSERT INTO u VALUES (1)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            assertThat(drive.refused.get(T).errorCode()).isEqualTo(LogError.STREAM_UNFIT);
            assertThat(drive.refused.get(T).remedy()).contains("REPLICA IDENTITY FULL");
            db.execute("UPDATE t SET id = 2", "DELETE FROM t", "UPDATE u SET id = 2");
            assertThat(drive.rows.get(U)).containsExactly("COPY|1");
            drive.run();
            assertThat(drive.rows.get(U)).containsExactly("COPY|1", "DELETE>|1", "INSERT<|2");
        }
    }

    @Test
    @Tag("D03")
    void With_full_identity_nothing_is_unchanged_and_deleted_rows_are_whole() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int, big text)", "ALTER TABLE t ALTER big SET STORAGE EXTERNAL",
                "ALTER TABLE t REPLICA IDENTITY FULL", "INSERT INTO t VALUES (1, 1, repeat('x', 5000)), (2, 2, repeat('y', 5000))");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            drive.rows().clear();
            db.execute("BEGIN; UPDATE t SET id = 10, n = 5 WHERE id = 1; UPDATE t SET n = 6 WHERE id = 2; COMMIT", "DELETE FROM t WHERE id = 2");
            drive.run();
            String x = "x".repeat(5000);
            String y = "y".repeat(5000);
            assertThat(drive.rows()).containsExactly(
                    "DELETE>|1|1|" + x, "INSERT<|10|5|" + x, "UPDATE|2|6|" + y, "DELETE|2|6|" + y);
        }
    }

    @Test
    @Tag("D24")
    void Rows_of_partitions_come_under_the_name_of_the_root() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20)", "INSERT INTO t VALUES (1, 'a'), (11, 'b')");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            assertThat(drive.rows()).containsExactlyInAnyOrder("COPY|1|a", "COPY|11|b");
            drive.rows().clear();
            db.execute("INSERT INTO t VALUES (2, 'c'), (12, 'd')", "UPDATE t SET id = 13 WHERE id = 2", "TRUNCATE t");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|2|c", "INSERT|12|d", "DELETE|2|-", "INSERT|13|c", "TRUNCATE|-|-");
        }
    }

    @Test
    @Tag("D23")
    void A_truncate_of_several_tables_is_one_for_each() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY REFERENCES t)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            db.execute("TRUNCATE t CASCADE");
            drive.run();
            assertThat(drive.rows.get(T)).containsExactly("TRUNCATE|-");
            assertThat(drive.rows.get(U)).containsExactly("TRUNCATE|-");
        }
    }

    @Test
    @Tag("D39")
    void A_table_that_is_added_later_is_copied_and_followed_while_the_others_go_on() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE u (id int PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        try (LogDrive first = drive("public.t"); LogDrive both = drive("public.t", "public.u")) {
            first.run();
            db.execute("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (2)");
            both.states.putAll(first.states);
            both.places.putAll(first.places);
            both.released.putAll(first.released);
            db.execute("INSERT INTO u VALUES (3)");
            both.run();
            db.execute("INSERT INTO u VALUES (4)", "INSERT INTO t VALUES (2)");
            both.run();
            assertThat(both.rows.get(T)).containsExactly("INSERT|1", "INSERT|2");
            assertThat(both.rows.get(U)).containsExactly("COPY|1", "COPY|2", "COPY|3", "INSERT|4");
        }
    }

    @Test
    @Tag("D16")
    void An_added_column_arrives_with_the_first_row_that_has_it_and_older_rows_lack_it() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive(Changes.onRewrite(ChangesConfig.OnRewrite.KEEP), "public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)", "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 7", "INSERT INTO t VALUES (2, 8)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|-", "INSERT|2|8");
        }
    }

    @Test
    @Tag("D17")
    void A_column_that_may_have_been_renamed_is_not_guessed_and_a_dropped_one_is_told_of() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, a int, b int)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1, 2, 3)", "ALTER TABLE t DROP COLUMN b", "INSERT INTO t VALUES (2, 3)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|2", "INSERT|2|3");
            assertThat(drive.drive.notices).anyMatch(notice -> notice.startsWith("postgres.dropped_column"));
            db.execute("INSERT INTO t VALUES (3, 4)", "ALTER TABLE t RENAME COLUMN a TO z", "INSERT INTO t VALUES (4, 5)");
            drive.run();
            assertThat(drive.rows()).endsWith("INSERT|3|4", "INSERT|4|5");
        }
    }

    /** Columns of t, what is done to them between two runs, and what the log then gives in the table's own columns. */
    private void altered(String columns, List<String> done, String... rows) {
        db.execute("DROP PUBLICATION IF EXISTS windrow_test", "DROP TABLE IF EXISTS t", "CREATE TABLE t (" + columns + ")");
        try (LogDrive drive = drive(Changes.onRewrite(ChangesConfig.OnRewrite.KEEP), "public.t")) {
            drive.run();
            db.execute(done.toArray(String[]::new));
            if (rows.length == 0) {
                stops(drive, LogError.RELATION_DIFFERS, "one or another");
            } else {
                drive.run();
                drive.run();
            }
            assertThat(drive.rows()).as(done.toString()).containsExactly(rows);
        }
        db.dropSlot("windrow_test");
    }

    @Test
    @Tag("D17")
    @Tag("D19")
    void A_column_is_told_by_its_number_whatever_it_was_called_when_a_row_was_written() {
        String swap = "ALTER TABLE t RENAME a TO x; ALTER TABLE t RENAME b TO a; ALTER TABLE t RENAME x TO b";
        altered("id int PRIMARY KEY, a int, b int", List.of("INSERT INTO t VALUES (1, 2, 3)", swap, "INSERT INTO t (id, a, b) VALUES (2, 3, 2)"),
                "INSERT|1|2|3", "INSERT|2|2|3");
        String expand = "ALTER TABLE t ADD email_new text";
        String move = "UPDATE t SET email_new = lower(email)";
        String contract = "ALTER TABLE t DROP email; ALTER TABLE t RENAME email_new TO email";
        altered("id int PRIMARY KEY, email text", List.of(expand, "INSERT INTO t VALUES (1, 'OLD')", move, contract, "INSERT INTO t VALUES (2, 'new')"),
                "INSERT|1|null", "UPDATE|1|old", "INSERT|2|new");
        // The row may be one of the first email, or of the second.
        altered("id int PRIMARY KEY, email text", List.of("INSERT INTO t VALUES (1, 'OLD')", expand, move, contract));
        altered("id int PRIMARY KEY, c int", List.of("INSERT INTO t VALUES (1, 2)", "ALTER TABLE t DROP c, ADD c int"));
        altered("id int PRIMARY KEY, c int", List.of(
                        "INSERT INTO t VALUES (1, 2)", "ALTER TABLE t DROP c, ADD c text", "INSERT INTO t VALUES (2, 'x')"),
                "INSERT|1|-", "INSERT|2|x");
        altered("id int PRIMARY KEY, b int", List.of("INSERT INTO t VALUES (1, 2)", "ALTER TABLE t DROP b, ADD c int", "INSERT INTO t VALUES (2, 3)"),
                "INSERT|1|-", "INSERT|2|3");
    }

    @Test
    @Tag("D17")
    void A_column_that_was_dropped_and_added_again_under_its_name_is_noticed_while_the_table_is_followed() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, c int)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            drive.until = Until.STOPPED;
            AtomicBoolean altered = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!altered.getAndSet(true)) {
                    db.execute("ALTER TABLE t DROP c, ADD c int");
                }
                drive.drive.looks(planner);
            };
            stops(drive, LogError.RELATION_CHANGED, "column c");
            drive.until = Until.CAUGHT_UP;
            drive.beforeRead = (planner, reader) -> {};
            drive.run();
            db.execute("INSERT INTO t VALUES (1, 2)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|2");
        }
    }

    @Test
    @Tag("D19")
    void Values_of_a_former_type_are_delivered_in_the_one_that_the_column_has_where_they_are_that_exactly() {
        String widened = "ALTER TABLE t ALTER id TYPE bigint, ALTER n TYPE int, ALTER m TYPE numeric(7,3), ALTER v TYPE text, ALTER r TYPE float8,"
                + " ALTER w TYPE numeric(12,2), ALTER x TYPE varchar, ALTER k TYPE numeric, ALTER z TYPE timestamptz(0)";
        for (String read : List.of("", ", p point")) {
            altered("id int PRIMARY KEY, n smallint, m numeric(5,2), v varchar(3), r real, w int, x bigint, k numeric(8,1), z timestamptz" + read,
                    List.of("INSERT INTO t VALUES (1, -5, -1.25, 'abc', 0.1, 7, -8, 2.5, '2020-01-01 00:00:00.5+00')", "UPDATE t SET id = 2, n = NULL",
                            widened, "INSERT INTO t VALUES (3000000000, 70000, 1.125, 'abcd', 0.1, 0.25, 'x', 1e-9, '2020-01-01 00:00:00+00')",
                            "DELETE FROM t WHERE id = 2"),
                    "INSERT|1|-5|-1.250|abc|0.10000000149011612|7.00|-8|2.5|1577836800500000" + (read.isEmpty() ? "" : "|null"),
                    "DELETE>|1" + "|-".repeat(read.isEmpty() ? 8 : 9),
                    "INSERT<|2|null|-1.250|abc|0.10000000149011612|7.00|-8|2.5|1577836800500000" + (read.isEmpty() ? "" : "|null"),
                    "INSERT|3000000000|70000|1.125|abcd|0.1|0.25|x|0.000000001|1577836800000000" + (read.isEmpty() ? "" : "|null"),
                    "DELETE|2" + "|-".repeat(read.isEmpty() ? 8 : 9));
        }
    }

    @Test
    @Tag("D19")
    void Values_of_a_former_type_that_may_be_others_stop_the_stream_and_the_remedy_brings_it_on() {
        for (String alter : List.of("ALTER n TYPE smallint", "ALTER n TYPE numeric(11,2)", "ALTER m TYPE numeric(6,1)", "ALTER m TYPE float8",
                "ALTER v TYPE int USING length(v)", "ALTER a TYPE numeric(8,3)[]")) {
            db.execute("DROP PUBLICATION IF EXISTS windrow_test", "DROP TABLE IF EXISTS t",
                    "CREATE TABLE t (id int PRIMARY KEY, n int, m numeric(6,2), v text, a numeric(6,2)[])");
            try (LogDrive drive = drive(Changes.onRewrite(ChangesConfig.OnRewrite.KEEP), "public.t")) {
                drive.run();
                db.execute("INSERT INTO t VALUES (1, 2, 3.5, 'x', '{1}')", "ALTER TABLE t " + alter, "INSERT INTO t (id) VALUES (2)");
                stops(drive, LogError.RELATION_DIFFERS, "has another type in the log");
                drive.states.clear();
                drive.places.clear();
                drive.released.clear();
                drive.generations.put(T, 2L);
                drive.run();
                db.execute("DELETE FROM t WHERE id = 2");
                drive.run();
                assertThat(drive.rows()).as(alter).hasSize(3).endsWith("DELETE|2|-|-|-|-");
            }
            db.dropSlot("windrow_test");
        }
    }

    /** The server may take its time to hear of a reader's end, and lets nobody else move the slot meanwhile. */
    private void movesOn(LogDrive drive, long before) {
        await().pollDelay(Duration.ZERO).atMost(Duration.ofMinutes(5)).until(() -> {
            drive.run();
            return confirmed() > before;
        });
    }

    @Test
    @Tag("D08")
    void The_slot_moves_on_although_nothing_of_the_streams_happens() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE other (id int)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            long before = confirmed();
            db.execute("INSERT INTO other SELECT generate_series(1, 1000)");
            movesOn(drive, before);
            assertThat(drive.rows()).isEmpty();
        }
    }

    /** Whoever decodes asks the catalog which publication has the table, and waits there for as long as the test wants. */
    @Test
    @Tag("D12")
    void A_decoding_that_takes_longer_than_either_end_bears_silence_is_waited_for() throws SQLException {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        PostgresConfig plain = LogDrive.config(db.url(), "public.t");
        PostgresConfig silentFor6s = new PostgresConfig(
                plain.url(), plain.password(), plain.streams(), plain.newTables(), plain.splitSize(), plain.batchSize(), plain.batchRows(),
                Duration.ofMinutes(5), Duration.ofSeconds(1), plain.longTransaction(), plain.changes());
        try (LogDrive first = drive("public.t"); LogDrive drive = new LogDrive(silentFor6s, T);
                Connection holder = db.connect(); Statement lock = holder.createStatement()) {
            first.run();
            drive.goOnFrom(first);
            db.execute("INSERT INTO t VALUES (1)", "ALTER DATABASE " + db.name() + " SET wal_sender_timeout = '6s'");
            List<Long> waited = new ArrayList<>();
            drive.readMillis = 500;
            drive.beforeLog = () -> run(lock, "BEGIN; LOCK TABLE pg_catalog.pg_publication_rel IN ACCESS EXCLUSIVE MODE");
            drive.beforeRead = (planner, reader) -> {
                waited.add(db.number("SELECT coalesce(max(extract(epoch FROM now() - waitstart)), 0)::bigint FROM pg_locks"
                        + " WHERE NOT granted AND relation = 'pg_publication_rel'::regclass"));
                if (waited.getLast() >= 8) {
                    run(lock, "ROLLBACK");
                }
            };
            // On a loaded machine it may take longer than a second to ask what the server does: then it is not waited for.
            await().pollDelay(Duration.ZERO).atMost(Duration.ofMinutes(10)).until(() -> arrives(drive, lock));
            assertThat(drive.rows()).containsExactly("INSERT|1");
            assertThat(waited).as("seconds").anyMatch(seconds -> seconds >= 8);
        }
    }

    private static boolean arrives(LogDrive drive, Statement lock) {
        try {
            drive.run();
            return true;
        } catch (WindrowException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(ErrorKind.EXTERNAL_TRANSIENT);
            run(lock, "ROLLBACK");
            return false;
        }
    }

    private static void run(Statement statement, String sql) {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** A place without rows is what an epoch without rows saves, and by which the slot is moved. */
    @Test
    @Tag("D08")
    void A_log_that_is_followed_says_how_far_it_is_although_only_others_write_in_the_same_database_or_in_another() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE other (id int)");
        for (Runnable others : List.<Runnable>of(
                () -> db.execute("INSERT INTO other SELECT generate_series(1, 1000)"),
                () -> server.execute("SELECT pg_logical_emit_message(true, 'x', repeat('x', 100000))"))) {
            try (LogDrive drive = drive("public.t")) {
                drive.run();
                drive.until = Until.STOPPED;
                List<Long> written = new ArrayList<>();
                drive.beforeRead = (planner, reader) -> {
                    if (written.isEmpty()) {
                        others.run();
                        written.add(db.number("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint"));
                    }
                };
                drive.readMillis = 500;
                drive.enough = () -> confirmed() >= written.getFirst();
                drive.run();
                assertThat(drive.rows()).isEmpty();
                assertThat(LogPosition.of(drive.places.get(T)).lsn()).isGreaterThanOrEqualTo(written.getFirst());
                db.dropSlot("windrow_test");
            }
        }
    }

    @Test
    void Check_prints_as_SQL_what_the_role_and_the_tables_lack() throws SQLException {
        db.execute(
                "DROP ROLE IF EXISTS follower", "CREATE ROLE follower LOGIN", "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE TABLE u (id int)", "GRANT SELECT ON t, u TO follower");
        String url = "postgres://follower@127.0.0.1:" + server.port() + "/" + db.name();
        try (LogDrive drive = new LogDrive(LogDrive.config(url, "public.t", "public.u"), T, U)) {
            assertThat(remedies(drive)).contains(
                    "ALTER ROLE \"follower\" REPLICATION;",
                    "Add a primary key, or run: ALTER TABLE \"public\".\"u\" REPLICA IDENTITY FULL;",
                    "CREATE PUBLICATION \"windrow_test\" FOR TABLE \"public\".\"t\" WITH (publish_via_partition_root = true);");
            db.execute(
                    "ALTER ROLE follower REPLICATION", "ALTER TABLE u REPLICA IDENTITY FULL", "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
                    "CREATE PUBLICATION windrow_test FOR TABLE t, u WITH (publish_via_partition_root = true)");
            db.execute("ALTER PUBLICATION windrow_test SET (publish = 'insert')", "SELECT pg_create_physical_replication_slot('windrow_test')");
            assertThat(remedies(drive))
                    .contains("ALTER PUBLICATION \"windrow_test\" SET (publish = 'insert, update, delete, truncate');")
                    .anyMatch(remedy -> remedy.contains("pg_drop_replication_slot('windrow_test')"));
            for (String patience : List.of("0", "5s")) {
                db.execute("ALTER ROLE follower SET wal_sender_timeout = '" + patience + "'");
                assertThat(remedies(drive)).contains("ALTER ROLE \"follower\" SET wal_sender_timeout = '60s';");
            }
            db.execute("ALTER ROLE follower SET wal_sender_timeout = '60s'");
            db.execute("ALTER PUBLICATION windrow_test SET (publish = 'insert, update, delete, truncate')");
            db.execute("CREATE TABLE v (id int)", "ALTER PUBLICATION windrow_test ADD TABLE v");
            assertThat(remedies(drive)).as("v is nobody's stream").contains("ALTER TABLE \"public\".\"v\" REPLICA IDENTITY FULL;");
            await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_get_wal_senders()") == 0);
            List<Connection> senders = new ArrayList<>();
            for (long free = db.number("SELECT current_setting('max_wal_senders')::int"); free > 0; free--) {
                senders.add(DriverManager.getConnection(
                        db.jdbcUrl() + "&replication=database&preferQueryMode=simple&assumeMinServerVersion=14"));
            }
            assertThat(remedies(drive))
                    .anyMatch(remedy -> remedy.startsWith("If the URL leads to a pooler"))
                    .anyMatch(remedy -> remedy.startsWith("ALTER SYSTEM SET max_wal_senders"));
            for (Connection sender : senders) {
                sender.close();
            }
            await().atMost(Duration.ofMinutes(5)).until(() -> db.number("SELECT count(*) FROM pg_stat_get_wal_senders()") == 0);
            db.execute(
                    "DROP TABLE v", "ALTER PUBLICATION windrow_test DROP TABLE u", "ALTER TABLE u OWNER TO follower",
                    "GRANT CREATE ON DATABASE \"" + db.name() + "\" TO follower");
            String add = "ALTER PUBLICATION \"windrow_test\" ADD TABLE \"public\".\"u\";";
            assertThat(remedies(drive)).as("the publication is another's").contains(add);
            db.execute("ALTER PUBLICATION windrow_test OWNER TO follower", "REVOKE CREATE ON DATABASE \"" + db.name() + "\" FROM follower");
            assertThat(remedies(drive)).as("its owner adds the role's own table").doesNotContain(add);
            db.execute("ALTER PUBLICATION windrow_test ADD TABLE u", "ALTER TABLE u OWNER TO postgres", "GRANT SELECT ON u TO follower");
            db.dropSlot("windrow_test");
            assertThat(remedies(drive)).as("but for the size of the log").allMatch(one -> one.contains("max_slot_wal_keep_size"));
            drive.run();
            db.execute("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (2)");
            drive.run();
            assertThat(drive.rows.get(T)).containsExactly("INSERT|1");
            assertThat(drive.rows.get(U)).containsExactly("INSERT|2");
        } finally {
            db.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'follower'", "DROP OWNED BY follower", "DROP ROLE follower");
        }
    }

    @Test
    void Commits_that_would_wait_for_the_reader_of_the_slot_are_told_of() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            // Nothing is committed meanwhile: it would wait.
            set("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (\"*\")'", 1);
            try {
                assertThat(remedies(drive)).contains(SynchronousNames.REMEDY);
            } finally {
                set("ALTER SYSTEM RESET synchronous_standby_names", 0);
            }
            assertThat(remedies(drive)).doesNotContain(SynchronousNames.REMEDY);
        }
    }

    private void set(String sql, long expected) {
        db.execute(sql, "SELECT pg_reload_conf()");
        await().atMost(Duration.ofMinutes(5)).until(() ->
                db.number("SELECT count(*) WHERE current_setting('synchronous_standby_names') <> ''") == expected);
    }

    private static void refused(LogDrive drive, LogError code, String... words) {
        drive.run();
        assertThat(drive.refused.get(T).errorCode()).isEqualTo(code);
        assertThat(List.of(words)).allMatch(word -> drive.refused.get(T).getMessage().contains(word));
    }

    private static void stops(LogDrive drive, ErrorCode code, String... words) {
        assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
            assertThat(e.errorCode()).isEqualTo(code);
            assertThat(List.of(words)).allMatch(word -> e.getMessage().contains(word));
        });
    }

    @Test
    void A_table_is_told_by_its_oid_whatever_its_name_is_for_a_time() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute(
                    "INSERT INTO t VALUES (1)", "ALTER TABLE t RENAME TO t2", "INSERT INTO t2 VALUES (2)", "ALTER TABLE t2 RENAME TO t",
                    "INSERT INTO t VALUES (3)");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1", "INSERT|2", "INSERT|3");
        }
    }

    @Test
    void Another_table_that_has_got_the_name_is_a_named_permanent_error() {
        db.execute("CREATE PUBLICATION windrow_test FOR ALL TABLES WITH (publish_via_partition_root = true)", "CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            drive.run();
            drive.beforeLog = () -> db.execute(
                    "INSERT INTO t VALUES (2)", "ALTER TABLE t RENAME TO t_old", "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (7)",
                    "ALTER TABLE t RENAME TO t_new", "ALTER TABLE t_old RENAME TO t", "INSERT INTO t VALUES (3)");
            drive.run();
            drive.beforeLog = () -> {};
            stops(drive, LogError.TABLE_REPLACED, "another table has the name");
            db.execute("ALTER TABLE t RENAME TO t_old", "ALTER TABLE t_new RENAME TO t");
            refused(drive, LogError.TABLE_REPLACED, "another table has the name");
            assertThat(drive.rows()).as("what came in front of it is delivered").containsExactly("INSERT|1", "INSERT|2");
        }
    }

    @Test
    @Tag("D23")
    void A_truncate_of_several_tables_empties_the_others_although_one_of_them_is_refused() {
        db.execute(
                "CREATE PUBLICATION windrow_test FOR ALL TABLES WITH (publish_via_partition_root = true)", "CREATE TABLE t (id int PRIMARY KEY)",
                "CREATE TABLE u (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t", "public.u")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)");
            drive.run();
            db.execute(
                    "ALTER TABLE t RENAME TO t_old", "CREATE TABLE t (id int PRIMARY KEY)", "TRUNCATE t, u", "ALTER TABLE t RENAME TO t_new",
                    "ALTER TABLE t_old RENAME TO t", "INSERT INTO u VALUES (2)");
            drive.run();
            assertThat(drive.failed.get(T).errorCode()).isEqualTo(LogError.TABLE_REPLACED);
            assertThat(drive.rows.get(T)).containsExactly("INSERT|1");
            assertThat(drive.rows.get(U)).containsExactly("INSERT|1", "TRUNCATE|-", "INSERT|2");
        }
    }

    @Test
    void A_table_that_gets_another_one_s_place_while_it_is_followed_stops() {
        db.execute("CREATE PUBLICATION windrow_test FOR ALL TABLES WITH (publish_via_partition_root = true)", "CREATE TABLE t (id int PRIMARY KEY)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1)");
            drive.beforeRead = (planner, reader) -> {
                db.execute("ALTER TABLE t RENAME TO t_old", "CREATE TABLE t AS SELECT 7 AS id", "ALTER TABLE t ADD PRIMARY KEY (id)");
                drive.drive.looks(planner);
            };
            stops(drive, LogError.TABLE_REPLACED);
        }
    }

    private void partitioned() {
        db.execute(
                "DROP TABLE IF EXISTS t, t1, t3 CASCADE", "CREATE TABLE t (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)",
                "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)", "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20)",
                "INSERT INTO t VALUES (1, 'a'), (11, 'b')");
    }

    @Test
    @Tag("D23")
    void What_is_done_to_a_partition_by_itself_stops_the_stream() {
        for (String done : List.of(
                "TRUNCATE t1", "BEGIN; TRUNCATE t1; INSERT INTO t1 VALUES (3, 'c'); COMMIT", "DROP TABLE t1", "ALTER TABLE t DETACH PARTITION t1",
                "CREATE TABLE t3 (LIKE t); INSERT INTO t3 VALUES (31, 'x'); ALTER TABLE t ATTACH PARTITION t3 FOR VALUES FROM (30) TO (40)",
                "BEGIN; CREATE TABLE t3 (LIKE t); INSERT INTO t3 VALUES (31, 'x'); COMMIT; ALTER TABLE t ATTACH PARTITION t3 FOR VALUES FROM (30) TO (40)",
                "TRUNCATE t1; INSERT INTO t VALUES (3, 'c'); ALTER TABLE t ALTER v SET NOT NULL", ATTACH_FILLED_SUBTREE,
                "BEGIN; ALTER TABLE t DETACH PARTITION t1; DELETE FROM t1; ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10); COMMIT")) {
            partitioned();
            try (LogDrive drive = new LogDrive(LogDrive.config(db.url(), Changes.stopAtRemovedPartition(), "public.t"), T)) {
                drive.run();
                db.execute(done);
                refused(drive, LogError.PARTITION_CHANGED, "partition ");
                db.dropSlot("windrow_test");
                db.execute("DROP PUBLICATION windrow_test");
            }
        }
    }

    @Test
    @Tag("D23")
    void What_the_log_tells_of_partitions_stops_nothing() throws SQLException {
        partitioned();
        try (LogDrive drive = drive(Changes.onRewrite(ChangesConfig.OnRewrite.KEEP), "public.t")) {
            drive.run();
            try (Connection older = db.connect(); Statement statement = older.createStatement()) {
                statement.execute("BEGIN");
                statement.execute("SELECT pg_current_xact_id()");
                db.execute("CREATE TABLE t4 PARTITION OF t FOR VALUES FROM (40) TO (50)");
                statement.execute("INSERT INTO t VALUES (41, 'd')");
                statement.execute("COMMIT");
            }
            db.execute("VACUUM FULL t2");
            drive.run();
            db.execute("TRUNCATE t", "INSERT INTO t VALUES (2, 'b'), (12, 'c')");
            drive.run();
            db.execute("ALTER TABLE t ALTER v TYPE varchar(9)");
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.rows()).endsWith("INSERT|41|d", "TRUNCATE|-|-", "INSERT|2|b", "INSERT|12|c");
        }
    }

    @Test
    @Tag("D23")
    void The_upkeep_of_partitions_stops_no_stream_and_rows_that_it_may_leave_at_the_target_are_told() {
        partitioned();
        db.execute("CREATE TABLE t5 PARTITION OF t FOR VALUES FROM (50) TO (60)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute(
                    "DO $$ BEGIN BEGIN CREATE TABLE t3 PARTITION OF t FOR VALUES FROM (20) TO (30);"
                            + " EXCEPTION WHEN duplicate_table THEN NULL; END; INSERT INTO t VALUES (21, 'c'); END $$",
                    "CREATE TABLE t4 PARTITION OF t FOR VALUES FROM (40) TO (50)", "VACUUM FULL t5", "INSERT INTO t VALUES (51, 'e')",
                    "VACUUM FULL t5", "DELETE FROM t WHERE id = 11");
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.drive.notices).anyMatch(told -> told.startsWith("postgres.partition_rewritten") && told.contains("partition public.t5 has"));
            db.execute("VACUUM FULL t2", "DROP TABLE t1");
            drive.run();
            db.execute("ALTER TABLE t DETACH PARTITION t3", "INSERT INTO t VALUES (42, 'f')");
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.drive.notices).filteredOn(told -> told.startsWith("postgres.partition_removed"))
                    .satisfiesExactly(told -> assertThat(told).contains("partition public.t1 was"), told -> assertThat(told).contains("partition public.t3 was"));
            assertThat(drive.rows()).contains("INSERT|21|c", "DELETE|11|-").endsWith("INSERT|42|f");
        }
    }

    @Test
    @Tag("D23")
    void A_partition_that_is_emptied_while_the_table_is_followed_stops_the_stream() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY) PARTITION BY RANGE (id)", "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (10) TO (20)", "INSERT INTO t VALUES (1), (11)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (2)");
            drive.beforeRead = (planner, reader) -> {
                db.execute("TRUNCATE t1");
                drive.drive.looks(planner);
            };
            stops(drive, LogError.PARTITION_CHANGED, "partition public.t1 was emptied by itself");
        }
    }

    @Test
    @Tag("D23")
    void A_partition_that_is_locked_when_it_is_looked_at_is_looked_at_again_and_nothing_is_passed_over() throws SQLException {
        partitioned();
        try (LogDrive drive = drive("public.t"); Connection other = db.connect(); Statement holder = other.createStatement()) {
            drive.run();
            db.execute("INSERT INTO t VALUES (2, 'c')");
            drive.beforeLog = () -> run(holder, "BEGIN; TRUNCATE t1");
            drive.beforeRead = (planner, reader) -> {
                drive.drive.looks(planner);
                run(holder, "COMMIT");
                drive.beforeRead = (again, same) -> {};
            };
            drive.run();
            assertThat(drive.failed).isEmpty();
            assertThat(drive.rows()).endsWith("INSERT|2|c");
            refused(drive, LogError.PARTITION_CHANGED, "partition public.t1 was emptied by itself");
        }
    }

    @Test
    @Tag("D23")
    void A_partition_without_a_log_that_comes_while_the_table_is_followed_stops_the_stream() {
        partitioned();
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (2, 'c')");
            drive.beforeRead = (planner, reader) -> {
                db.execute("CREATE UNLOGGED TABLE IF NOT EXISTS t4 PARTITION OF t FOR VALUES FROM (40) TO (50)");
                drive.drive.looks(planner);
            };
            stops(drive, LogError.STREAM_UNFIT, "partition public.t4 is unlogged");
        }
    }

    @Test
    @Tag("D23")
    void Who_may_not_connect_any_more_is_followed_on_and_told_that_partitions_are_not_seen() {
        String role = "leaver_" + major;
        partitioned();
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION", "GRANT SELECT ON t TO " + role,
                "CREATE PUBLICATION windrow_test FOR TABLE t WITH (publish_via_partition_root = true)");
        try (LogDrive drive = new LogDrive(LogDrive.config("postgres://" + role + "@127.0.0.1:" + server.port() + "/" + db.name(), "public.t"), T)) {
            drive.run();
            db.execute("INSERT INTO t VALUES (2, 'c')");
            AtomicBoolean left = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                // Its connection to the log is there by the second read.
                if (!drive.rows().getLast().startsWith("COPY") && !left.getAndSet(true)) {
                    db.execute("ALTER ROLE " + role + " NOLOGIN", "INSERT INTO t VALUES (3, 'd')");
                    drive.drive.looks(planner);
                }
            };
            drive.until = Until.STOPPED;
            drive.enough = () -> drive.rows().getLast().equals("INSERT|3|d");
            drive.run();
            assertThat(drive.failed).isEmpty();
            assertThat(drive.rows()).endsWith("INSERT|2|c", "INSERT|3|d");
            assertThat(drive.drive.notices).filteredOn(told -> told.startsWith("postgres.unseen")).singleElement().asString().contains("28000");
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    @Tag("D23")
    void Of_a_partition_that_the_role_may_read_only_through_the_table_a_new_file_is_told_and_a_new_place_stops() {
        String role = "unseeing_" + major;
        partitioned();
        db.execute(
                "CREATE ROLE " + role + " LOGIN REPLICATION", "GRANT SELECT ON t TO " + role,
                "CREATE PUBLICATION windrow_test FOR TABLE t WITH (publish_via_partition_root = true)");
        try (LogDrive drive = new LogDrive(LogDrive.config("postgres://" + role + "@127.0.0.1:" + server.port() + "/" + db.name(), "public.t"), T)) {
            drive.run();
            db.execute("TRUNCATE t1", "INSERT INTO t VALUES (2, 'c')");
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.rows()).endsWith("INSERT|2|c");
            assertThat(drive.drive.notices).anyMatch(told -> told.startsWith("postgres.partition_rewritten") && told.contains("partition public.t1 has"));
            db.execute("ALTER TABLE t DETACH PARTITION t1", "ALTER TABLE t ATTACH PARTITION t1 FOR VALUES FROM (0) TO (10)");
            refused(drive, LogError.PARTITION_CHANGED, "partition public.t1 was detached and attached again");
        } finally {
            db.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @Test
    @Tag("D23")
    void A_state_that_was_saved_before_partitions_had_names_or_were_looked_at_is_gone_on_from() {
        partitioned();
        db.execute("CREATE TABLE t3 PARTITION OF t FOR VALUES FROM (20) TO (30)", "INSERT INTO t VALUES (21, 'x')");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            PlannerState now = drive.states.get(T);
            String nameless = now.text().replaceFirst(",\"paths\":\\[[^]]*\\],\"names\":\\[[^]]*\\],\"contents\":\\[[^]]*\\]", "");
            String unseen = now.text().replaceFirst(",\"partitions\":\\{[^}]*\\}", "");
            assertThat(nameless).isNotEqualTo(now.text()).contains("\"heaps\"");
            assertThat(unseen).isNotEqualTo(now.text()).doesNotContain("\"heaps\"");
            drive.states.put(T, new PlannerState(now.version(), nameless));
            String oid = db.query("SELECT 't2'::regclass::oid").getFirst().getFirst();
            db.execute("VACUUM FULL t1", "DROP TABLE t2", "INSERT INTO t VALUES (2, 'c')");
            drive.run();
            assertThat(drive.refused).isEmpty();
            assertThat(drive.drive.notices).as("by its oid").anyMatch(told -> told.startsWith("postgres.partition_removed") && told.contains("partition " + oid + " was"));
            drive.states.put(T, new PlannerState(now.version(), nameless));
            db.execute("TRUNCATE t1");
            refused(drive, LogError.PARTITION_CHANGED, "partition public.t1 was emptied by itself");
            drive.states.put(T, new PlannerState(now.version(), unseen));
            db.execute("INSERT INTO t VALUES (3, 'd')");
            drive.run();
            assertThat(drive.refused).as("of before nobody knows").isEmpty();
            db.execute("TRUNCATE t1");
            refused(drive, LogError.PARTITION_CHANGED, "partition public.t1 was emptied by itself");
            assertThat(drive.rows()).endsWith("INSERT|2|c", "INSERT|3|d");
        }
    }

    @Test
    @Tag("D01")
    void Rows_are_told_by_the_index_that_is_their_replica_identity_whatever_the_primary_key_is() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL UNIQUE, v text)", "ALTER TABLE t REPLICA IDENTITY USING INDEX t_n_key",
                "INSERT INTO t VALUES (1, 10, 'a')");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            assertThat(drive.refused).isEmpty();
            db.execute("UPDATE t SET n = 11", "UPDATE t SET id = 2", "DELETE FROM t");
            drive.run();
            assertThat(drive.rows()).containsExactly("COPY|1|10|a", "DELETE>|-|10|-", "INSERT<|1|11|a", "UPDATE|2|11|a", "DELETE|-|11|-");
        }
    }

    @Test
    @Tag("D26")
    void A_table_whose_identity_is_nothing_is_refused_although_it_has_a_primary_key_and_the_application_still_writes() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)", "ALTER TABLE t REPLICA IDENTITY NOTHING", "INSERT INTO t VALUES (1)");
        try (LogDrive drive = drive("public.t")) {
            refused(drive, LogError.STREAM_UNFIT, "has no replica identity");
            assertThat(drive.refused.get(T).remedy()).contains("REPLICA IDENTITY FULL");
            db.execute("UPDATE t SET id = 2", "DELETE FROM t");
        }
    }

    @Test
    void A_replica_identity_that_does_not_hold_the_key_stops_the_stream_before_a_delete_is_lost() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL UNIQUE)", "INSERT INTO t VALUES (1, 1)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            drive.beforeLog = () -> db.execute(
                    "INSERT INTO t VALUES (2, 2)", "ALTER TABLE t REPLICA IDENTITY USING INDEX t_n_key", "DELETE FROM t WHERE id = 1");
            db.execute("INSERT INTO t VALUES (3, 3)");
            drive.run();
            drive.beforeLog = () -> {};
            db.execute("ALTER TABLE t REPLICA IDENTITY DEFAULT");
            stops(drive, LogError.RELATION_DIFFERS, "REPLICA IDENTITY");
            assertThat(drive.rows()).noneMatch(row -> row.startsWith("DELETE"));
        }
    }

    @Test
    @Tag("D16")
    void What_was_read_in_front_of_an_alteration_is_handed_out_before_the_table_is_planned_anew() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, n int)");
        try (LogDrive drive = drive(Changes.onRewrite(ChangesConfig.OnRewrite.KEEP), "public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1, 1)");
            drive.until = Until.STOPPED;
            AtomicBoolean altered = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!altered.getAndSet(true)) {
                    db.execute("BEGIN; INSERT INTO t VALUES (2, 2); ALTER TABLE t ALTER n TYPE bigint; INSERT INTO t VALUES (3, 3000000000); COMMIT");
                }
            };
            stops(drive, LogError.RELATION_CHANGED, "another type");
            drive.until = Until.CAUGHT_UP;
            drive.beforeRead = (planner, reader) -> {};
            assertThat(drive.rows()).containsExactly("INSERT|1|1", "INSERT|2|2");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|1", "INSERT|2|2", "INSERT|3|3000000000");
        }
    }

    @Test
    @Tag("D16")
    void A_composite_type_that_gets_another_field_while_its_table_is_followed_has_it_planned_anew() {
        db.execute("CREATE TYPE pair AS (a int, b int)", "CREATE TABLE t (id int PRIMARY KEY, p pair)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1, (1, 2))");
            drive.until = Until.STOPPED;
            AtomicBoolean altered = new AtomicBoolean();
            drive.beforeRead = (planner, reader) -> {
                if (!altered.getAndSet(true)) {
                    db.execute("ALTER TYPE pair ADD ATTRIBUTE c int", "INSERT INTO t VALUES (2, (3, 4, 5))");
                }
            };
            stops(drive, LogError.RELATION_CHANGED, "a type was altered");
            assertThat(drive.rows()).singleElement().asString().startsWith("INSERT|1|");
            drive.until = Until.CAUGHT_UP;
            drive.run();
            assertThat(drive.rows()).hasSize(2);
            assertThat(drive.rows().getLast()).startsWith("INSERT|2|").contains("\"c\":5");
        }
    }

    @Test
    void What_is_gathered_of_many_tables_takes_no_more_memory_than_it_may() {
        List<String> tables = IntStream.range(0, 24).mapToObj(i -> "t" + i).toList();
        tables.forEach(table -> db.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, v text)"));
        List<StreamName> names = tables.stream().map(table -> new StreamName("public", table)).toList();
        try (LogDrive drive = new LogDrive(
                LogDrive.config(db.url(), tables.stream().map(table -> "public." + table).toArray(String[]::new)), names.toArray(StreamName[]::new))) {
            drive.run();
            db.execute("DO $$ BEGIN FOR i IN 0..23 LOOP EXECUTE format('INSERT INTO t%s SELECT g, repeat(md5(g::text), 200) FROM generate_series(1, 90) g', i);"
                    + " END LOOP; END $$");
            drive.drive.allocator.setLimit(6 << 20);
            drive.run();
            assertThat(drive.failed).isEmpty();
            assertThat(names).allSatisfy(name -> assertThat(drive.rows.get(name)).hasSize(90));
        }
    }

    @Test
    @Tag("D04")
    void A_slot_that_is_made_anew_between_the_plan_and_the_reading_is_lost() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY)");
        for (String next : List.of("SELECT 1", "SELECT pg_create_logical_replication_slot('windrow_test', 'pgoutput')")) {
            try (LogDrive drive = drive("public.t")) {
                drive.run();
                db.execute("INSERT INTO t VALUES (1)");
                drive.beforeLog = () -> {
                    db.dropSlot("windrow_test");
                    db.execute("DELETE FROM t", next);
                };
                stops(drive, LogError.SLOT_LOST);
            }
        }
    }

    @Test
    void A_key_too_large_for_its_row_is_never_unchanged() {
        String k = "md5('1') || repeat(md5('2'), 60)";
        db.execute("CREATE TABLE t (k text, i int, n int, PRIMARY KEY (k, i))", "ALTER TABLE t ALTER k SET STORAGE EXTERNAL");
        // An index entry takes less than a page, a row with such a key lies beside its table all the same.
        db.execute("ALTER TABLE t SET (toast_tuple_target = 128)", "INSERT INTO t VALUES (" + k + ", 1, 1)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            String key = drive.rows().getFirst().split("\\|")[1];
            db.execute("UPDATE t SET n = 2", "UPDATE t SET i = 2", "DELETE FROM t");
            drive.run();
            assertThat(drive.rows()).containsExactly(
                    "COPY|" + key + "|1|1", "UPDATE|" + key + "|1|2", "DELETE>|" + key + "|1|-", "INSERT<|" + key + "|2|2", "DELETE|" + key + "|2|-");
        }
    }

    @Test
    @Tag("D26")
    void A_partitioned_table_with_full_identity_needs_a_primary_key_since_later_partitions_have_none() {
        db.execute(
                "CREATE TABLE t (id int) PARTITION BY RANGE (id)", "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)",
                "ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t1 REPLICA IDENTITY FULL",
                "CREATE TABLE u (id int PRIMARY KEY, v text) PARTITION BY RANGE (id)", "CREATE TABLE u1 PARTITION OF u FOR VALUES FROM (0) TO (10)",
                "ALTER TABLE u REPLICA IDENTITY FULL", "ALTER TABLE u1 REPLICA IDENTITY FULL");
        try (LogDrive drive = drive("public.t", "public.u")) {
            refused(drive, LogError.STREAM_UNFIT, "no primary key");
            db.execute(
                    "CREATE TABLE u2 PARTITION OF u FOR VALUES FROM (10) TO (20)", "INSERT INTO u VALUES (1, 'a'), (11, 'b')", "DELETE FROM u");
            drive.run();
            assertThat(drive.rows.get(U)).as("the key alone, since the later partition has no more").containsExactlyInAnyOrder(
                    "INSERT|1|a", "INSERT|11|b", "DELETE|1|-", "DELETE|11|-");
        }
    }

    @Test
    void A_null_from_before_a_column_was_NOT_NULL_is_delivered() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, n int)");
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            db.execute("INSERT INTO t VALUES (1, NULL)", "UPDATE t SET n = 5", "ALTER TABLE t ALTER n SET NOT NULL");
            drive.run();
            assertThat(drive.rows()).containsExactly("INSERT|1|null", "UPDATE|1|5");
        }
    }

    private static List<String> remedies(LogDrive drive) {
        return drive.drive.source().check().stream()
                .filter(result -> result.outcome() != CheckResult.Outcome.OK)
                .map(CheckResult::remedy)
                .toList();
    }

    /** A column for each type of the server, with the first text that the type takes for a value, and one for an array of it. */
    private static final String TABLE_OF_EVERY_TYPE =
            """
            DO $do$
            DECLARE one record; sample text; found text; columns text := 'id'; samples text := '1'; n int := 0;
            BEGIN
                CREATE TABLE t (id int PRIMARY KEY, c public.odd, cs public.odd[]);
                FOR one IN SELECT pg_catalog.format_type(oid, NULL) AS name, typarray <> 0 AS has_array FROM pg_catalog.pg_type
                        WHERE typtype IN ('b', 'd', 'e', 'r', 'm') AND typname NOT LIKE '\\_%'
                            AND typnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace) ORDER BY oid LOOP
                    found := NULL;
                    FOREACH sample IN ARRAY ARRAY['q"u''o\te, ü {}();', 'pg_catalog.pg_class', 'now()', '-12.5', '-1 year 2 mons -3 days 04:05:06.789',
                            '(0.1,-1e300)', '{1,-1,0.5}', '((0,0),(1,1),(2,0))', '<(1,2),3.5>', '0099-12-31 23:59:59.5 BC', '12:34:56.789+03',
                            '10:20:10,14', '101', '(0,1)', '16/B374D848', '[1,5)', '{[1,3),[5,7)}', '[2020-01-01,)', '{[2020-01-01,2020-02-01)}',
                            '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 'a=>"1 2", b=>NULL', '10.0.0.0/8', 't', '{"a": 1}', '$.a', '1 2',
                            'postgres=r/postgres', '0123cdef-4567-89ab-cdef-0123456789ab', '978-0-11-000533-4', '1'] LOOP
                        BEGIN
                            EXECUTE format('SELECT %L::%s', sample, one.name);
                            found := sample;
                            EXIT;
                        EXCEPTION WHEN OTHERS THEN NULL;
                        END;
                    END LOOP;
                    n := n + 1;
                    EXECUTE format('ALTER TABLE t ADD c%s %s', n, one.name);
                    columns := columns || format(', c%s', n);
                    samples := samples || format(', %L::%s', found, one.name);
                    IF one.has_array THEN
                        EXECUTE format('ALTER TABLE t ADD a%s %s[]', n, one.name);
                        columns := columns || format(', a%s', n);
                        samples := samples || format(', ARRAY[[%1$L, NULL], [%1$L, %1$L]]::%2$s[]', found, one.name);
                    END IF;
                END LOOP;
                EXECUTE format('INSERT INTO t (%s) VALUES (%s)', columns, samples);
                UPDATE t SET c = ROW('(1,2)', chr(92) || '"', '{}', ROW(1, NULL), 'a b:1')::public.odd, cs = ARRAY[c, NULL, ROW('(3,4)', '', '{NULL,"(5,6)"}', NULL, NULL)::public.odd];
            END $do$""";

    private static final String FOR_ALL_COLUMNS =
            """
            DO $do$ BEGIN EXECUTE (SELECT replace('%s', '*', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
            FROM pg_catalog.pg_attribute WHERE attrelid = 't'::regclass AND attnum > 1 AND NOT attisdropped); END $do$""";

    @Test
    @Tag("C03")
    @Tag("C17")
    @Tag("C34")
    void A_table_with_a_column_of_every_type_that_the_server_has_is_followed_and_the_log_gives_what_the_copy_gave() throws SQLException {
        for (String extension : List.of("citext", "cube", "earthdistance", "hstore", "intarray", "isn", "lo", "ltree", "pg_trgm", "seg")) {
            db.execute("CREATE EXTENSION " + extension);
        }
        db.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'q\"u''o\\te, ü {}();')", "CREATE DOMAIN vec AS tsvector", "CREATE TYPE inner_odd AS (a int, b text)",
                "CREATE TYPE odd AS (p point, t text, ps point[], n inner_odd, v vec)", "CREATE TYPE pointless AS RANGE (subtype = inet)",
                TABLE_OF_EVERY_TYPE);
        everyValueIsFollowedAsItWasCopied(200);
        db.dropSlot("windrow_test");
        db.execute("DROP PUBLICATION windrow_test", "DELETE FROM t WHERE id > 1");
        dropWhatOnlyTextsHold();
        everyValueIsFollowedAsItWasCopied(100);
    }

    /** The log of what is left has its values as the copy does, in their binary forms. */
    private void dropWhatOnlyTextsHold() throws SQLException {
        try (Connection connection = db.connect()) {
            Catalog catalog = CatalogReader.read(connection);
            db.execute(new TypeMapping(catalog.types(), catalog.server())
                    .plans(catalog.relation(T).orElseThrow().columns(), OutOfRange.FAIL).stream()
                    .filter(plan -> plan.logForm() == LogForm.TEXT_ON_REQUEST)
                    .map(plan -> "DROP " + Identifier.quoted(plan.column().name()))
                    .collect(Collectors.joining(", ", "ALTER TABLE t ", "")));
        }
    }

    private void everyValueIsFollowedAsItWasCopied(int columns) {
        try (LogDrive drive = drive("public.t")) {
            drive.run();
            assertThat(drive.refused).isEmpty();
            String copied = drive.rows().getFirst();
            assertThat(copied.split("\\|", -1).length).as("columns").isGreaterThan(columns);
            drive.rows().clear();
            db.execute(
                    FOR_ALL_COLUMNS.formatted("INSERT INTO t (id, *) SELECT 2, * FROM t"), "INSERT INTO t (id) VALUES (3)",
                    "UPDATE t SET id = 1 WHERE id = 1", "DELETE FROM t WHERE id = 2");
            drive.run();
            assertThat(drive.rows()).hasSize(4);
            assertThat(drive.rows().get(0)).isEqualTo(copied.replaceFirst("COPY\\|1", "INSERT|2"));
            assertThat(drive.rows().get(1)).matches("INSERT\\|3(\\|null)+");
            List<String> before = List.of(copied.split("\\|", -1));
            List<String> updated = List.of(drive.rows().get(2).split("\\|", -1));
            assertThat(updated).hasSameSizeAs(before).startsWith("UPDATE", "1").contains("~");
            assertThat(updated.stream().skip(1).filter(cell -> !cell.equals("~"))).isSubsetOf(before);
            assertThat(drive.rows().get(3)).matches("DELETE\\|2(\\|-)+");
        }
    }

    @Test
    @Tag("C01")
    @Tag("C07")
    @Tag("C08")
    @Tag("C09")
    @Tag("C10")
    void Values_that_a_type_of_ours_cannot_hold_follow_one_rule_in_the_copy_and_in_a_log_of_binary_values() {
        db.execute(
                "CREATE TABLE t (id int PRIMARY KEY, d date, ts timestamp, tz timestamptz, ti time, tt timetz, n numeric(10,2), f float8, i interval)",
                "INSERT INTO t VALUES (1, 'infinity', 'infinity', '-infinity', '24:00:00', '24:00:00-15', 'NaN', 'NaN', '178000000 years'),"
                        + " (2, '4713-01-01 BC', '4713-01-01 BC', '294276-12-31 23:59:59Z', '00:00', '23:59:59.999999+15', 0, '-Infinity', '-1 mon 1 day'),"
                        + " (3, '5874897-12-31', '0001-01-01', '0044-03-15 BC', '12:00', '12:00Z', -0.01, '-0', '00:00:00.000001')");
        for (OutOfRange rule : List.of(OutOfRange.TEXT, OutOfRange.NULL)) {
            try (LogDrive drive = new LogDrive(Drive.config(db.url(), with(rule)), T)) {
                drive.run();
                assertThat(drive.refused).isEmpty();
                List<String> copied = drive.rows().stream().map(row -> row.replaceFirst("COPY", "INSERT")).sorted().toList();
                assertThat(copied).hasSize(3);
                drive.rows().clear();
                db.execute("CREATE TABLE kept AS SELECT * FROM t", "DELETE FROM t");
                drive.run();
                drive.rows().clear();
                db.execute("INSERT INTO t SELECT * FROM kept ORDER BY id", "DROP TABLE kept");
                drive.run();
                assertThat(drive.rows()).as("rule " + rule).isEqualTo(copied);
            }
            db.dropSlot("windrow_test");
            db.execute("DROP PUBLICATION windrow_test");
        }
        db.execute("CREATE TABLE kept AS SELECT * FROM t");
        for (String column : List.of("d", "ts", "tz", "n")) {
            db.execute("TRUNCATE t");
            try (LogDrive drive = drive("public.t")) {
                drive.run();
                db.execute("INSERT INTO t (id) VALUES (7)", "INSERT INTO t (id, " + column + ") SELECT id, " + column + " FROM kept WHERE id = 1");
                stops(drive, CodecError.OUT_OF_RANGE, column);
                assertThat(drive.rows()).as("what came in front of it").containsExactly("INSERT|7" + "|null".repeat(8));
            }
            db.dropSlot("windrow_test");
            db.execute("DROP PUBLICATION windrow_test");
        }
    }

    private static StreamConfig with(OutOfRange rule) {
        StreamConfig plain = LogDrive.follow("public.t");
        return new StreamConfig(
                plain.table(), plain.query(), plain.name(), plain.exclude(), plain.mode(), plain.cursor(), plain.guarantee(), plain.lag(),
                plain.start(), plain.columns(), plain.where(), plain.key(), rule, plain.consistency());
    }

    @Test
    @Tag("C34")
    void Values_that_only_a_text_holds_are_keys_are_unchanged_are_large_and_are_followed_beside_others() {
        db.execute(
                "CREATE TABLE t (r int4range, v tsvector, n numeric(10,2), big tsvector, d date, PRIMARY KEY (r, v))",
                "ALTER TABLE t ALTER big SET STORAGE EXTERNAL", "CREATE TABLE u (id bigint PRIMARY KEY, at timestamptz, x float8)",
                "INSERT INTO t VALUES ('[1,3)', 'a b:1', 1.5, (SELECT string_agg('w' || i, ' ') FROM generate_series(1, 2000) i)::tsvector, 'infinity')");
        try (LogDrive drive = new LogDrive(Drive.config(db.url(), with(OutOfRange.TEXT), LogDrive.follow("public.u")), T, U)) {
            drive.run();
            String copied = drive.rows().getFirst();
            drive.rows().clear();
            db.execute(
                    "UPDATE t SET n = 2", "UPDATE t SET r = '[2,)'", "UPDATE t SET v = v || 'c:2A'", "UPDATE t SET d = '0044-03-15 BC', n = NULL",
                    "INSERT INTO t SELECT 'empty', v, -0.05, big, 'infinity' FROM t", "INSERT INTO u VALUES (-1, '2020-02-29 12:00:00.25+05:30', '-1e-300')",
                    "DELETE FROM t WHERE r = 'empty'");
            drive.run();
            String empty = "{\"lower_inclusive\":false,\"upper_inclusive\":false,\"empty\":true}";
            String from2 = "{\"lower\":2,\"lower_inclusive\":true,\"upper_inclusive\":false,\"empty\":false}";
            String whole = copied.replaceFirst("^COPY", "").replaceFirst("\\|1\\.50\\|", "|2.00|");
            String big = copied.split("\\|")[4];
            assertThat(drive.rows()).containsExactly(
                    "UPDATE" + whole.replace("|" + big + "|", "|~|"), "DELETE>" + whole.split("\\|2\\.00")[0] + "|-|-|-",
                    "INSERT<|" + from2 + "|'a' 'b':1|2.00|~|infinity", "DELETE>|" + from2 + "|'a' 'b':1|-|-|-",
                    "INSERT<|" + from2 + "|'a' 'b':1 'c':3A|2.00|~|infinity", "UPDATE|" + from2 + "|'a' 'b':1 'c':3A|null|~|0044-03-15 BC",
                    "INSERT|" + empty + "|'a' 'b':1 'c':3A|-0.05|" + big + "|infinity", "DELETE|" + empty + "|'a' 'b':1 'c':3A|-|-|-");
            assertThat(drive.rows.get(U)).containsExactly("INSERT|-1|1582957800250000|-1.0E-300");
        }
    }
}

package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.windrow.api.batch.Batch;
import io.windrow.api.context.CheckResult;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Reconciliation;
import io.windrow.api.source.Source;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.SplitReader;
import io.windrow.api.source.StreamDescription;
import io.windrow.api.source.StreamRequest;
import io.windrow.api.source.Windows;
import io.windrow.testkit.postgres.PgBouncer;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("server")
class PostgresSourceTest {
    private static final StreamName T = new StreamName("public", "t");

    private PostgresDatabase db;

    @BeforeEach
    void open() {
        db = PostgresDatabase.create(PostgresServer.shared(18));
    }

    @AfterEach
    void close() {
        db.close();
    }

    private String urlOf(String role) {
        return "postgres://" + role + ":S3CRET@127.0.0.1:" + db.server().port() + "/" + db.name();
    }

    @Test
    void Check_names_the_missing_grant_and_then_what_is_too_much() {
        db.execute(
                "DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN", "CREATE SCHEMA s", "CREATE TABLE s.\"T\" (id int, v text)");
        try (Drive drive = new Drive(
                Drive.config(urlOf("reader"), StreamConfig.snapshot("s.T")), new StreamName("s", "T"))) {
            assertThat(remedies(drive)).containsExactly("GRANT USAGE ON SCHEMA \"s\" TO \"reader\";");
            db.execute("GRANT USAGE ON SCHEMA s TO reader");
            assertThat(remedies(drive)).containsExactly("GRANT SELECT ON \"s\".\"T\" TO \"reader\";");
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                            .isEqualTo(PostgresError.PERMISSION_DENIED));
            db.execute("GRANT SELECT (id, v) ON s.\"T\" TO reader", "INSERT INTO s.\"T\" VALUES (1, 'a')");
            assertThat(remedies(drive)).isEmpty();
            assertThat(drive.run()).isEqualTo(1);
            db.execute("GRANT INSERT ON s.\"T\" TO reader", "GRANT SELECT ON s.\"T\" TO reader");
            assertThat(remedies(drive)).singleElement().asString().startsWith("REVOKE INSERT");
            db.execute("ALTER TABLE s.\"T\" ENABLE ROW LEVEL SECURITY");
            drive.state = Optional.empty();
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode())
                            .isEqualTo(PostgresError.ROW_SECURITY));
        } finally {
            db.execute("DROP OWNED BY reader", "DROP ROLE reader");
        }
    }

    private static List<String> remedies(Drive drive) {
        return drive.source().check().stream()
                .filter(result -> result.outcome() != CheckResult.Outcome.OK)
                .map(CheckResult::remedy)
                .toList();
    }

    @Test
    void Settings_that_a_pooler_gave_to_another_server_process_hold_within_a_transaction() throws SQLException {
        db.execute(
                "DROP ROLE IF EXISTS pooled", "CREATE ROLE pooled LOGIN", "CREATE TABLE t (id int)", "GRANT SELECT ON t TO pooled",
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY", "CREATE POLICY few ON t USING (id > 1)");
        try (Drive drive = new Drive(Drive.config(urlOf("pooled"), StreamConfig.snapshot("public.t")), T);
                Session session = Session.open(PostgresAddress.of(drive.config.url(), drive.config.password()), drive.config)) {
            session.execute("RESET ALL; SET row_security = on; SET intervalstyle = 'sql_standard'");
            session.begin(null);
            assertThat(session.row("SELECT '1 day'::pg_catalog.interval::pg_catalog.text")).containsExactly("1 day");
            assertThatThrownBy(() -> session.row("SELECT * FROM public.t"))
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(SqlStates.coded("Reading", e).errorCode())
                            .isEqualTo(PostgresError.ROW_SECURITY));
        } finally {
            db.execute("DROP OWNED BY pooled", "DROP ROLE pooled");
        }
    }

    @Test
    void What_other_clients_of_a_pooler_get_is_as_it_was_before_Windrow_used_it() throws SQLException {
        assumeTrue(PgBouncer.isInstalled(), "no pgbouncer on this machine; Debian's package of that name has it");
        db.execute("CREATE TABLE t (id int PRIMARY KEY, v text)", "INSERT INTO t SELECT i, i FROM generate_series(1, 20000) i");
        int connections = 4;
        try (PgBouncer pooler = PgBouncer.start(db.server(), connections);
                Drive drive = new Drive(Drive.config(pooler.url(db.name()), StreamConfig.snapshot("public.*")), T)) {
            List<String> before = settingsOfEach(connections, pooler);
            assertThat(drive.source().check()).filteredOn(result -> result.outcome() == CheckResult.Outcome.FAILED).isEmpty();
            assertThat(drive.source().check().get(0).detail()).endsWith("through a pooler.");
            // Often enough for the driver to prepare its statements on the server, if it still did.
            for (int i = 0; i < 7; i++) {
                drive.state = Optional.empty();
                drive.rows.clear();
                assertThat(drive.run()).isEqualTo(20_000);
            }
            assertThat(settingsOfEach(connections, pooler)).isEqualTo(before);
        }
    }

    /** What each of the server processes behind the pooler would do its next client's statements with. */
    private List<String> settingsOfEach(int connections, PgBouncer pooler) throws SQLException {
        List<String> settings = new ArrayList<>();
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < connections; i++) {
                Connection connection = DriverManager.getConnection(pooler.jdbcUrl(db.name()));
                open.add(connection);
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT string_agg(name || '=' || setting, ', ' ORDER BY name)"
                                + " FROM pg_settings WHERE source IN ('session', 'client')"
                                + " AND name NOT IN ('application_name', 'client_encoding', 'DateStyle', 'TimeZone')")) {
                    rows.next();
                    settings.add(String.valueOf(rows.getString(1)));
                }
            }
        } finally {
            for (Connection connection : open) {
                connection.close();
            }
        }
        return settings;
    }

    @Test
    void A_text_that_is_no_UTF_8_in_a_database_without_an_encoding_is_refused_by_name() {
        db.execute("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
        try (Drive drive = new Drive(Drive.config(db.server().url("bytes"), StreamConfig.snapshot("public.t")), T);
                Connection connection = db.server().connect("bytes");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (v text)");
            statement.execute("INSERT INTO t VALUES ('Zürich')");
            drive.run();
            assertThat(drive.rows).containsExactly("Zürich");
            drive.state = Optional.empty();
            statement.execute("INSERT INTO t VALUES (E'Z\\xFCrich')");
            assertThatThrownBy(drive::run)
                    .isInstanceOfSatisfying(WindrowException.class, e -> assertThat(e.errorCode()).isEqualTo(PostgresError.TEXT_INVALID));
            assertThat(remedies(drive)).anyMatch(remedy -> remedy.contains("convert_to"));
            statement.execute("CREATE VIEW b AS SELECT pg_catalog.convert_to(v, 'SQL_ASCII') AS v FROM t");
            try (Drive bytes = new Drive(
                    Drive.config(db.server().url("bytes"), StreamConfig.snapshot("public.b")), new StreamName("public", "b"))) {
                assertThat(bytes.run()).isEqualTo(2);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        } finally {
            db.execute("DROP DATABASE bytes WITH (FORCE)");
        }
    }

    @Test
    void A_byte_that_is_no_character_of_the_databases_encoding_is_refused_by_name_and_can_be_read_as_bytes() throws SQLException {
        db.execute("CREATE DATABASE western ENCODING 'WIN1252' LOCALE 'C' TEMPLATE template0");
        try (Drive drive = new Drive(Drive.config(db.server().url("western"), StreamConfig.snapshot("public.t")), T);
                Drive bytes = new Drive(Drive.config(db.server().url("western"), StreamConfig.snapshot("public.b")), new StreamName("public", "b"));
                Connection connection = db.server().connect("western");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (v text)");
            statement.execute("INSERT INTO t VALUES ('Zürich'), (convert_from('\\x81', 'WIN1252'))");
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.TEXT_INVALID);
                assertThat(e.remedy()).contains("convert_to", "server_encoding");
            });
            statement.execute("CREATE VIEW b AS SELECT pg_catalog.convert_to(v, 'WIN1252') AS v FROM t");
            assertThat(bytes.run()).isEqualTo(2);
        } finally {
            db.execute("DROP DATABASE western WITH (FORCE)");
        }
    }

    @Test
    void Check_warns_of_a_superuser() {
        db.execute("CREATE TABLE t (id int)");
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            assertThat(drive.source().check())
                    .anyMatch(result -> result.name().equals("role")
                            && result.outcome() == CheckResult.Outcome.WARNING
                            && result.detail().contains("SUPERUSER"));
        }
    }

    @Test
    @Tag("H01")
    void No_error_of_connecting_holds_the_password() {
        for (String url : List.of(
                urlOf("nobody_at_all"),
                "postgres://u:S3CRET@127.0.0.1:1/d",
                "postgres://postgres:S3CRET@127.0.0.1:" + db.server().port() + "/no_such_database",
                "postgres://postgres:S3CRET@127.0.0.1:" + db.server().port() + "/" + db.name() + "?sslmode=require")) {
            try (Drive drive = new Drive(Drive.config(url, StreamConfig.snapshot("public.t")), T)) {
                List<CheckResult> results = drive.source().check();
                assertThat(results).singleElement().satisfies(result -> {
                    assertThat(result.outcome()).isEqualTo(CheckResult.Outcome.FAILED);
                    assertThat(result.toString()).doesNotContain("S3CRET");
                });
                assertThatThrownBy(() -> drive.source().discover()).satisfies(e -> assertThat(e.toString() + e.getCause())
                        .doesNotContain("S3CRET"));
                assertThat(drive.config.toString()).doesNotContain("S3CRET");
            }
        }
    }

    @Test
    @Tag("C37")
    void Discover_describes_kinds_keys_cursors_and_double_rows() {
        db.execute(
                "CREATE TABLE parent (id int PRIMARY KEY, created_at timestamptz, updated_at timestamptz)",
                "CREATE TABLE child () INHERITS (parent)",
                "CREATE TABLE grandchild () INHERITS (child)",
                "CREATE VIEW v AS SELECT 1 AS one",
                "CREATE MATERIALIZED VIEW m AS SELECT 2 AS two");
        try (Drive drive = new Drive(
                Drive.config(db.url(), StreamConfig.snapshot("public.parent"), StreamConfig.snapshot("public.child"), StreamConfig.snapshot("v"), StreamConfig.snapshot("public.*")), T)) {
            List<StreamDescription> found = drive.source().discover();
            assertThat(found).extracting(StreamDescription::kind).containsExactly("table", "materialized view", "table", "view");
            assertThat(found.get(0).remarks()).anyMatch(remark -> remark.contains("delivered twice"));
            assertThat(found.get(2).cursors()).startsWith("updated_at", "created_at");
            assertThat(found.get(3).modes()).containsExactly(ReadMode.SNAPSHOT);
        }
        StreamName parent = new StreamName("public", "parent");
        StreamName grandchild = new StreamName("public", "grandchild");
        try (Drive drive = new Drive(
                Drive.config(db.url(), StreamConfig.snapshot("public.parent"), StreamConfig.snapshot("public.grandchild")), parent)) {
            assertThat(drive.source().discover().stream().filter(one -> one.schema().stream().equals(grandchild)))
                    .singleElement().satisfies(one -> assertThat(one.remarks())
                            .contains("Its rows are rows of public.parent too, which is selected as well: they are delivered twice."));
            List<StreamRequest> both = Stream.of(parent, grandchild)
                    .map(name -> new StreamRequest(name, ReadMode.SNAPSHOT, 1, Optional.empty())).toList();
            try (Source source = drive.source(); SplitPlanner planner = source.plan(both)) {
                assertThat(planner.refusals()).isEmpty();
                assertThat(drive.notices).singleElement().asString()
                        .startsWith("postgres.rows_twice: Stream public.grandchild: its rows are rows of public.parent too");
            }
        }
    }

    @Test
    void Discover_says_of_each_stream_why_it_cannot_be_read_and_describes_the_others() throws SQLException {
        db.execute("CREATE TABLE a (i int PRIMARY KEY)", "CREATE TABLE t (i int)", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS i",
                "CREATE TABLE whole (i int PRIMARY KEY) PARTITION BY RANGE (i)",
                "CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (1000)", "INSERT INTO whole SELECT generate_series(1, 999)");
        StreamConfig plain = StreamConfig.snapshot("public.t");
        StreamConfig query = new StreamConfig(
                Optional.empty(), Optional.of("SELECT nothing FROM public.t"), Optional.of("bad"), List.of(), plain.mode(), plain.cursor(),
                plain.guarantee(), plain.lag(), plain.start(), List.of(), Optional.empty(), List.of(), plain.outOfRange(),
                plain.consistency());
        try (Drive drive = new Drive(
                        Drive.config(
                                db.url(), plain, query, StreamConfig.snapshot("public.gone"), StreamConfig.snapshot("public.a"),
                                StreamConfig.snapshot("public.m"), StreamConfig.snapshot("public.whole")),
                        T);
                Connection locked = db.connect();
                Statement statement = locked.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE a IN ACCESS EXCLUSIVE MODE");
            Map<String, StreamDescription> found = drive.source().discover().stream()
                    .collect(Collectors.toMap(one -> one.schema().stream().name(), one -> one));
            assertThat(found).hasSize(6);
            assertThat(List.of(found.get("gone"), found.get("bad"))).allSatisfy(one -> {
                assertThat(one.isReadable()).isFalse();
                assertThat(one.remarks()).hasSize(1);
            });
            assertThat(found.get("a").estimatedBytes()).as("locked").isEqualTo(-1);
            assertThat(found.get("a").schema().columns()).hasSize(1);
            assertThat(found.get("t").estimatedBytes()).isZero();
            assertThat(found.get("whole").estimatedBytes()).as("the partition and its index").isGreaterThan(8192 * 4);
            assertThat(found.get("whole").modes()).contains(ReadMode.CDC);
            assertThat(found.get("a").modes()).contains(ReadMode.CDC);
            assertThat(found.get("t").modes()).as("without a replica identity").doesNotContain(ReadMode.CDC);
            assertThat(found.get("m").modes()).doesNotContain(ReadMode.CDC);
        }
    }

    @Test
    void Wildcards_exclude_and_new_tables_are_named_or_refused() {
        db.execute("CREATE TABLE a (i int)", "CREATE TABLE b (i int)", "CREATE TABLE audit_x (i int)");
        StreamConfig all = StreamConfig.snapshot("public.*");
        StreamConfig some = new StreamConfig(
                all.table(), all.query(), all.name(), List.of("public.audit_*"), all.mode(), all.cursor(), all.guarantee(), all.lag(),
                all.start(), all.columns(), all.where(), all.key(), all.outOfRange(), all.consistency());
        try (Drive drive = new Drive(Drive.config(db.url(), some), new StreamName("public", "a"))) {
            assertThat(drive.source().selected().keySet()).extracting(StreamName::name).containsExactly("a", "b");
            drive.run();
            try (SplitPlanner planner = drive.source()
                    .plan(List.of(
                            new StreamRequest(drive.stream, ReadMode.SNAPSHOT, 1, drive.state),
                            new StreamRequest(new StreamName("public", "b"), ReadMode.SNAPSHOT, 1, Optional.empty())))) {
                assertThat(planner.refusals()).isEmpty();
                assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.new_table"));
            }
        }
    }

    private static StreamConfig with(StreamConfig plain, Optional<String> query, Optional<String> where, List<String> exclude) {
        return new StreamConfig(
                query.isPresent() ? Optional.empty() : plain.table(), query, query.map(text -> "asked"), exclude, plain.mode(), plain.cursor(),
                plain.guarantee(), plain.lag(), plain.start(), List.of(), where, List.of(), plain.outOfRange(), plain.consistency());
    }

    private void refusesToSelect(String place, StreamConfig... streams) {
        try (Drive drive = new Drive(Drive.config(db.url(), streams), T); Source source = drive.source()) {
            assertThatThrownBy(source::selected).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.STREAM_INVALID);
                assertThat(e.place()).contains(place);
            });
            assertThat(source.check()).anyMatch(result -> result.outcome() == CheckResult.Outcome.FAILED);
        }
    }

    @Test
    void A_second_entry_of_a_stream_and_an_exclude_without_a_wildcard_are_refused_by_their_places() {
        db.execute("CREATE TABLE t (i int)", "CREATE TABLE u (i int)");
        StreamConfig query = with(StreamConfig.snapshot("t"), Optional.of("SELECT 1 AS i"), Optional.empty(), List.of());
        refusesToSelect("source.postgres.streams[2]",
                StreamConfig.snapshot("t"), StreamConfig.snapshot("u"), StreamConfig.incremental("public.t", "i", StreamConfig.Level.PROVEN));
        refusesToSelect("source.postgres.streams[1]", query, with(query, Optional.of("SELECT 2 AS i"), Optional.empty(), List.of()));
        refusesToSelect("source.postgres.streams[0].exclude",
                with(StreamConfig.snapshot("t"), Optional.empty(), Optional.empty(), List.of("public.u")));
    }

    @Test
    void A_pattern_that_matches_nothing_is_named_by_run_and_check() {
        db.execute("CREATE TABLE t (i int)", "CREATE TABLE audit_x (i int)");
        StreamConfig misspelt = with(StreamConfig.snapshot("public.*"), Optional.empty(), Optional.empty(), List.of("public.audti_*", "public.audit_x"));
        try (Drive drive = new Drive(Drive.config(db.url(), misspelt, StreamConfig.snapshot("public.ordres_*")), T)) {
            drive.run();
            assertThat(drive.notices).hasSize(2).allMatch(notice -> notice.startsWith("postgres.pattern_unmatched"))
                    .anyMatch(notice -> notice.contains("public.audti_*")).anyMatch(notice -> notice.contains("public.ordres_*"));
            assertThat(drive.source().check())
                    .filteredOn(result -> result.name().equals("streams"))
                    .hasSize(2)
                    .allMatch(result -> result.outcome() == CheckResult.Outcome.WARNING);
        }
    }

    @Test
    void A_query_with_two_columns_of_one_name_is_refused_by_that_name_unless_it_is_not_read() {
        db.execute("CREATE TABLE t (id int, v text)", "INSERT INTO t VALUES (1, 'a')");
        StreamConfig query = with(
                StreamConfig.snapshot("t"), Optional.of("SELECT a.id, b.id, a.v FROM public.t a JOIN public.t b USING (v)"), Optional.empty(), List.of());
        StreamConfig some = new StreamConfig(
                query.table(), query.query(), query.name(), List.of(), query.mode(), query.cursor(), query.guarantee(), query.lag(), query.start(),
                List.of("v"), query.where(), List.of(), query.outOfRange(), query.consistency());
        try (Drive drive = new Drive(Drive.config(db.url(), query), StreamName.of("asked"));
                Drive one = new Drive(Drive.config(db.url(), some), StreamName.of("asked"))) {
            assertThatThrownBy(drive::run).isInstanceOfSatisfying(WindrowException.class, e -> {
                assertThat(e.errorCode()).isEqualTo(PostgresError.STREAM_INVALID);
                assertThat(e).hasMessageContaining("several columns named id");
            });
            assertThat(drive.source().check()).anyMatch(result -> result.detail().contains("several columns named id"));
            assertThat(one.run()).isEqualTo(1);
        }
    }

    @Test
    void A_condition_on_a_type_that_casts_to_text_by_itself_is_warned_of_until_it_says_which_comparison_it_means() {
        db.execute("CREATE SCHEMA ext", "CREATE EXTENSION citext SCHEMA ext", "CREATE DOMAIN mail AS ext.citext",
                "CREATE TABLE t (id int, \"Mail\" mail)", "INSERT INTO t VALUES (1, 'Bob@x.com')");
        for (String silent : List.of("id = 1", "\"Mail\"::text = 'Mail'", "\"Mail\" OPERATOR(ext.=) 'bob@X.com'")) {
            try (Drive drive = new Drive(
                    Drive.config(db.url(), with(StreamConfig.snapshot("t"), Optional.empty(), Optional.of(silent), List.of())), T)) {
                drive.run();
                assertThat(drive.notices).isEmpty();
                assertThat(drive.rows).hasSize(silent.contains("'Mail'") ? 0 : 1);
            }
        }
        StreamConfig where = with(StreamConfig.snapshot("t"), Optional.empty(), Optional.of("\"Mail\" = 'bob@x.com'"), List.of());
        StreamConfig query = with(
                StreamConfig.snapshot("t"), Optional.of("SELECT id FROM public.t WHERE \"Mail\" = 'bob@x.com'"), Optional.empty(), List.of());
        for (StreamConfig stream : List.of(where, query)) {
            try (Drive drive = new Drive(Drive.config(db.url(), stream), stream.query().isPresent() ? StreamName.of("asked") : T)) {
                assertThat(drive.run()).as("as text").isZero();
                assertThat(drive.notices).singleElement().asString().startsWith(ComparedAsText.CODE).contains("Mail of type ext.citext", "OPERATOR(ext.=)");
                assertThat(drive.source().check())
                        .filteredOn(result -> result.name().startsWith("stream "))
                        .singleElement()
                        .satisfies(result -> assertThat(result.outcome()).isEqualTo(CheckResult.Outcome.WARNING));
            }
        }
    }

    @Test
    void One_stream_that_cannot_be_read_stops_no_other() throws Exception {
        db.execute("CREATE TABLE a (i int)", "CREATE TABLE t (i int)", "INSERT INTO t VALUES (1)");
        PostgresConfig config = Drive.config(
                db.url(), StreamConfig.snapshot("public.a"), StreamConfig.snapshot("public.gone"), StreamConfig.snapshot("public.t"));
        try (Drive drive = new Drive(config, T);
                Connection locked = db.connect();
                Statement statement = locked.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("LOCK TABLE a IN ACCESS EXCLUSIVE MODE");
            try (Source source = drive.source();
                    SplitPlanner planner = source.plan(config.streams().stream()
                            .map(stream -> new StreamRequest(
                                    StreamPattern.parse(stream.table().orElseThrow()).exact(), ReadMode.SNAPSHOT, 1, Optional.empty()))
                            .toList())) {
                assertThat(planner.refusals().get(new StreamName("public", "a")).errorCode()).isEqualTo(PostgresError.LOCK_TIMEOUT);
                assertThat(planner.refusals().get(new StreamName("public", "gone")).errorCode()).isEqualTo(PostgresError.NO_SUCH_STREAM);
                assertThat(planner.plans()).containsOnlyKeys(T);
                SplitPlanner.Assignment one = planner.next(5).get(0);
                try (SplitReader reader = source.open(one.split(), one.from());
                        Batch batch = ((ReadResult.Data) reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5))).batch()) {
                    assertThat(batch.rowCount()).isEqualTo(1);
                }
            }
        }
    }

    @Test
    @Tag("D43")
    void Server_side_timeouts_do_not_end_a_read() {
        db.execute(
                "CREATE VIEW t AS SELECT g, pg_sleep(0.2)::text AS s FROM generate_series(1, 5) g",
                "ALTER DATABASE " + db.name() + " SET statement_timeout = '300ms'",
                "ALTER DATABASE " + db.name() + " SET idle_in_transaction_session_timeout = '300ms'",
                "ALTER DATABASE " + db.name() + " SET intervalstyle = 'sql_standard'");
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T)) {
            assertThat(drive.run()).isEqualTo(5);
        }
    }

    @Test
    @Tag("G01")
    @Tag("G02")
    void Wide_rows_come_in_batches_of_bytes_and_one_large_row_alone() {
        db.execute(
                "CREATE TABLE t (id int, v text)",
                "ALTER TABLE t ALTER v SET STORAGE EXTERNAL",
                "INSERT INTO t SELECT g, repeat('x', 3000000) FROM generate_series(1, 10) g",
                "INSERT INTO t VALUES (11, repeat('y', 60000000))");
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T);
                Source source = drive.source();
                SplitPlanner planner = source.plan(List.of(new StreamRequest(T, ReadMode.SNAPSHOT, 1, Optional.empty())))) {
            List<Integer> sizes = new ArrayList<>();
            while (!planner.finished()) {
                SplitPlanner.Assignment one = planner.next(1).get(0);
                try (SplitReader reader = source.open(one.split(), one.from())) {
                    while (true) {
                        ReadResult result = reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
                        if (result instanceof ReadResult.End end) {
                            planner.ended(one.split(), end.proof());
                            break;
                        }
                        if (result instanceof ReadResult.Data data) {
                            try (Batch batch = data.batch()) {
                                sizes.add(batch.rowCount());
                            }
                        }
                    }
                }
            }
            assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(11);
            assertThat(sizes).allMatch(size -> size <= 2);
            assertThat(drive.allocator.getPeakMemoryAllocation()).isLessThan(4L * 60_000_000);
        }
    }

    @Test
    void A_reconciliation_counts_reads_and_judges_at_one_moment() {
        db.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())", "INSERT INTO t SELECT generate_series(1, 10)");
        for (StreamConfig stream : List.of(
                StreamConfig.snapshot("public.t"), StreamConfig.incremental("public.t", "at", StreamConfig.Level.PROVEN))) {
            db.execute("TRUNCATE t", "INSERT INTO t SELECT generate_series(1, 10)");
            try (Drive drive = new Drive(Drive.config(db.url(), stream), T);
                    Source source = drive.source()) {
                drive.run();
                var delivered = drive.state.orElseThrow();
                db.execute("UPDATE t SET at = now() WHERE id = 3", "DELETE FROM t WHERE id = 4");
                try (Reconciliation reconciliation = source.reconciliation().orElseThrow()) {
                    reconciliation.begin();
                    db.execute("INSERT INTO t VALUES (11)");
                    boolean snapshot = stream.mode() == ReadMode.SNAPSHOT;
                    Windows windows = reconciliation.windows(T, delivered, 4);
                    assertThat(windows.column()).contains("id");
                    assertThat(windows.cuts()).hasSize(3);
                    List<Windows.Totals> totals = reconciliation.totals(T, delivered, windows);
                    assertThat(totals.stream().mapToLong(Windows.Totals::rows).sum()).isEqualTo(snapshot ? 9 : 8);
                    int id = windows.measures().indexOf(new Windows.Measure("id", Windows.Measure.Kind.VALUE));
                    assertThat(totals.stream().mapToLong(t -> Long.parseLong(t.sums().get(id))).sum())
                            .isEqualTo(snapshot ? 51 : 48);
                    assertThat(reconciliation.changedSince(T, delivered, List.of(List.of("1"), List.of("3"), List.of("4"))))
                            .containsExactly(
                                    Reconciliation.Change.UNCHANGED, Reconciliation.Change.CHANGED, Reconciliation.Change.UNDECIDABLE);
                    assertThat(reconciliation.schema(T, delivered).key()).containsExactly("id");
                    long rows = 0;
                    try (SplitReader reader = reconciliation.read(T, delivered)) {
                        while (reader.read(System.nanoTime() + TimeUnit.MINUTES.toNanos(5)) instanceof ReadResult.Data data) {
                            try (Batch batch = data.batch()) {
                                rows += batch.rowCount();
                            }
                        }
                    }
                    assertThat(rows).isEqualTo(snapshot ? 9 : 8);
                }
            }
        }
    }

    @Test
    void A_row_has_another_version_at_another_moment_only_if_something_has_written_it() {
        db.execute("CREATE TABLE t (id int, name text, v int, PRIMARY KEY (id, name))",
                "INSERT INTO t SELECT i, 'it''s ' || i, 0 FROM generate_series(1, 250) i");
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.snapshot("public.t")), T); Source source = drive.source()) {
            drive.run();
            PlannerState delivered = drive.state.orElseThrow();
            List<List<String>> keys = IntStream.rangeClosed(1, 251).mapToObj(i -> List.of(Integer.toString(i), "it's " + i)).toList();
            try (Reconciliation reconciliation = source.reconciliation().orElseThrow()) {
                reconciliation.begin();
                List<Optional<String>> before = reconciliation.versions(T, delivered, keys);
                db.execute("UPDATE t SET v = 1 WHERE id = 7", "UPDATE t SET v = 0 WHERE id = 7", "DELETE FROM t WHERE id = 8",
                        "INSERT INTO t VALUES (251, 'it''s 251', 0)", "VACUUM FULL t");
                assertThat(reconciliation.versions(T, delivered, keys)).as("at the same moment").isEqualTo(before);
                reconciliation.begin();
                List<Optional<String>> after = reconciliation.versions(T, delivered, keys);
                assertThat(IntStream.range(0, 251).filter(i -> !before.get(i).equals(after.get(i))).boxed()).containsExactly(6, 7, 250);
                assertThat(List.of(before.get(250), after.get(7))).containsOnly(Optional.empty());
            }
        }
    }

    @Test
    void A_key_of_a_year_that_has_a_sign_elsewhere_is_looked_up_as_the_server_writes_it() {
        db.execute("CREATE TABLE t (d date, at timestamptz, local timestamp, PRIMARY KEY (d, at, local))",
                "INSERT INTO t VALUES ('10000-01-01', '10000-01-01 00:00:00+00', '10000-01-01 10:00:00.000001'),"
                        + " ('0044-03-15 BC', '0001-02-29 12:00:00+00 BC', '0045-01-01 00:00 BC')");
        try (Drive drive = new Drive(Drive.config(db.url(), StreamConfig.incremental("public.t", "d", StreamConfig.Level.PROVEN)), T);
                Source source = drive.source()) {
            drive.run();
            try (Reconciliation reconciliation = source.reconciliation().orElseThrow()) {
                reconciliation.begin();
                assertThat(reconciliation.changedSince(T, drive.state.orElseThrow(), List.of(
                                List.of("+10000-01-01", "+10000-01-01T00:00:00Z", "+10000-01-01T10:00:00.000001"),
                                List.of("-0043-03-15", "0000-02-29T12:00:00Z", "-0044-01-01T00:00"))))
                        .containsExactly(Reconciliation.Change.UNCHANGED, Reconciliation.Change.UNCHANGED);
            }
        }
    }

    @Test
    void The_connector_is_found_and_names_its_codes_once() {
        var connectors = java.util.ServiceLoader.load(io.windrow.api.connector.Connector.class).stream()
                .map(java.util.ServiceLoader.Provider::get)
                .filter(connector -> connector.name().equals("postgres"))
                .toList();
        assertThat(connectors).hasSize(1);
        assertThat(connectors.get(0).errorCodes()).extracting(code -> code.code()).doesNotHaveDuplicates();
    }
}

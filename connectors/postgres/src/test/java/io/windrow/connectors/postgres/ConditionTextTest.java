package io.windrow.connectors.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.OutOfRange;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.SplitPlanner;
import io.windrow.api.source.StreamRequest;
import io.windrow.connectors.postgres.StreamConfig.Consistency;
import io.windrow.connectors.postgres.StreamConfig.Level;
import io.windrow.testkit.postgres.PostgresDatabase;
import io.windrow.testkit.postgres.PostgresServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A condition that may change its answer for a row that nobody writes loses rows, and so it is named. */
@Tag("server")
class ConditionTextTest {
    private static final StreamName T = new StreamName("public", "t");

    private static StreamConfig stream(Level level, String where) {
        return new StreamConfig(
                Optional.of("public.t"), Optional.empty(), Optional.empty(), List.of(), ReadMode.INCREMENTAL, Optional.of("id"),
                level, level == Level.SETTLE ? Optional.of("5") : Optional.empty(), Optional.empty(), List.of(),
                Optional.of(where), List.of(), OutOfRange.FAIL, Consistency.SNAPSHOT);
    }

    @Test
    void What_a_condition_looks_at_besides_the_row_is_named_and_what_is_of_the_row_is_not() throws Exception {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18))) {
            db.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, at timestamptz, day date, note text, \"now\" int, doc jsonb)",
                    "CREATE FUNCTION public.open(note text) RETURNS boolean LANGUAGE sql STABLE RETURN true",
                    "CREATE FUNCTION public.same(note text) RETURNS text LANGUAGE sql IMMUTABLE RETURN $1");
            Map<String, Set<String>> expected = new TreeMap<>(Map.of(
                    "at < now() - interval '1 h'", Set.of("now"),
                    "at < CLOCK_TIMESTAMP() /* or so */", Set.of("clock_timestamp"),
                    "day < Current_Date", Set.of("CURRENT_DATE"),
                    "at < 'Today'", Set.of("'today'"),
                    "id IN (SELECT c.id FROM public.chosen c)", Set.of("a subquery"),
                    "public.open(note) AND id > 1", Set.of("open"),
                    "pg_catalog.\"now\"() > at", Set.of("now"),
                    "ctid < '(9,0)'", Set.of("ctid"),
                    "note::timestamptz < '2024-01-01'", Set.of("timestamptz")));
            expected.putAll(Map.of(
                    "id operator(public.<) 7", Set.of("an operator by its schema"),
                    "note = E'\\156ow'", Set.of("a quotation or comment of a rare form"),
                    "at < ('to'\n'day')::date", Set.of("date", "a quotation or comment of a rare form"),
                    "note = $$now$$ OR id = 1", Set.of("a quotation or comment of a rare form"),
                    "id > 0 /* /* */ ' */ AND now() > at --'", Set.of("'now'", "a quotation or comment of a rare form"),
                    "age(at) > '1 d' -- of today", Set.of("age"),
                    "random() < .5", Set.of("random")));
            for (String of : List.of(
                    "id > 10 AND note <> 'know' OR note IS NULL", "at >= '2024-01-01 00:00+00'::timestamptz -- now()",
                    "at >= timestamp with time zone '2024-01-01'", "day = date '2024-02-01' OR at::date = day", "\"now\" > 5",
                    "lower(btrim(note)) LIKE 'a\\_%'", "length(note) > 3 AND coalesce(note, '') IN ('a', 'b')",
                    "date_trunc('day', at AT TIME ZONE 'UTC') > '2024-01-01'", "extract(year FROM at) = 2024",
                    "doc ->> 'select' = 'x' AND doc @> '{\"a\": 1}'", "public.same(note) = 'b'", "CASE WHEN id = 1 THEN true ELSE id % 2 = 0 END",
                    "id = ANY ('{1,2}'::int[])", "id BETWEEN 1 AND 5")) {
                expected.put(of, Set.of());
            }
            try (Session session = Session.open(
                    PostgresAddress.of(Drive.config(db.url()).url(), Optional.empty()), Drive.config(db.url()))) {
                for (Map.Entry<String, Set<String>> one : expected.entrySet()) {
                    StreamConfig stream = stream(Level.PROVEN, one.getKey());
                    StreamShape shape = StreamShape.of(session, T, stream, StreamShape.catalog(session, Map.of(T, stream)));
                    assertThat(ConditionText.of(shape).beyondRow(session)).as(one.getKey()).isEqualTo(one.getValue());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Level.class)
    void A_condition_on_the_time_is_an_assumption_that_plan_and_run_name_and_never_proven(Level level) {
        try (PostgresDatabase db = PostgresDatabase.create(PostgresServer.shared(18))) {
            db.execute(
                    "CREATE TABLE t (id int PRIMARY KEY, at timestamptz NOT NULL)", "CREATE TABLE clock (at timestamptz)",
                    "INSERT INTO clock VALUES ('2024-01-01 10:00+00')", "INSERT INTO t VALUES (1, '2024-01-01 09:30+00')");
            // The clock is a table here, so that it can be set.
            StreamConfig moving = stream(level, "at < (SELECT c.at FROM public.clock c) - interval '1 h'");
            StreamConfig plain = stream(level, "at < '2024-01-01 09:00+00'");
            try (Drive drive = new Drive(Drive.config(db.url(), moving), T);
                    Drive still = new Drive(Drive.config(db.url(), plain), T)) {
                assertThat(drive.run()).isZero();
                db.execute("UPDATE clock SET at = at + interval '1 h'");
                assertThat(drive.run()).as("the loss that is named").isZero();
                assertThat(drive.notices).anyMatch(notice -> notice.startsWith("postgres.where_moves") && notice.contains("a subquery"));
                still.run();
                assertThat(still.notices).noneMatch(notice -> notice.startsWith("postgres.where_moves"));
                assertThat(guarantee(still).name()).isEqualTo(level.name().toLowerCase(java.util.Locale.ROOT));
                assertThat(guarantee(drive).name()).isEqualTo(level == Level.SETTLE ? "settle" : "conditional");
                assertThat(guarantee(drive).assumptions()).anyMatch(text -> text.contains("where") && text.contains("a subquery"));
            }
        }
    }

    private static io.windrow.api.source.Guarantee guarantee(Drive drive) {
        Optional<PlannerState> state = drive.state;
        try (var source = drive.source();
                SplitPlanner planner = source.plan(List.of(new StreamRequest(T, ReadMode.INCREMENTAL, 1, state)))) {
            return planner.plans().get(T).guarantee();
        }
    }
}

package io.windrow.cli;

import static io.windrow.cli.Invoked.windrow;
import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.testkit.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table about as wide as PostgreSQL lets it be, of which a column was dropped and others came: as a copy, by a key of a hundred
 * columns, and followed.
 */
@Tag("server")
@Tag("slow")
class WideTableTest {
    private static final int COLUMNS = 1_500;

    @RegisterExtension
    static final PostgresDatabase DATABASE = PostgresDatabase.on(18);

    @TempDir
    Path folder;

    @Test
    @Tag("C33")
    void everyValueOfAWideTableArrivesUnderItsNameHoweverItIsRead() throws IOException {
        DATABASE.execute(
                "CREATE TABLE wide (id int PRIMARY KEY, " + columns(column -> column + " int2") + ")",
                "ALTER TABLE wide DROP COLUMN c3, ADD COLUMN d1 int2, ADD COLUMN d2 int2",
                insert("generate_series(1, 20) AS id"));
        Path copied = pipeline("copied", "{table: public.wide, mode: snapshot}", "parquet");
        Path keyed = pipeline(
                "keyed", "{query: 'SELECT * FROM public.wide', name: keyed, mode: snapshot, key: ["
                        + IntStream.rangeClosed(10, 109).mapToObj(i -> "c" + i).collect(Collectors.joining(", ")) + "]}", "parquet");
        Path followed = pipeline("followed", "{table: public.wide, mode: cdc}", "jsonl");
        Path governed = Files.writeString(
                pipeline("governed", "{table: public.wide, mode: incremental, guarantee: proven}", "jsonl"), """
                contract: {streams: {public.wide: {fields: [{field: id, not_null: true}, {field: c4, min: 60}]}}}
                mask: [{field: 'c14*', with: redact, text: gone}]
                dedupe: {public.wide: {by: [c10, c%d, d2], rows: 1000}}
                """.formatted(COLUMNS), StandardOpenOption.APPEND);
        for (Path file : List.of(copied, keyed, followed, governed)) {
            done("run", file);
        }
        done("verify", copied);
        done("verify", keyed);
        governedRowsArriveUnderTheirNames(lines("governed"));

        DATABASE.execute(
                insert("(SELECT 21 AS id) AS one"), "UPDATE wide SET c" + COLUMNS + " = -1 WHERE id = 7",
                "ALTER TABLE wide DROP COLUMN c5");
        done("run", followed);
        DATABASE.execute("ALTER TABLE wide ADD COLUMN e1 int2", "UPDATE wide SET e1 = 77 WHERE id = 8");
        done("run", followed);
        List<String> lines = lines("followed");
        for (int id : List.of(7, 8, 21)) {
            String last = lines.stream().filter(line -> line.startsWith("{\"id\":" + id + ",")).toList().getLast();
            for (String column : List.of("c1", "c2", "c4", "c6", "c" + COLUMNS, "d1", "d2")) {
                assertThat(last).contains("\"" + column + "\":" + value(column, id) + ",");
            }
            assertThat(last).doesNotContain("\"c3\":");
        }
        assertThat(lines.getLast()).contains("\"e1\":77").doesNotContain("\"c5\":");
    }

    /** c4 of a row is 7 times its id and 4. */
    private static void governedRowsArriveUnderTheirNames(List<String> lines) {
        assertThat(lines).hasSize(13);
        for (int id : List.of(8, 20)) {
            String line = lines.stream().filter(one -> one.startsWith("{\"id\":" + id + ",")).toList().getLast();
            for (String column : List.of("c1", "c2", "c4", "c" + COLUMNS, "d1")) {
                assertThat(line).contains("\"" + column + "\":" + value(column, id) + ",");
            }
            assertThat(line).contains("\"c1399\":" + value("c1399", id) + ",\"c1400\":\"gone\"", "\"c1499\":\"gone\",\"c1500\"");
        }
    }

    private interface Text {
        String of(String column);
    }

    private static String columns(Text text) {
        return IntStream.rangeClosed(1, COLUMNS).mapToObj(i -> text.of("c" + i)).collect(Collectors.joining(", "));
    }

    /** Each column has another value in each row; those that were dropped are left out, the added ones come last. */
    private static String insert(String rows) {
        return "INSERT INTO wide SELECT id, "
                + IntStream.rangeClosed(1, COLUMNS).filter(i -> i != 3).mapToObj(i -> "(id * 7 + " + i + ") % 30000")
                        .collect(Collectors.joining(", "))
                + ", id, -id FROM " + rows;
    }

    private static @Nullable String value(String column, int id) {
        return DATABASE.query("SELECT " + column + " FROM wide WHERE id = " + id).getFirst().getFirst();
    }

    private Path pipeline(String name, String stream, String format) throws IOException {
        return Files.writeString(folder.resolve(name + ".yaml"), """
                pipeline: %s
                source:
                  postgres:
                    url: '%s'
                    streams: [%s]
                sink: {files: {path: ./%s, format: %s}}
                """.formatted(name, DATABASE.url(), stream, name, format));
    }

    private List<String> lines(String name) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder.resolve(name))) {
            for (Path path : walk.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList()) {
                lines.addAll(Files.readAllLines(path));
            }
        }
        return lines;
    }

    private static void done(Object... words) {
        Invoked command = windrow(words);
        assertThat(command.exit()).as(command.whole()).isZero();
    }
}

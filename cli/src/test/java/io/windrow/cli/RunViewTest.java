package io.windrow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.windrow.api.schema.StreamName;
import io.windrow.core.observe.Progress;
import io.windrow.core.observe.RunEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The live view on a terminal of fixed width, which is played back here. */
class RunViewTest {
    private static final Instant NOW = Instant.parse("2026-03-29T01:00:00Z");

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private RunView view(int width, RunView.Form form) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new RunView(new Screen(stream, stream, form == RunView.Form.LIVE, false, width), form, Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private static Progress progress(String name, long rows) {
        return new Progress(
                new StreamName("public", name), Progress.State.READING, rows, 0, rows * 100, 812_345.6, 0.375, 754,
                Optional.of(NOW.minusSeconds(95)));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80, 132})
    void the_lines_align_and_none_wraps_and_share_and_time_left_stay(int width) {
        RunView view = view(width, RunView.Form.LIVE);
        view.on(new RunEvent.ProgressMade(List.of(
                progress("lineitem", 5_999_123_456L), progress("a_table_with_a_name_that_is_as_long_as_postgres_allows_it_to_be", 1),
                progress("表の名前", 12_000))));
        List<String> lines = screen(width);
        assertThat(lines).hasSize(4).allSatisfy(line -> assertThat(Table.width(line)).isLessThan(width));
        assertThat(lines.getFirst()).startsWith("stream").contains("rows").contains("done").endsWith("left");
        assertThat(lines.subList(1, 4)).allSatisfy(line -> assertThat(line).contains("38%").endsWith("12:34 min"));
        assertThat(lines.stream().map(Table::width)).containsOnly(Table.width(lines.getFirst()));
    }

    @Test
    void how_old_the_target_is_stands_in_every_frame_and_a_dash_where_it_has_nothing() {
        Progress first = new Progress(
                new StreamName("public", "first"), Progress.State.READING, 5, 0, 500, 1, -1, -1, Optional.empty());
        view(120, RunView.Form.LIVE).on(new RunEvent.ProgressMade(List.of(progress("again", 1), first)));
        List<String> lines = screen(120);
        assertThat(lines.getFirst()).containsPattern("rows +rows/s +read +lag +done +left");
        assertThat(lines.get(1)).containsPattern("100 B +1:35 min +38% +12:34 min");
        assertThat(lines.get(2)).containsPattern("500 B +- +\\? +\\?");
    }

    @Test
    void how_old_the_target_is_stands_in_the_json_too() {
        view(80, RunView.Form.JSON).on(new RunEvent.ProgressMade(List.of(progress("again", 1))));
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("\"lag_seconds\":95.0");
    }

    @Test
    void a_new_frame_takes_the_place_of_the_old_one_and_a_note_stays_above_it() {
        RunView view = view(80, RunView.Form.LIVE);
        view.on(new RunEvent.ProgressMade(List.of(progress("a", 1), progress("b", 2))));
        view.on(new RunEvent.NoticeGiven("x.note", "something to know"));
        view.on(new RunEvent.ProgressMade(List.of(progress("a", 7), progress("b", 8))));
        List<String> lines = screen(80);
        assertThat(lines).hasSize(4);
        assertThat(lines.getFirst()).contains("something to know");
        assertThat(lines.get(2)).contains("7");
    }

    @Test
    void more_streams_than_a_terminal_has_lines_are_counted_and_those_at_work_stay() {
        List<Progress> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(new Progress(new StreamName("public", "done" + i), Progress.State.DONE, 1, 1, 1, 0, 1, 0, Optional.empty()));
        }
        many.add(progress("busy", 5));
        view(80, RunView.Form.LIVE).on(new RunEvent.ProgressMade(many));
        assertThat(screen(80)).hasSizeLessThan(24).anyMatch(line -> line.contains("public.busy")).last().asString().contains("and 41 more");
    }

    @Test
    void piped_output_has_plain_lines_and_no_escape() {
        RunView view = view(80, RunView.Form.LINES);
        view.on(new RunEvent.ProgressMade(List.of(progress("a", 1))));
        view.on(new RunEvent.NoticeGiven("x.note", "something to know"));
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("note   something to know (x.note)" + System.lineSeparator());
    }

    @Test
    void tables_fit_a_terminal_and_are_whole_in_a_pipe() {
        Table table = Table.of("stream", "size", "what");
        table.row("public.a", "1 MiB", "x".repeat(200));
        assertThat(table.lines(80, "size")).allMatch(line -> Table.width(line) <= 80).noneMatch(line -> line.contains("MiB"));
        assertThat(table.lines().get(1)).hasSizeGreaterThan(200);
    }

    /** What stands on the terminal: cursor up and erase below are all that the view uses. */
    private List<String> screen(int width) {
        List<String> lines = new ArrayList<>();
        String text = err.toString(StandardCharsets.UTF_8);
        int row = 0;
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0x1b) {
                int end = i + 2;
                while (!Character.isLetter(text.charAt(end))) {
                    end++;
                }
                switch (text.charAt(end)) {
                    case 'A' -> row -= Integer.parseInt(text.substring(i + 2, end));
                    case 'J' -> lines.subList(row, lines.size()).clear();
                    default -> throw new AssertionError("an escape that this test does not know: " + text.charAt(end));
                }
                assertThat(row).isNotNegative();
                i = end;
            } else if (c == '\n') {
                assertThat(Table.width(line.toString())).isLessThanOrEqualTo(width);
                if (row < lines.size()) {
                    lines.set(row, line.toString());
                } else {
                    lines.add(line.toString());
                }
                row++;
                line.setLength(0);
            } else {
                line.append(c);
            }
        }
        return lines;
    }
}

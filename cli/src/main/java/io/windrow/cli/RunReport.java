package io.windrow.cli;

import io.windrow.api.source.Guarantee;
import io.windrow.core.observe.Outcome;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a run says at its end: one line per stream with its proof, then one verdict. */
final class RunReport {
    private RunReport() {}

    /** Prints it; {@code quarantine} is the folder of the rows that were set aside. */
    static void print(Screen screen, RunResult result, Path quarantine) {
        Table table = Table.of("stream", "outcome", ">expected", ">received", ">ratio", ">age", ">size", ">epochs", "guarantee", "proof");
        for (StreamResult stream : result.streams()) {
            table.row(
                    stream.stream(),
                    outcome(screen, stream.outcome()),
                    expected(stream),
                    Screen.number(stream.account().in()),
                    ratio(stream),
                    ageAtMost(result, stream).map(age -> "≤ " + Screen.seconds(seconds(age))).orElse("-"),
                    Screen.bytes(stream.bytes()),
                    stream.epochs(),
                    stream.guarantee().map(Guarantee::name).orElse("-"),
                    proof(stream));
        }
        if (!result.streams().isEmpty()) {
            table.print(screen, "epochs", "size", "ratio", "guarantee");
            screen.line("");
        }
        for (StreamResult stream : result.streams()) {
            long dropped = stream.account().duplicates();
            if (dropped > 0) {
                screen.line(stream.stream() + ": " + Screen.rows(dropped) + " dropped as repeated, "
                        + share(dropped, stream.account().in()) + " of what was read");
            }
            stream.eventTimes().ifPresent(times ->
                    screen.line(stream.stream() + ": " + WindowsView.reached(times, stream.lateRows())));
            if (stream.account().quarantined() > 0) {
                screen.line(screen.styled(Screen.Style.WARN, stream.stream() + ": "
                        + Screen.rows(stream.account().quarantined()) + " set aside") + ", in " + quarantine
                        + "; windrow quarantine list shows why");
            }
            stream.error().ifPresent(error -> {
                screen.note("stream " + stream.stream());
                Failure.print(screen, error, Failure.Detail.BRIEF);
            });
        }
        result.error().ifPresent(error -> Failure.print(screen, error, Failure.Detail.BRIEF));
        screen.line(verdict(screen, result));
    }

    static Map<String, Object> json(RunResult result, Optional<Path> quarantine) {
        List<Object> streams = new ArrayList<>();
        for (StreamResult stream : result.streams()) {
            streams.add(Json.object(
                    "stream", stream.stream().toString(),
                    "outcome", stream.outcome(),
                    "generation", stream.generation(),
                    "epochs", stream.epochs(),
                    "expected_rows", Json.known(stream.expectedRows()),
                    "estimated_rows", Json.known(stream.estimatedRows()),
                    "received_rows", stream.account().in(),
                    "written_rows", stream.account().written(),
                    "duplicate_rows", stream.account().duplicates(),
                    "duplicate_ratio", stream.account().in() == 0
                            ? null : (double) stream.account().duplicates() / stream.account().in(),
                    "quarantined_rows", stream.account().quarantined(),
                    "quarantine", stream.account().quarantined() == 0 ? null : quarantine.map(Path::toString),
                    "event_field", stream.eventTimes().map(times -> times.by().column()),
                    "low_watermark", stream.eventTimes().flatMap(times -> WindowsView.text(times.lowWatermark(), times.by())),
                    "late_rows", stream.eventTimes().map(times -> stream.lateRows()),
                    "read_back_rows", stream.readBackRows(),
                    "age_seconds_at_most", ageAtMost(result, stream).map(RunReport::seconds),
                    "bytes", stream.bytes(),
                    "guarantee", stream.guarantee().map(RunReport::guarantee),
                    "evidence", stream.evidence(),
                    "outputs", stream.outputs(),
                    "error", stream.error().map(Failure::json)));
        }
        return Json.object(
                "event", "finished",
                "pipeline", result.pipeline(),
                "run", result.run(),
                "outcome", result.outcome(),
                "started", result.started().toString(),
                "seconds", seconds(result.took()),
                "streams", streams,
                "error", result.error().map(Failure::json));
    }

    static Map<String, Object> guarantee(Guarantee guarantee) {
        return Json.object(
                "name", guarantee.name(),
                "statement", guarantee.statement(),
                "assumptions", guarantee.assumptions(),
                "unseen", guarantee.unseen());
    }

    private static String verdict(Screen screen, RunResult result) {
        long good = result.streams().stream().filter(s -> s.outcome() == Outcome.COMPLETED).count();
        long rows = result.streams().stream().mapToLong(s -> s.account().written()).sum();
        String what = switch (result.outcome()) {
            case COMPLETED -> "complete";
            case STOPPED -> "stopped before the end; everything read is committed; the next run goes on, or starts a snapshot over that was under way";
            case FAILED -> result.streams().isEmpty()
                    ? "FAILED before any stream began"
                    : "FAILED: " + good + " of " + result.streams().size() + " streams are complete";
            case UNKNOWN -> "UNKNOWN: a commit may or may not have taken effect; the next run asks the target";
        };
        long aside = result.streams().stream().mapToLong(s -> s.account().quarantined()).sum();
        return screen.styled(style(result.outcome()), what) + ", " + Screen.rows(rows) + " written"
                + (aside == 0 ? "" : ", " + Screen.number(aside) + " set aside") + " in "
                + Screen.seconds(seconds(result.took())) + " (run " + result.run() + ")";
    }

    /** The source's own count; else its planner's estimate, said to be one. */
    private static String expected(StreamResult stream) {
        if (stream.expectedRows() >= 0) {
            return Screen.number(stream.expectedRows());
        }
        return stream.estimatedRows() < 0 ? "unknown" : "~" + Screen.number(stream.estimatedRows());
    }

    /** How old the delivered state of the source can be: it was read within this run. Empty: this run did not read it to its end. */
    private static Optional<Duration> ageAtMost(RunResult result, StreamResult stream) {
        boolean read = stream.outcome() == Outcome.COMPLETED && !stream.evidence().isEmpty();
        return read ? Optional.of(result.took()) : Optional.empty();
    }

    /** Zero rows are shown as 0 with the evidence that there were none. */
    private static String proof(StreamResult stream) {
        if (stream.evidence().isEmpty()) {
            return stream.outcome() == Outcome.COMPLETED ? "nothing new since the last run" : "no end was reached";
        }
        return String.join(", ", stream.evidence()) + "; " + Screen.number(stream.readBackRows()) + " of "
                + Screen.number(stream.account().written()) + " rows counted in the output";
    }

    static String share(long part, long whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f%%", 100.0 * part / whole);
    }

    private static String ratio(StreamResult stream) {
        if (stream.expectedRows() < 0) {
            return "-";
        }
        return stream.expectedRows() == stream.account().in()
                ? "100%"
                : stream.expectedRows() == 0
                        ? "-"
                        : String.format(Locale.ROOT, "%.4f%%", 100.0 * stream.account().in() / stream.expectedRows());
    }

    private static String outcome(Screen screen, Outcome outcome) {
        return screen.styled(style(outcome), outcome.name().toLowerCase(Locale.ROOT));
    }

    private static Screen.Style style(Outcome outcome) {
        return switch (outcome) {
            case COMPLETED -> Screen.Style.GOOD;
            case STOPPED -> Screen.Style.WARN;
            case FAILED, UNKNOWN -> Screen.Style.BAD;
        };
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}

package io.windrow.cli;

import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EventWindows;
import io.windrow.api.source.Source;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.plan.Plan;
import io.windrow.core.verify.EventTimeVerdict;
import io.windrow.core.verify.EventTimeVerdict.Judged;
import io.windrow.core.verify.EventTimeVerdict.Status;
import io.windrow.core.verify.EventTimeVerifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code ledger --windows}: which windows of event time are complete, by the ledger and by the source's own count. */
final class WindowsView {
    private final Windrow windrow;
    private final Plan plan;

    WindowsView(Windrow windrow, Plan plan) {
        this.windrow = windrow;
        this.plan = plan;
    }

    int call(StateStore store, List<StreamState> streams) {
        List<EventTimeVerdict> verdicts = new ArrayList<>();
        List<StreamName> without = new ArrayList<>();
        try (ProcessContext context = ProcessContext.open(plan.spec().pipeline(), new Notes(windrow.screen()));
                Source source = plan.openSource(context)) {
            EventTimeVerifier verifier = new EventTimeVerifier(source, store, plan.spec().pipeline());
            for (StreamState state : streams) {
                verifier.verify(state).ifPresentOrElse(verdicts::add, () -> without.add(state.stream()));
            }
        }
        ExitCode code = code(verdicts);
        if (windrow.json) {
            return windrow.print(
                    Json.object("pipeline", plan.spec().pipeline(), "streams", verdicts.stream().map(WindowsView::json).toList()),
                    code);
        }
        verdicts.forEach(verdict -> print(windrow.screen(), verdict));
        without.forEach(stream -> windrow.screen().line(stream + ": no event times in its last epoch; `watermark` names the field"));
        return code.value();
    }

    private static ExitCode code(List<EventTimeVerdict> verdicts) {
        List<Status> all = verdicts.stream().flatMap(verdict -> verdict.windows().stream()).map(Judged::status).toList();
        if (all.contains(Status.COUNT_DIFFERS)) {
            return ExitCode.DIFFERENT;
        }
        return all.contains(Status.NOT_PROVEN) ? ExitCode.UNDECIDED : ExitCode.OK;
    }

    private static void print(Screen screen, EventTimeVerdict verdict) {
        EventWindows by = verdict.by();
        screen.line(screen.styled(Screen.Style.STRONG, verdict.stream().toString()) + "  by " + text(by) + ", rows may come "
                + span(verdict.allowedLateness()) + " late");
        screen.line("  " + reached(verdict.lowWatermark(), by));
        Table table = Table.of("window", ">rows", ">late", ">source", "status", "");
        for (Judged window : verdict.windows()) {
            table.row(
                    (window.upTo() ? "up to and with " : "") + EventWindows.startText(window.start()),
                    Screen.number(window.rows()), Screen.number(window.late()), number(window.sourceRows()),
                    screen.styled(style(window.status()), word(window.status())), window.why());
        }
        if (verdict.nulls() > 0) {
            table.row("without a time", Screen.number(verdict.nulls()), "-", number(verdict.sourceNulls()), "-", "");
        }
        table.print(screen);
        screen.line("");
    }

    /** By what rows are counted. */
    static String text(EventWindows by) {
        return by.column() + ", windows of " + span(by.size()) + " on the clock of " + by.zone().getId();
    }

    /** Up to when a stream is complete, in one line. */
    static String reached(OptionalLong low, EventWindows by) {
        return low.isPresent()
                ? "low watermark " + by.text(low.getAsLong()) + " (" + by.column() + (by.utc() ? "" : ", clock of " + by.zone().getId())
                        + ")"
                : "no low watermark yet (" + by.column() + "): no read has come to its end";
    }

    /** What a run's summary says of event times. */
    static String reached(EventTimes times, long late) {
        return reached(times.lowWatermark(), times.by()) + (late == 0 ? "" : ", " + Screen.rows(late) + " came late");
    }

    /** A number for people; a dash if it is not known. */
    static String number(OptionalLong number) {
        return number.isPresent() ? Screen.number(number.getAsLong()) : "-";
    }

    private static String span(java.time.Duration span) {
        return span.toString().substring(2).toLowerCase(Locale.ROOT);
    }

    private static String word(Status status) {
        return status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static Screen.Style style(Status status) {
        return switch (status) {
            case COMPLETE -> Screen.Style.GOOD;
            case OPEN, NOT_PROVEN -> Screen.Style.WARN;
            case COUNT_DIFFERS -> Screen.Style.BAD;
        };
    }

    private static Map<String, Object> json(EventTimeVerdict verdict) {
        EventWindows by = verdict.by();
        List<Object> windows = new ArrayList<>();
        for (Judged window : verdict.windows()) {
            windows.add(Json.object(
                    "start", window.upTo() ? null : EventWindows.startText(window.start()),
                    "up_to_start", window.upTo() ? EventWindows.startText(window.start()) : null,
                    "end", by.text(by.end(window.start())),
                    "rows", window.rows(),
                    "late_rows", window.late(),
                    "source_rows", boxed(window.sourceRows()),
                    "status", word(window.status()),
                    "why", window.why().isEmpty() ? null : window.why()));
        }
        return Json.object(
                "stream", verdict.stream().toString(),
                "field", by.column(),
                "zone", by.zone().getId(),
                "window", by.size().toString(),
                "allowed_lateness", verdict.allowedLateness().toString(),
                "low_watermark", text(verdict.lowWatermark(), by),
                "rows_without_time", verdict.nulls(),
                "source_rows_without_time", boxed(verdict.sourceNulls()),
                "windows", windows);
    }

    /** A number for programs; left out if it is not known. */
    static Optional<Long> boxed(OptionalLong number) {
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    /** An event time for programs; left out if there is none. */
    static Optional<String> text(OptionalLong time, EventWindows by) {
        return boxed(time).map(by::text);
    }
}

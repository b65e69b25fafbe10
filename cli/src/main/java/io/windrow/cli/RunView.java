package io.windrow.cli;

import io.windrow.core.observe.Progress;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows a run while it goes on: redrawn lines on a terminal, one line per event where the output is piped, JSON lines for machines. */
final class RunView implements RunListener {
    /** How a run is shown. */
    enum Form {
        LIVE,
        LINES,
        JSON
    }

    /** Streams in a frame; with heads and remarks it fits a terminal of 24 lines. */
    private static final int MAX_LINES = 20;

    private final Screen screen;
    private final Form form;
    private final Optional<Path> quarantine;
    private final Clock clock;
    private int drawn;

    RunView(Screen screen, Form form, Clock clock) {
        this(screen, form, Optional.empty(), clock);
    }

    private RunView(Screen screen, Form form, Optional<Path> quarantine, Clock clock) {
        this.screen = screen;
        this.form = form;
        this.quarantine = quarantine;
        this.clock = clock;
    }

    /** {@code quarantine} is the folder of the rows that are set aside. */
    static RunView of(Windrow windrow, Path quarantine) {
        Form form = windrow.json ? Form.JSON : windrow.screen().terminal() ? Form.LIVE : Form.LINES;
        return new RunView(windrow.screen(), form, Optional.of(quarantine), Clock.systemUTC());
    }

    @Override
    public void on(RunEvent event) {
        if (form == Form.JSON) {
            json(event);
            return;
        }
        switch (event) {
            case RunEvent.ProgressMade progress -> progress(progress.streams());
            case RunEvent.RunStarted started -> say("run " + started.run() + " of " + started.pipeline() + ", "
                    + started.streams().size() + (started.streams().size() == 1 ? " stream" : " streams"));
            case RunEvent.StreamStarted started -> {
                if (form == Form.LINES) {
                    say(started.stream() + ": " + started.plan().guarantee().name() + ", generation "
                            + started.generation()
                            + started.plan().restart().map(why -> ", starts over (" + why + ")").orElse(""));
                }
            }
            case RunEvent.EpochCommitted committed -> {
                if (form == Form.LINES) {
                    say(committed.stream() + ": epoch " + committed.entry().epoch() + " committed, "
                            + Screen.rows(committed.entry().account().written())
                            + (committed.entry().account().quarantined() == 0 ? ""
                                    : ", " + Screen.number(committed.entry().account().quarantined()) + " set aside"));
                }
            }
            case RunEvent.NoticeGiven notice ->
                say(screen.styled(Screen.Style.WARN, "note") + "   " + notice.text() + " (" + notice.code() + ")");
            case RunEvent.Retrying retry -> say(who(retry.stream()) + ": " + retry.error().getMessage() + " ("
                    + retry.error().errorCode().code() + "), try " + retry.failure() + " of " + retry.of() + " again in "
                    + Screen.seconds(RunReport.seconds(retry.after())));
            case RunEvent.StreamFinished ignored -> {}
            case RunEvent.SplitRead ignored -> {}
            case RunEvent.LevelSeen ignored -> {}
            case RunEvent.ErrorMet ignored -> {}
            case RunEvent.RunFinished ignored -> erase();
        }
    }

    private void say(String text) {
        erase();
        screen.note(text);
    }

    private void progress(List<Progress> streams) {
        if (form != Form.LIVE) {
            return;
        }
        Table table = Table.of("stream", "state", ">rows", ">rows/s", ">read", ">lag", ">done", ">left");
        for (Progress stream : shown(streams)) {
            table.row(
                    CellText.shown(stream.stream().toString(), 40),
                    stream.state().name().toLowerCase(Locale.ROOT),
                    Screen.number(stream.rowsRead()),
                    Screen.number(Math.round(stream.rowsPerSecond())),
                    Screen.bytes(stream.bytes()),
                    stream.lastCut().map(cut -> Screen.seconds(lag(cut))).orElse("-"),
                    stream.share() < 0 ? "?" : String.format(Locale.ROOT, "%.0f%%", stream.share() * 100),
                    stream.secondsLeft() < 0 ? "?" : Screen.seconds(stream.secondsLeft()));
        }
        List<String> lines = new ArrayList<>(table.lines(screen.width() - 1, "read", "rows/s", "lag"));
        if (streams.size() > MAX_LINES) {
            lines.add("… and " + (streams.size() - MAX_LINES) + " more");
        }
        StringBuilder frame = new StringBuilder();
        if (drawn > 0) {
            frame.append("\u001b[").append(drawn).append('A');
        }
        frame.append("\u001b[J");
        lines.forEach(line -> frame.append(CellText.fitted(line, screen.width() - 1)).append('\n'));
        drawn = lines.size();
        screen.err().print(frame);
        screen.err().flush();
    }

    /** Those at work first: a frame must not be higher than the terminal. */
    private static List<Progress> shown(List<Progress> streams) {
        if (streams.size() <= MAX_LINES) {
            return streams;
        }
        return streams.stream()
                .sorted(java.util.Comparator.comparingInt(RunView::urgency))
                .limit(MAX_LINES)
                .toList();
    }

    private static int urgency(Progress stream) {
        return switch (stream.state()) {
            case READING, COMMITTING -> 0;
            case PARKED -> 1;
            case WAITING -> 2;
            case DONE -> 3;
        };
    }

    /** A failure before any stream began names the pipeline, which is no table's name. */
    private static String who(io.windrow.api.schema.StreamName stream) {
        return stream.namespace().isEmpty() ? stream.name() : stream.toString();
    }

    private void erase() {
        if (drawn > 0) {
            screen.err().print("\u001b[" + drawn + "A\u001b[J");
            drawn = 0;
        }
    }

    private void json(RunEvent event) {
        @Nullable Object line = switch (event) {
            case RunEvent.RunStarted e -> Json.object(
                    "event", "started", "pipeline", e.pipeline(), "run", e.run(), "at", e.at().toString(), "streams",
                    e.streams().stream().map(Object::toString).toList());
            case RunEvent.StreamStarted e -> Json.object(
                    "event", "stream_started", "stream", e.stream().toString(), "generation", e.generation(), "restart",
                    e.plan().restart(), "guarantee", RunReport.guarantee(e.plan().guarantee()));
            case RunEvent.ProgressMade e -> Json.object(
                    "event", "progress", "streams", e.streams().stream().map(this::progressJson).toList());
            case RunEvent.EpochCommitted e -> Json.object(
                    "event", "committed", "stream", e.stream().toString(), "seconds", RunReport.seconds(e.took()), "entry",
                    new Json.Raw(e.entry().toJson()));
            case RunEvent.NoticeGiven e -> Json.object("event", "notice", "code", e.code(), "text", e.text());
            case RunEvent.Retrying e -> Json.object(
                    "event", "retrying", "stream", e.stream().toString(), "failure", e.failure(), "of", e.of(), "after_seconds",
                    RunReport.seconds(e.after()), "error", Failure.json(e.error()));
            case RunEvent.StreamFinished e ->
                Json.object("event", "stream_finished", "stream", e.result().stream().toString(), "outcome", e.result().outcome());
            case RunEvent.SplitRead ignored -> null;
            case RunEvent.LevelSeen ignored -> null;
            case RunEvent.ErrorMet ignored -> null;
            case RunEvent.RunFinished e -> RunReport.json(e.result(), quarantine);
        };
        if (line != null) {
            screen.line(Json.line(line));
        }
    }

    private Object progressJson(Progress p) {
        return Json.object(
                "stream", p.stream().toString(), "state", p.state(), "rows_read", p.rowsRead(), "rows_committed",
                p.rowsCommitted(), "bytes", p.bytes(), "rows_per_second", p.rowsPerSecond(), "share",
                p.share() < 0 ? null : p.share(), "seconds_left", p.secondsLeft() < 0 ? null : p.secondsLeft(),
                "lag_seconds", p.lastCut().map(this::lag).orElse(null));
    }

    /** In seconds; the clock of whoever committed last may have been ahead. */
    private double lag(Instant cut) {
        return Math.max(0, RunReport.seconds(Duration.between(cut, clock.instant())));
    }
}

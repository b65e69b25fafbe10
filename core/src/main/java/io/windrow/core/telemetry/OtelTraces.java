package io.windrow.core.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.windrow.api.batch.Position;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.SplitRange;
import io.windrow.core.observe.RunEvent;
import io.windrow.core.observe.RunListener;
import io.windrow.core.observe.RunResult;
import io.windrow.core.observe.StreamResult;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the events of runs into spans. Holds the open spans only: one of the run, one a stream, two epochs a stream. */
final class OtelTraces implements RunListener {
    private static final int LONGEST = 1024;

    private final Tracer tracer;
    private final Clock clock;
    private final Map<StreamName, Span> streams = new HashMap<>();
    private final Map<Part, Span> epochs = new HashMap<>();
    private final Map<Part, Instant> cuts = new HashMap<>();
    private @Nullable Span run;

    OtelTraces(Tracer tracer, Clock clock) {
        this.tracer = tracer;
        this.clock = clock;
    }

    private record Part(StreamName stream, long epoch) {}

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.RunStarted e -> run = run(e.pipeline(), e.run(), e.at());
            case RunEvent.StreamStarted e -> {
                Span span = streams.computeIfAbsent(
                        e.stream(), name -> span(SpanName.STREAM_SPAN, run, clock.instant()));
                put(span, Attribute.STREAM, e.stream().toString());
                put(span, Attribute.GENERATION, e.generation());
                put(span, Attribute.GUARANTEE, e.plan().guarantee().name());
            }
            case RunEvent.SplitRead e -> read(e);
            case RunEvent.EpochCommitted e -> committed(e);
            case RunEvent.Retrying e -> around(e.stream()).addEvent(
                    "retry", Attributes.builder()
                            .put(Attribute.ERROR_CODE.exported(), e.error().errorCode().code())
                            .put(Attribute.ERROR_KIND.exported(), kind(e.error()))
                            .build());
            case RunEvent.NoticeGiven e -> {
                if (run != null) {
                    run.addEvent("notice", Attributes.builder().put(Attribute.NOTICE.exported(), e.code()).build());
                }
            }
            case RunEvent.StreamFinished e -> finished(e.result());
            case RunEvent.RunFinished e -> finished(e.result());
            case RunEvent.LevelSeen ignored -> {}
            case RunEvent.ErrorMet ignored -> {}
            case RunEvent.ProgressMade ignored -> {}
        }
    }

    private Span run(String pipeline, String id, Instant at) {
        Span span = span(SpanName.RUN_SPAN, null, at);
        put(span, Attribute.PIPELINE, pipeline);
        put(span, Attribute.RUN, id);
        return span;
    }

    private Span around(StreamName stream) {
        Span span = streams.get(stream);
        return span != null ? span : run != null ? run : Span.getInvalid();
    }

    private Span epoch(Part part, long generation, Instant began) {
        return epochs.computeIfAbsent(part, key -> {
            Instant cutBefore = cuts.remove(new Part(part.stream(), part.epoch() - 1));
            Instant from = cutBefore != null && cutBefore.isBefore(began) ? cutBefore : began;
            Span span = span(SpanName.EPOCH_SPAN, around(part.stream()), from);
            put(span, Attribute.STREAM, part.stream().toString());
            put(span, Attribute.EPOCH, part.epoch());
            if (generation > 0) {
                put(span, Attribute.GENERATION, generation);
            }
            return span;
        });
    }

    private void read(RunEvent.SplitRead read) {
        Part part = new Part(read.stream(), read.epoch());
        boolean cut = read.end().isEmpty() && read.error().isEmpty();
        if (!streams.containsKey(read.stream())) {
            return;
        }
        Span span = span(SpanName.SPLIT_SPAN, epoch(part, 0, read.began()), read.began());
        put(span, Attribute.STREAM, read.stream().toString());
        put(span, Attribute.EPOCH, read.epoch());
        put(span, Attribute.SPLIT, cut(read.split()));
        put(span, Attribute.FROM, read.from());
        put(span, Attribute.TO, read.end().isPresent() ? Optional.empty() : read.to());
        put(span, Attribute.ROWS, read.rows());
        put(span, Attribute.BYTES, read.bytes());
        put(span, Attribute.OUTCOME, read.end().isPresent() ? "ended" : read.error().isPresent() ? "failed" : "cut");
        read.error().ifPresent(error -> error(span, error));
        span.end(read.until());
        if (cut) {
            cuts.merge(part, read.until(), (a, b) -> a.isBefore(b) ? a : b);
        }
    }

    private void committed(RunEvent.EpochCommitted event) {
        LedgerEntry entry = event.entry();
        Instant now = clock.instant();
        Part part = new Part(event.stream(), entry.epoch());
        Span epoch = epoch(part, entry.generation(), entry.started());
        Span commit = span(SpanName.COMMIT_SPAN, epoch, now.minus(event.took()));
        for (Span span : new Span[] {epoch, commit}) {
            put(span, Attribute.STREAM, event.stream().toString());
            put(span, Attribute.GENERATION, entry.generation());
            put(span, Attribute.EPOCH, entry.epoch());
            // I11: the ledger's positions are as they may be shown, like those of a split's span.
            put(span, Attribute.FROM, entry.ranges(), SplitRange::from);
            put(span, Attribute.TO, entry.ranges(), SplitRange::to);
            put(span, Attribute.ROWS, entry.account().written());
            put(span, Attribute.BYTES, entry.bytes());
        }
        put(epoch, Attribute.OUTCOME, "committed");
        commit.end(now);
        epoch.end(now);
        epochs.remove(part);
    }

    private void finished(StreamResult result) {
        endEpochs(result.stream(), result.error());
        Span span = streams.remove(result.stream());
        if (span == null) {
            return;
        }
        put(span, Attribute.GENERATION, result.generation());
        put(span, Attribute.ROWS, result.account().written());
        put(span, Attribute.BYTES, result.bytes());
        put(span, Attribute.OUTCOME, result.outcome().name().toLowerCase(Locale.ROOT));
        result.error().ifPresent(error -> error(span, error));
        span.end(clock.instant());
    }

    /** Epochs of a stream that were begun and are not committed. */
    private void endEpochs(StreamName stream, Optional<WindrowException> error) {
        cuts.keySet().removeIf(part -> part.stream().equals(stream));
        for (Iterator<Map.Entry<Part, Span>> all = epochs.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Part, Span> open = all.next();
            if (open.getKey().stream().equals(stream)) {
                put(open.getValue(), Attribute.OUTCOME, "not_committed");
                error.ifPresent(e -> error(open.getValue(), e));
                open.getValue().end(clock.instant());
                all.remove();
            }
        }
    }

    private void finished(RunResult result) {
        Span span = run != null ? run : run(result.pipeline(), result.run(), result.started());
        run = null;
        put(span, Attribute.OUTCOME, result.outcome().name().toLowerCase(Locale.ROOT));
        result.error().ifPresent(error -> error(span, error));
        span.end(clock.instant());
    }

    private Span span(SpanName name, @Nullable Span parent, Instant start) {
        Context within = parent == null ? Context.root() : Context.root().with(parent);
        return tracer.spanBuilder(name.exported()).setParent(within).setStartTimestamp(start).startSpan();
    }

    private static void error(Span span, WindrowException error) {
        // I11: the code says what happened; a message could name a value.
        put(span, Attribute.ERROR_CODE, error.errorCode().code());
        put(span, Attribute.ERROR_KIND, kind(error));
        span.setStatus(StatusCode.ERROR, error.errorCode().code());
    }

    private static String kind(WindrowException error) {
        return error.kind().name().toLowerCase(Locale.ROOT);
    }

    private static void put(Span span, Attribute attribute, String value) {
        span.setAttribute(attribute.exported(), value);
    }

    private static void put(Span span, Attribute attribute, long value) {
        span.setAttribute(attribute.exported(), value);
    }

    private static void put(Span span, Attribute attribute, Optional<Position> position) {
        position.ifPresent(at -> put(span, attribute, cut(at.text())));
    }

    private static void put(
            Span span, Attribute attribute, List<SplitRange> ranges, Function<SplitRange, Optional<Position>> end) {
        if (ranges.size() == 1) {
            put(span, attribute, end.apply(ranges.getFirst()));
            return;
        }
        StringBuilder all = new StringBuilder();
        for (SplitRange range : ranges) {
            if (all.length() > LONGEST) {
                break;
            }
            end.apply(range).ifPresent(at ->
                    all.append(all.isEmpty() ? "" : "; ").append(range.split()).append(": ").append(at.text()));
        }
        if (!all.isEmpty()) {
            put(span, attribute, cut(all.toString()));
        }
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}

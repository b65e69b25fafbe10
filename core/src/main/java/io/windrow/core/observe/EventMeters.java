package io.windrow.core.observe;

import io.windrow.api.error.ErrorKind;
import io.windrow.api.schema.StreamName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns the events of the runs of one pipeline into numbers: the only place where meters are fed. */
public final class EventMeters implements RunListener {
    private static final List<Meter> FROM_THE_START = List.of(
            Meter.ROWS_READ, Meter.BYTES_READ, Meter.ROWS_WRITTEN, Meter.BYTES_WRITTEN, Meter.EPOCHS, Meter.RETRIES);

    private final String pipeline;
    private final Meters meters;
    private final Map<StreamName, Read> reads = new HashMap<>();

    /**
     * A listener.
     *
     * @param pipeline the pipeline's name
     * @param meters takes the numbers
     */
    public EventMeters(String pipeline, Meters meters) {
        this.pipeline = pipeline;
        this.meters = meters;
        errorFree("");
    }

    private record Read(long rows, long bytes) {}

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.RunStarted started -> {
                reads.clear();
                begin(started.streams());
            }
            case RunEvent.StreamStarted started -> reads.remove(started.stream());
            case RunEvent.ProgressMade progress -> progress.streams().forEach(this::read);
            case RunEvent.EpochCommitted committed -> {
                Meters.Labels labels = labels(committed.stream());
                meters.add(Meter.ROWS_WRITTEN, labels, committed.entry().account().written());
                meters.add(Meter.BYTES_WRITTEN, labels, committed.entry().bytes());
                meters.add(Meter.EPOCHS, labels, 1);
                meters.took(Meter.COMMIT_DURATION, labels, committed.took());
                meters.since(Meter.LAG, labels, committed.entry().cut());
            }
            case RunEvent.Retrying retry -> meters.add(Meter.RETRIES, labels(retry.stream()), 1);
            case RunEvent.ErrorMet met -> meters.add(
                    Meter.ERRORS, errors(met.stream().map(StreamName::toString).orElse(""), met.error().kind()), 1);
            case RunEvent.LevelSeen seen -> meters.is(
                    switch (seen.level()) {
                        case LOG_RETAINED -> Meter.LOG_RETAINED;
                        case LOG_BEHIND -> Meter.LOG_BEHIND;
                    },
                    new Meters.Labels(pipeline, "", ""), seen.amount());
            case RunEvent.SplitRead ignored -> {}
            case RunEvent.NoticeGiven ignored -> {}
            case RunEvent.StreamFinished ignored -> {}
            case RunEvent.RunFinished ignored -> {}
        }
    }

    /** Every counter begins at 0, where the first thing that it counts can be told from the first look at it. */
    private void begin(List<StreamName> streams) {
        for (StreamName stream : streams) {
            FROM_THE_START.forEach(meter -> meters.add(meter, labels(stream), 0));
            errorFree(stream.toString());
        }
    }

    private void errorFree(String stream) {
        for (ErrorKind kind : ErrorKind.values()) {
            meters.add(Meter.ERRORS, errors(stream, kind), 0);
        }
    }

    private Meters.Labels errors(String stream, ErrorKind kind) {
        return new Meters.Labels(pipeline, stream, kind.name().toLowerCase(Locale.ROOT));
    }

    /** Progress counts from the beginning of an attempt. Until the first commit the target is as old as an earlier run left it. */
    private void read(Progress now) {
        now.lastCut().ifPresent(cut -> meters.since(Meter.LAG, labels(now.stream()), cut));
        Read before = reads.getOrDefault(now.stream(), new Read(0, 0));
        if (now.rowsRead() < before.rows()) {
            before = new Read(0, 0);
        }
        if (now.rowsRead() > before.rows()) {
            meters.add(Meter.ROWS_READ, labels(now.stream()), now.rowsRead() - before.rows());
        }
        if (now.bytes() > before.bytes()) {
            meters.add(Meter.BYTES_READ, labels(now.stream()), now.bytes() - before.bytes());
        }
        reads.put(now.stream(), new Read(now.rowsRead(), now.bytes()));
    }

    private Meters.Labels labels(StreamName stream) {
        return new Meters.Labels(pipeline, stream.toString(), "");
    }
}

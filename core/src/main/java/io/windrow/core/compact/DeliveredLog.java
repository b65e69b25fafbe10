package io.windrow.core.compact;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Examined;
import io.windrow.api.sink.DeliveryAudit.Standing;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.replay.DeliveredRows;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;

/** The change log of one stream as the target shows it now, whole: from the first row of its copy to the last commit. */
public final class DeliveredLog implements AutoCloseable {
    /** What sources promise of streams whose changes they read, by the name of the guarantee. */
    private static final Set<String> OF_CHANGES = Set.of("log", "connector");

    private final StreamEpoch epoch;
    private final DeliveryAudit audit;
    private final List<Commit> commits;

    private DeliveredLog(StreamEpoch epoch, DeliveryAudit audit, List<Commit> commits) {
        this.epoch = epoch;
        this.audit = audit;
        this.commits = commits;
    }

    /**
     * Opens what was delivered of the stream.
     *
     * @throws WindrowException a {@link CompactError} if the target does not show all of it
     */
    public static DeliveredLog open(StateStore store, String pipeline, StreamName stream, Sink sink) {
        StreamEpoch epoch = delivered(store, pipeline, stream);
        DeliveryAudit audit = sink.audit(stream)
                .orElseThrow(() -> refused(stream, CompactError.NO_LOG, "the target cannot be read back"));
        boolean done = false;
        try {
            long first = first(store, pipeline, epoch);
            List<Commit> all =
                    audit.commits().stream().filter(commit -> commit.identity().generation() >= first).toList();
            if (all.stream().anyMatch(commit -> commit.standing() == Standing.DISPOSED)) {
                throw refused(stream, CompactError.DISPOSED, "a part of them was disposed of");
            }
            List<Commit> shown = all.stream().filter(Commit::shown).toList();
            if (shown.isEmpty()) {
                throw refused(stream, CompactError.NO_LOG, "the target shows none");
            }
            done = true;
            return new DeliveredLog(epoch, audit, shown);
        } finally {
            if (!done) {
                audit.close();
            }
        }
    }

    /**
     * The generation in which the stream's log began.
     *
     * @throws WindrowException {@link CompactError#UNFINISHED} if its first copy was not delivered to the end
     */
    public static long first(StateStore store, String pipeline, StreamName stream) {
        return first(store, pipeline, delivered(store, pipeline, stream));
    }

    private static long first(StateStore store, String pipeline, StreamEpoch epoch) {
        if (!epoch.completesGeneration()
                && epoch.openSplits().values().stream().noneMatch(open -> open.split().kind() == Split.Kind.LOG)) {
            throw refused(epoch.stream(), CompactError.UNFINISHED, "its first copy has not ended");
        }
        return Lineage.first(store, pipeline, epoch.stream(), epoch.generation());
    }

    private static StreamEpoch delivered(StateStore store, String pipeline, StreamName stream) {
        return store.load(pipeline, stream)
                .flatMap(known -> known.committed())
                .orElseThrow(() -> refused(stream, CompactError.UNFINISHED, "nothing of it was delivered yet"));
    }

    /**
     * Whether a change log was delivered of the stream, by what its source promised. Of a source whose promises are not known
     * here it is false.
     */
    public static boolean isOf(StreamState state) {
        return state.committed()
                .filter(epoch -> epoch.mode() == WriteMode.APPEND && OF_CHANGES.contains(epoch.ledger().guarantee().name()))
                .isPresent();
    }

    private static WindrowException refused(StreamName stream, CompactError error, String why) {
        return WindrowException.of(error, "Folding the changes of " + stream + ": " + why);
    }

    /** The epoch that the state store shows as the last. */
    public StreamEpoch epoch() {
        return epoch;
    }

    /** The last commit of the log. */
    public Commit last() {
        return commits.getLast();
    }

    /** The schema of its newest rows; empty if no row was delivered yet. */
    public Optional<StreamSchema> schema() {
        Optional<StreamSchema> newest = newest(audit, commits);
        if (newest.isPresent() && !ChangeLogFold.isLog(newest.get())) {
            throw refused(epoch.stream(), CompactError.NO_LOG, "what lies there are whole rows, not changes");
        }
        return newest;
    }

    /**
     * The schema of the newest rows that commits have, which are given in order; empty if they have none.
     *
     * @throws WindrowException if rows that would be the newest are gone or damaged
     */
    public static Optional<StreamSchema> newest(DeliveryAudit audit, List<Commit> commits) {
        for (Commit commit : commits.reversed()) {
            StreamSchema[] found = new StreamSchema[1];
            Examined examined = audit.examine(commit, batch -> found[0] = batch.schema());
            DeliveredRows.expectWhole(examined, commit, commit.identity().stream());
            if (found[0] != null) {
                return Optional.of(found[0]);
            }
        }
        return Optional.empty();
    }

    /**
     * Folds it.
     *
     * @param schema in the columns of this one, which {@link #schema} gave
     * @param allocator for rows
     * @param folder for what does not fit into memory
     * @param bytes so much memory the rows may take
     */
    public ChangeLogFold fold(StreamSchema schema, BufferAllocator allocator, Path folder, long bytes) {
        DeliveredRows delivered = new DeliveredRows(audit, commits, schema, allocator);
        Log whole = Log.of(rows -> delivered.commits().forEach(commit -> delivered.each(commit, (written, aligned) -> {
            try (OlderRows fitting = OlderRows.of(written.schema(), aligned, schema, allocator)) {
                rows.accept(new LogRows(fitting.rows(), schema));
            }
        })));
        return new ChangeLogFold(whole, schema, allocator, folder, bytes);
    }

    @Override
    public void close() {
        audit.close();
    }
}

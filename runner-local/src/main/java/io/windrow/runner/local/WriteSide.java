package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.context.Failpoints;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.SinkWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing half of a worker: one writer per stream, kept over splits and epochs so that files become large. Used by
 * one thread at a time: the reader's (inline) or the writer's own (queued); {@link WriteQueue} sees to that.
 */
final class WriteSide {
    private static final Logger LOG = LoggerFactory.getLogger(WriteSide.class);

    private final int worker;
    private final Flow flow;
    private final Writers sink;
    private final Failpoints failpoints;
    private final Map<StreamName, Open> open = new HashMap<>();
    private Map<StreamName, Tally> tallies = new HashMap<>();
    private long cut;

    WriteSide(int worker, long firstCut, Flow flow, Writers sink, Failpoints failpoints) {
        this.worker = worker;
        this.cut = firstCut;
        this.flow = flow;
        this.sink = sink;
        this.failpoints = failpoints;
    }

    /** Opens writers; numbers them so that no two of a stream and process share a name. */
    @FunctionalInterface
    interface Writers {
        SinkWriter open(StreamSchema schema);
    }

    private record Open(StreamSchema schema, SinkWriter writer) {}

    /** Writes one batch and closes it. A failure parks the stream. */
    void write(Batch batch, RowHash hashSource, RowHash hashOut) {
        StreamName stream = batch.stream();
        try (batch; LogScope ignored = LogScope.of(stream, flow.epochOf(cut))) {
            if (flow.isParked(stream)) {
                return;
            }
            if (batch.rowCount() > 0 || !batch.rejected().isEmpty()) {
                writer(batch.schema()).write(batch);
            }
            tallies.computeIfAbsent(stream, name -> new Tally()).wrote(batch, hashSource, hashOut);
        } catch (RuntimeException e) {
            fail(stream, Failures.coded(e, "Writing rows of " + stream));
        }
    }

    private SinkWriter writer(StreamSchema schema) {
        Open found = open.get(schema.stream());
        if (found == null) {
            found = new Open(schema, sink.open(schema));
            open.put(schema.stream(), found);
            flow.openWriters().incrementAndGet();
        } else if (!found.schema().equals(schema)) {
            throw WindrowException.of(
                    RunError.SCHEMA_CHANGED,
                    "Writing rows of " + schema.stream() + ": " + change(found.schema(), schema)
                            + "; expected all rows of one plan to have the same columns");
        }
        return found.writer();
    }

    /** What another schema has otherwise, by column. */
    static String change(StreamSchema before, StreamSchema after) {
        List<String> changes = new ArrayList<>();
        for (Column column : after.columns()) {
            int at = before.indexOf(column.name());
            if (at < 0) {
                changes.add("column " + column.name() + " was added");
            } else if (!before.columns().get(at).equals(column)) {
                changes.add("column " + column.name() + " was " + before.columns().get(at).sourceType() + " and is "
                        + column.sourceType());
            }
        }
        for (Column column : before.columns()) {
            if (after.indexOf(column.name()) < 0) {
                changes.add("column " + column.name() + " was dropped");
            }
        }
        return changes.isEmpty() ? "the order of the columns or the key changed" : String.join(", ", changes);
    }

    /** Stages everything that was written since the last cut and reports it. */
    void cut(long taken, long epoch, Optional<Message.ReadUpTo> reading) {
        Iterator<Map.Entry<StreamName, Open>> all = open.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<StreamName, Open> entry = all.next();
            if (!stage(entry.getKey(), entry.getValue().writer(), epoch)) {
                all.remove();
                close(entry.getKey(), entry.getValue().writer());
            }
        }
        failpoints.reach("run.after_stage");
        Map<StreamName, Tally> full = tallies;
        tallies = new HashMap<>();
        flow.tell(new Message.Staged(worker, taken, reading, full));
        cut = taken + 1;
    }

    /** Whether the writer is worth keeping: it staged something and its stream goes on. */
    private boolean stage(StreamName stream, SinkWriter writer, long epoch) {
        if (flow.isParked(stream)) {
            return false;
        }
        try (LogScope ignored = LogScope.of(stream, epoch)) {
            var staged = writer.prepareCommit(epoch);
            LOG.debug("Staged {} outputs", staged.size());
            if (staged.isEmpty()) {
                return false;
            }
            tallies.computeIfAbsent(stream, name -> new Tally()).staged(staged);
            return true;
        } catch (RuntimeException e) {
            flow.park(stream, Failures.coded(e, "Staging rows of " + stream));
            return false;
        }
    }

    private void fail(StreamName stream, WindrowException error) {
        flow.park(stream, error);
        Open found = open.remove(stream);
        if (found != null) {
            close(stream, found.writer());
        }
    }

    private void close(StreamName stream, SinkWriter writer) {
        flow.openWriters().decrementAndGet();
        try {
            writer.close();
        } catch (RuntimeException e) {
            flow.park(stream, Failures.coded(e, "Closing a writer of " + stream));
        }
    }

    /** Throws away what was not staged. */
    void close() {
        open.forEach((stream, found) -> close(stream, found.writer()));
        open.clear();
    }
}

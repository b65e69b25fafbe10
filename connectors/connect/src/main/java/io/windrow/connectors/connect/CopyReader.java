package io.windrow.connectors.connect;

import io.windrow.api.batch.Position;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.EndProof;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.Split;
import io.windrow.connectors.connect.database.Metrics;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.HostedTask;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.Change;
import io.windrow.connectors.connect.record.Halfway;
import io.windrow.connectors.connect.record.LogOrder;
import io.windrow.connectors.connect.record.LogPlace;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Copies tables through a connector, all as of one place in the log. It cannot be gone on with: an interrupted copy is lost. */
final class CopyReader extends TaskReader {
    private final Split split;
    private final Set<StreamName> streams;
    private final LogOrder order;
    private @Nullable SourceRecord last;
    private long rows;
    /** Whether the copy had ended when records were last asked for. */
    private boolean copied;

    CopyReader(ConnectSource source, Context context, Split split) {
        super(source, context);
        this.split = split;
        this.streams = new LinkedHashSet<>(split.streams());
        this.order = source.logOrder();
    }

    @Override
    public ReadResult read(long deadlineNanos) {
        if (!ready.isEmpty()) {
            return ready.poll();
        }
        HostedTask open = opened(ConnectSplit.Kind.COPY, streams, List::of, SavedOffsets.NONE);
        while (ready.isEmpty()) {
            if (!open.isPolling()) {
                // Asked before the poll: what the connector had read by then is in what it gives now, or was before.
                copied = Metrics.isCopied(source.preset(), context.pipeline());
            }
            Optional<List<SourceRecord>> polled = open.poll(deadlineNanos);
            polled.ifPresent(all -> all.forEach(this::take));
            if (polled.map(List::isEmpty).orElse(true)) {
                hand();
                if (polled.isPresent() && copied) {
                    ready.add(end());
                }
            }
            if (ready.isEmpty() && (polled.isEmpty() || System.nanoTime() - deadlineNanos >= 0)) {
                return new ReadResult.Idle();
            }
        }
        return ready.poll();
    }

    private void take(SourceRecord record) {
        Arrivals.expectPlace(record);
        Change change = records.read(record);
        last = record;
        FollowedTable table = change instanceof Change.Row row ? tables.get(row.stream()) : null;
        if (change instanceof Change.Row row && table != null) {
            // Before every transaction that begins at the place of the copy.
            table.copy(row, place(record) - 1, rows++);
            if (table.isFull(source.preset().batchRows(), source.preset().batchSize().bytes())) {
                hand();
            }
        }
    }

    private long place(SourceRecord record) {
        return order.isAbsolute() ? order.place(record.sourceOffset(), new LogOrder.Before(0, Map.of())) : 0;
    }

    private void hand() {
        Position here = new LogPlace(LogPlace.COPYING, rows, SavedOffsets.NONE).toPosition();
        for (FollowedTable table : tables.values()) {
            if (table.rows() > 0) {
                ready.add(new ReadResult.Data(table.take(here), Optional.empty()));
            }
        }
    }

    private ReadResult end() {
        SourceRecord newest = last;
        if (newest == null) {
            throw WindrowException.of(
                    ConnectError.COPY_LOST, "Copying " + streams + ": the connector says that it is done and has not said where");
        }
        Map<String, Object> offset = new HashMap<>(newest.sourceOffset());
        if (order.isAbsolute()) {
            // Else the connector would take the copy for unfinished.
            offset.remove("snapshot");
        }
        // MongoDB's connector calls it so.
        offset.remove("initsync");
        LogPlace behind = new LogPlace(place(newest), 0, SavedOffsets.NONE.with(newest.sourcePartition(), offset))
                .in(source.log(), Halfway.NONE);
        source.copied(split.id(), streams, behind, learnt());
        return new ReadResult.End(new EndProof("copied", -1, "the connector has copied " + rows + " rows as of " + offset));
    }

    @Override
    public void acknowledge(Position position) {
        // A copy holds nothing back at the server.
    }
}

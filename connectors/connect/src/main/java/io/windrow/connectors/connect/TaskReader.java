package io.windrow.connectors.connect;

import io.windrow.api.context.Context;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadResult;
import io.windrow.api.source.SplitReader;
import io.windrow.connectors.connect.host.HostedTask;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.Records;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What reading through a connector holds open: the connector with the file of its schema history, the tables that gather its rows,
 * and results that nobody has taken yet. The reader's thread only.
 */
abstract sealed class TaskReader implements SplitReader permits CopyReader, LogReader {
    final ConnectSource source;
    final Context context;
    final Map<StreamName, FollowedTable> tables = new HashMap<>();
    final ArrayDeque<ReadResult> ready = new ArrayDeque<>();
    final Records records;
    private @Nullable HistoryFile history;
    /** Also seen by whoever wakes the reader. */
    private volatile @Nullable HostedTask task;

    TaskReader(ConnectSource source, Context context) {
        this.source = source;
        this.context = context;
        this.records = source.preset().shape().records();
    }

    /**
     * The running connector; starts it at the first call.
     *
     * @param known the lines of schema history that it begins with, asked for at the first call
     */
    final HostedTask opened(
            ConnectSplit.Kind kind, Collection<StreamName> streams, Supplier<List<String>> known, SavedOffsets offsets) {
        HostedTask open = task;
        if (open != null) {
            return open;
        }
        for (StreamName stream : streams) {
            tables.put(stream, new FollowedTable(source.schema(stream), source.preset().dialect(), source.preset().outOfRange(), context, () -> source.fresh(stream)));
        }
        HistoryFile file = new HistoryFile(context.temporaryFolder(), known.get());
        history = file;
        context.failpoints().reach(kind == ConnectSplit.Kind.COPY ? "connect.before_copy" : "connect.before_log");
        open = source.start(kind, streams, file, offsets);
        task = open;
        return open;
    }

    /** The connector, if it runs. */
    final @Nullable HostedTask running() {
        return task;
    }

    /** What the connector has added to the schema history since the last call; nothing if it does not run. */
    final List<String> learnt() {
        HistoryFile file = history;
        return file == null ? List.of() : file.added();
    }

    @Override
    public final void keepAlive() {
        // The connector's own threads keep its connection alive.
    }

    @Override
    public final void wakeUp() {
        HostedTask open = task;
        if (open != null) {
            open.wakeUp();
        }
    }

    @Override
    public final void close() {
        ready.forEach(result -> {
            if (result instanceof ReadResult.Data data) {
                data.batch().close();
            }
        });
        ready.clear();
        tables.values().forEach(FollowedTable::close);
        HostedTask open = task;
        task = null;
        if (open != null) {
            open.close();
        }
        HistoryFile file = history;
        history = null;
        if (file != null) {
            file.close();
        }
    }
}

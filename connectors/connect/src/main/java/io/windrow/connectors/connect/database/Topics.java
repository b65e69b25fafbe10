package io.windrow.connectors.connect.database;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.Column;
import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Optional;

/** What is known of a connector's topics before it runs: that each record has a key, a value and a time. Asks nobody. */
public final class Topics implements Server {
    private static final List<Column> COLUMNS = List.of(
            new Column(1, "key", new ColumnType.Json(), true, "key"),
            new Column(2, "value", new ColumnType.Json(), true, "value"),
            new Column(3, "sent_at", new ColumnType.Timestamp(true), true, "timestamp"));

    @Override
    public StreamSchema schema(StreamName stream) {
        return new StreamSchema(stream, 1, COLUMNS, List.of());
    }

    @Override
    public long estimatedRows(StreamName stream) {
        return -1;
    }

    @Override
    public void expectFollowable() {
        // Nobody can tell before the connector runs.
    }

    @Override
    public Optional<LogEnd> end() {
        return Optional.empty();
    }

    @Override
    public List<CheckResult> check(List<StreamName> streams) {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}

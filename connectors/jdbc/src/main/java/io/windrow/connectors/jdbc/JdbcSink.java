package io.windrow.connectors.jdbc;

import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Layout;
import io.windrow.connectors.jdbc.table.Place;
import io.windrow.connectors.jdbc.table.TableBook;
import io.windrow.connectors.jdbc.table.TargetColumn;
import io.windrow.connectors.jdbc.table.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tables of one database. Staging is at the target: a writer fills a table of its own, which is durable and belongs to
 * nobody's queries; a commit applies it in one transaction with its identity (I4) and the fencing token (I6).
 */
public final class JdbcSink implements Sink {
    private final JdbcTarget target;
    private final IdleConnections connections;
    private final AtomicLong sequence = new AtomicLong();

    /** No I/O. */
    public JdbcSink(JdbcConfig config, Context context) {
        this.target = JdbcTarget.of(config, context);
        this.connections = new IdleConnections(target);
    }

    @Override
    public List<CheckResult> check() {
        return new JdbcChecks(target).run();
    }

    @Override
    public void prepare(StreamSchema schema, WriteMode mode) {
        StreamName stream = schema.stream();
        if (mode.needsKey() && schema.key().isEmpty()) {
            throw WindrowException.of(
                    JdbcError.KEY_MISSING, "Preparing table " + target.config().table(stream) + " for " + stream + " in mode "
                            + mode.name().toLowerCase(Locale.ROOT) + ": the stream has no key");
        }
        Connection connection = target.connect();
        try {
            if (mode == WriteMode.REPLACE) {
                target.place(connection).expectReplaceable(target.dialect(), connection, target.config().table(stream));
            }
            prepare(connection, schema, mode);
        } catch (SQLException e) {
            throw target.coded("Preparing table " + target.config().table(stream) + " for " + stream, e);
        } finally {
            target.close(connection);
        }
    }

    private void prepare(Connection connection, StreamSchema schema, WriteMode mode) throws SQLException {
        Layout layout = Layout.of(mode, target.config().deletes());
        StreamName stream = schema.stream();
        String table = target.place(connection).stored(target.dialect(), connection, target.config().table(stream));
        String id = target.id(stream);
        String kind = layout.kind().name().toLowerCase(Locale.ROOT);
        Place place = target.place(connection);
        CommitBook book = target.book(connection);
        book.make(connection);
        TableBook columns = target.tables(connection);
        columns.complete(connection);
        connection.setAutoCommit(false);
        Optional<CommitBook.Row> row = book.locked(connection, id);
        expectFree(connection, book, table, stream);
        if (row.isPresent() && row.get().epoch() > 0 && !row.get().mode().equals(kind)) {
            throw WindrowException.of(
                    JdbcError.MODE_CHANGED, "Preparing table " + table + " for " + stream + ": its rows are of the kind "
                            + row.get().mode() + ", the mode needs " + kind);
        }
        if (row.isPresent() && !target.place(connection).stored(target.dialect(), connection, row.get().table()).equals(table)) {
            throw WindrowException.of(
                    JdbcError.TABLE_TAKEN, "Preparing table " + table + " for " + stream + ": the stream is written to table "
                            + row.get().table());
        }
        List<TargetColumn> known = new TargetTable(target.dialect(), place, table).make(
                connection, schema, mode, layout, row.map(JdbcSink::made).orElse(TargetTable.Made.BY_OTHERS),
                row.isPresent() ? columns.read(connection, id).columns() : List.of());
        if (row.isEmpty()) {
            try {
                book.enter(connection, id, target.context().pipeline(), stream, table, kind);
            } catch (SQLException e) {
                connection.rollback();
                // Another pipeline may have entered the same table since it was looked for.
                expectFree(connection, book, table, stream);
                throw e;
            }
        } else {
            book.mode(connection, id, kind);
        }
        columns.write(connection, id, known);
        connection.commit();
    }

    private static TargetTable.Made made(CommitBook.Row row) {
        return row.epoch() > 0 ? TargetTable.Made.WRITTEN : TargetTable.Made.BY_US;
    }

    private void expectFree(Connection connection, CommitBook book, String table, StreamName stream) throws SQLException {
        for (CommitBook.Row other : book.ofTable(connection, table)) {
            if (!other.pipeline().equals(target.context().pipeline()) || !other.stream().equals(stream)) {
                throw WindrowException.of(
                        JdbcError.TABLE_TAKEN, "Preparing table " + table + " for " + stream + ": stream " + other.stream()
                                + " of pipeline " + other.pipeline() + " is written to it");
            }
        }
    }

    @Override
    public SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id) {
        return new JdbcWriter(target, connections, schema, mode, id, sequence);
    }

    @Override
    public Committer committer() {
        return new JdbcCommitter(target, connections);
    }

    @Override
    public Optional<Delivery> delivery(StreamName stream) {
        return Optional.of(new JdbcDelivery(target, stream, OptionalLong.empty()));
    }

    @Override
    public Optional<Delivery> changeLog(StreamName stream, long first) {
        return Optional.of(new JdbcDelivery(target, stream, OptionalLong.of(first)));
    }

    /** A change log that is appended has its truncates as rows. */
    @Override
    public boolean keepsDeleted(WriteMode mode) {
        return switch (mode) {
            case UPSERT -> true;
            case MIRROR, HISTORY -> target.config().truncates() == JdbcConfig.Truncates.IGNORE;
            case APPEND, REPLACE -> false;
        };
    }

    @Override
    public Optional<String> purging(StreamName stream) {
        Place place = new Place(target.dialect().defaultSchema().isEmpty() ? Optional.empty() : target.config().schema());
        return Optional.of("DROP TABLE " + place.qualified(target.dialect(), target.config().table(stream)));
    }

    @Override
    public void close() {
        // The others are closed by the committer or delivery that opened them.
        connections.close();
    }
}

package io.windrow.connectors.jdbc;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Operation;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import io.windrow.connectors.jdbc.load.ChangeFacts;
import io.windrow.connectors.jdbc.load.Loader;
import io.windrow.connectors.jdbc.load.StagedRows;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.sql.SqlType;
import io.windrow.connectors.jdbc.table.StageName;
import io.windrow.connectors.jdbc.table.Staging;
import io.windrow.connectors.jdbc.table.StagedTable;
import io.windrow.connectors.jdbc.table.StagedTable.Content;
import io.windrow.connectors.jdbc.table.TargetTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Fills staging tables with one stream's rows, one table an epoch. Every batch is a transaction, so that nobody waits for
 * an epoch's end; a table that was not prepared belongs to no epoch and is dropped by this writer or a later owner.
 */
final class JdbcWriter implements SinkWriter {
    private final JdbcTarget target;
    private final StreamSchema schema;
    private final WriteMode mode;
    private final WriterId id;
    private final AtomicLong sequence;
    private final List<SqlType> types;
    private final Content content;
    private final Loader loader;
    private final IdleConnections connections;
    private @Nullable Staging staging;
    private long filtered;
    /** Deletes that are staged for what another row of a change of key needs of them, and are applied to nothing. */
    private long needed;
    /** Texts that are not as they came. */
    private long replaced;
    private boolean poisoned;

    JdbcWriter(JdbcTarget target, IdleConnections connections, StreamSchema schema, WriteMode mode, WriterId id, AtomicLong sequence) {
        this.target = target;
        this.connections = connections;
        this.schema = schema;
        this.mode = mode;
        this.id = id;
        this.sequence = sequence;
        this.types = TargetTable.types(target.dialect(), schema);
        this.content = mode.needsKey() ? Content.CHANGES : Content.ROWS;
        this.loader = Loader.of(target.address().database(), target.config().unfitText());
    }

    @Override
    public void write(Batch batch) {
        guarded("writing rows", () -> {
            ChangeFacts facts = ChangeFacts.of(batch);
            int[] selected = select(batch.rowCount(), facts);
            filtered += batch.rowCount() - selected.length;
            needed += needed(selected, facts);
            if (selected.length > 0) {
                connected(to -> load(to, batch, facts, selected));
            }
            target.context().failpoints().reach("jdbc.after_write");
            return batch;
        });
    }

    private Staging load(Connection to, Batch batch, ChangeFacts facts, int[] selected) throws SQLException {
        Staging into = staging(to);
        to.setAutoCommit(false);
        Loader.Loaded loaded = loader.load(to, new StagedRows(
                into.schema(), into.name(), into.qualified(), schema.columns(), schema.key(), types, batch.arrow(), selected,
                content == Content.CHANGES ? Optional.of(facts) : Optional.empty(), into.rows()));
        to.commit();
        to.setAutoCommit(true);
        into.added(facts, selected, loaded.bytes());
        replaced += loaded.replaced();
        return into;
    }

    /** The rows that the mode applies. */
    private int[] select(int rows, ChangeFacts facts) {
        int[] selected = new int[rows];
        int count = 0;
        for (int row = 0; row < rows; row++) {
            boolean takes = switch (facts.operation(row)) {
                case INSERT -> content == Content.CHANGES || facts.unchanged(row) == null || refused("leaves columns as they were");
                case UPDATE -> content == Content.CHANGES || refused("is an update");
                case DELETE -> content == Content.CHANGES ? mode != WriteMode.UPSERT || facts.link(row).isPresent() : refused("is a delete");
                case TRUNCATE -> content == Content.CHANGES ? mode != WriteMode.UPSERT && truncates() : refused("is a truncate");
            };
            if (takes) {
                selected[count++] = row;
            }
        }
        return count == rows ? selected : Arrays.copyOf(selected, count);
    }

    private long needed(int[] selected, ChangeFacts facts) {
        return mode == WriteMode.UPSERT
                ? Arrays.stream(selected).filter(row -> facts.operation(row) == Operation.DELETE).count()
                : 0;
    }

    private boolean truncates() {
        return switch (target.config().truncates()) {
            case APPLY -> true;
            case IGNORE -> false;
            case REFUSE -> throw WindrowException.of(
                    JdbcError.TRUNCATED, "Writing " + schema.stream() + ": the source's table was truncated");
        };
    }

    private boolean refused(String what) {
        throw WindrowException.of(
                JdbcError.MODE_UNSUPPORTED, "Writing " + schema.stream() + " in mode " + mode.name().toLowerCase(Locale.ROOT)
                        + ": a row " + what + ", which this mode cannot hold");
    }

    @FunctionalInterface
    private interface Statements<T> {
        T run(Connection to) throws SQLException;
    }

    /** What is staged is committed with each call, so that the next may have another connection. */
    private <T> T connected(Statements<T> statements) throws SQLException {
        Connection to = connections.take();
        boolean done = false;
        try {
            T result = statements.run(to);
            done = true;
            return result;
        } finally {
            if (done) {
                connections.giveBack(to);
            } else {
                connections.breakOff(to);
            }
        }
    }

    private Staging staging(Connection to) throws SQLException {
        Staging open = staging;
        if (open == null) {
            String name = StageName.of(target.id(schema.stream()), id, sequence.getAndIncrement());
            open = new Staging(target.dialect(), target.place(to), name, target.config().table(schema.stream()), schema, types, content);
            try (Statement statement = to.createStatement()) {
                open.make(statement);
            }
            staging = open;
        }
        return open;
    }

    @Override
    public long bytes() {
        return staging == null ? 0 : staging.bytes();
    }

    @Override
    public List<Staged> prepareCommit(long epoch) {
        return guarded("preparing epoch " + epoch, () -> {
            List<Staged> staged = new ArrayList<>();
            Staging full = staging;
            if (full != null) {
                Staging.Counted counted = connected(to -> count(to, full));
                if (counted.rows() > 0) {
                    staged.add(new Staged(
                            schema.stream(), StagedTable.VERSION, counted.table().toJson(),
                            schema.version(), counted.rows(), full.bytes(), "counted in the staging table"));
                }
                if (counted.folded() > 0) {
                    staged.add(Staged.count(schema.stream(), Staged.Part.FOLDED, schema.version(), counted.folded()));
                }
                filtered += needed;
                needed = 0;
                staging = null;
                target.context().failpoints().reach("jdbc.after_stage");
            }
            if (replaced > 0) {
                target.context().notices().tell(
                        "jdbc.text_replaced", "Epoch " + epoch + " of " + schema.stream() + ": " + replaced
                                + " texts had the character U+0000, which is U+FFFD in the target.");
                replaced = 0;
            }
            if (filtered > 0) {
                staged.add(Staged.count(schema.stream(), Staged.Part.FILTERED, schema.version(), filtered));
                filtered = 0;
            }
            return staged;
        });
    }

    private Staging.Counted count(Connection to, Staging full) throws SQLException {
        to.setAutoCommit(false);
        Staging.Counted counted;
        try (Statement statement = to.createStatement()) {
            counted = full.count(statement, switch (mode) {
                case HISTORY -> Staging.Fold.NONE;
                case UPSERT -> Staging.Fold.WRITES_BY_KEY;
                case APPEND, REPLACE, MIRROR -> Staging.Fold.BY_KEY;
            });
        }
        to.commit();
        to.setAutoCommit(true);
        if (counted.rows() + counted.folded() != full.rows() - needed) {
            throw WindrowException.of(
                    JdbcError.STAGING_GONE, "Reading back staged rows of " + schema.stream() + ": there are "
                            + (counted.rows() + counted.folded()) + ", expected " + (full.rows() - needed));
        }
        if (counted.rows() == 0) {
            target.drop(to, List.of(full.name()));
        }
        return counted;
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws SQLException;
    }

    /** After any exception the writer takes nothing more. */
    private <T> T guarded(String doing, Step<T> step) {
        if (poisoned) {
            throw WindrowException.of(
                    JdbcError.WRITER_POISONED, "Writing " + schema.stream() + ": the writer failed before " + doing);
        }
        poisoned = true;
        T result;
        try {
            result = step.run();
        } catch (SQLException e) {
            throw target.coded("Staging rows of " + schema.stream(), e);
        }
        poisoned = false;
        return result;
    }

    /** Drops what no epoch has. What cannot be dropped, as the database does not answer, the next commit that does drops. */
    @Override
    public void close() {
        poisoned = true;
        Staging left = staging;
        staging = null;
        if (left == null) {
            return;
        }
        try {
            connected(to -> {
                try (Statement statement = to.createStatement()) {
                    return statement.execute("DROP TABLE IF EXISTS " + left.qualified());
                }
            });
        } catch (SQLException e) {
            leave(left, target.coded("Closing a writer", e));
        } catch (WindrowException e) {
            leave(left, e);
        }
    }

    private void leave(Staging left, WindrowException reason) {
        connections.leave(left.name());
        target.context().notices().tell(
                "jdbc.leftover", "A staging table is left for a later commit to drop: " + reason.getMessage());
    }
}

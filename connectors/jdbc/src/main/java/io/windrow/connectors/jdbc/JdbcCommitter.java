package io.windrow.connectors.jdbc;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.LedgerSum;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Alignment;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Fitting;
import io.windrow.connectors.jdbc.table.Place;
import io.windrow.connectors.jdbc.table.StageName;
import io.windrow.connectors.jdbc.table.StagedTable;
import io.windrow.connectors.jdbc.table.TableBook;
import io.windrow.connectors.jdbc.table.TargetColumn;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies staged rows in one transaction that also writes the identity (I4) and the fencing token (I6) into the target's
 * book, whose row is locked first: another commit of the stream waits, then sees what this one did.
 */
final class JdbcCommitter implements Committer {
    private final JdbcTarget target;
    private final IdleConnections writers;
    private @Nullable Connection connection;

    JdbcCommitter(JdbcTarget target, IdleConnections writers) {
        this.target = target;
        this.writers = writers;
    }

    private Connection connected() {
        Connection open = connection;
        if (open == null) {
            open = target.connect();
            connection = open;
        }
        return open;
    }

    @Override
    public CommitOutcome commit(StreamCommit commit) {
        StreamName stream = commit.identity().stream();
        String doing = "Committing epoch " + commit.identity().epoch() + " of " + stream;
        boolean sent = false;
        try {
            List<StagedTable> staged = tables(commit.staged());
            Connection open = connected();
            Optional<CommitOutcome> refused = prepare(open, commit, staged);
            if (refused.isEmpty()) {
                open.setAutoCommit(false);
                CommitBook book = target.book(open);
                Optional<CommitBook.Row> row = book.locked(open, target.id(stream));
                refused = judge(row, commit, doing);
                if (refused.isEmpty()) {
                    Set<String> spent = new EpochApply(target, book, open, commit, row.orElseThrow()).run(staged);
                    target.context().failpoints().reach("jdbc.before_commit");
                    sent = true;
                    try {
                        open.commit();
                    } catch (SQLException e) {
                        // A constraint that is looked at with the commit: the database itself says that it took all back.
                        sent = !JdbcError.REFUSES_ROWS.contains(target.dialect().error(e));
                        throw e;
                    }
                    target.context().failpoints().reach("jdbc.after_commit");
                    open.setAutoCommit(true);
                    cleanUp(open, commit, spent, staged);
                    return new CommitOutcome.Committed(List.of(target.config().table(stream)));
                }
                open.rollback();
                open.setAutoCommit(true);
            }
            if (refused.get() instanceof CommitOutcome.AlreadyCommitted) {
                cleanUp(open, commit, finished(open, stream, staged), staged);
            }
            return refused.get();
        } catch (SQLException e) {
            return failed(doing, target.coded(doing, e), sent);
        } catch (WindrowException e) {
            return failed(doing, e, sent);
        }
    }

    /**
     * A failure before the commit was sent has no effect and will have none: closing the connection rolls back. What can
     * pass is left open all the same, so that the same rows are committed again; what cannot is rejected. After the commit
     * was sent nobody knows (I5).
     */
    private CommitOutcome failed(String doing, WindrowException reason, boolean sent) {
        close();
        if (sent) {
            return new CommitOutcome.Unknown(WindrowException.of(
                    JdbcError.COMMIT_UNKNOWN, doing + ": the commit was sent and not confirmed", reason));
        }
        return switch (reason.kind()) {
            case USER, EXTERNAL_PERMANENT, DATA -> new CommitOutcome.Rejected(reason);
            case EXTERNAL_TRANSIENT, RESOURCE, UNKNOWN_OUTCOME, BUG -> new CommitOutcome.Unknown(reason);
        };
    }

    /** Before the transaction: is there anything to do, is all that was staged there, do the columns hold it. */
    private Optional<CommitOutcome> prepare(Connection open, StreamCommit commit, List<StagedTable> staged)
            throws SQLException {
        StreamName stream = commit.identity().stream();
        String doing = "Committing epoch " + commit.identity().epoch() + " of " + stream;
        open.setAutoCommit(true);
        Place place = target.place(open);
        CommitBook book = target.book(open);
        Optional<CommitBook.Row> row = book.exists(open) ? book.read(open, target.id(stream)) : Optional.empty();
        Optional<CommitOutcome> refused = judge(row, commit, doing);
        if (refused.isPresent()) {
            return refused;
        }
        Set<String> there = place.tables(target.dialect(), open);
        for (StagedTable table : staged) {
            if (!table.table().startsWith(StageName.prefix(target.id(stream))) || !there.contains(table.table())) {
                return Optional.of(new CommitOutcome.Unknown(WindrowException.of(
                        JdbcError.STAGING_GONE, doing + ": the staging table " + table.table() + " is not there")));
            }
        }
        Fitting fitting = new Fitting(target.dialect(), place, row.orElseThrow().table());
        boolean anew = commit.identity().generation() != row.orElseThrow().generation();
        if (anew) {
            target.tables(open).complete(open);
        }
        Fitting.Lost lost = anew || commit.mode() == WriteMode.REPLACE ? Fitting.Lost.ADDED : Fitting.Lost.REFUSED;
        List<TargetColumn> known = align(open, commit, staged, row.orElseThrow(), fitting, lost);
        List<TargetColumn> fit = fitting.run(open, staged, known, lost);
        if (!fit.equals(known)) {
            open.setAutoCommit(false);
            if (isOwner(open, commit)) {
                target.tables(open).write(open, target.id(stream), fit);
            }
            open.commit();
            open.setAutoCommit(true);
        }
        target.context().failpoints().reach("jdbc.before_apply");
        return Optional.empty();
    }

    /**
     * In a transaction of its own, under the lock of the stream's row: an owner that was replaced does not name columns (I6). Returns the
     * table's columns as the book has them then.
     */
    private List<TargetColumn> align(
            Connection open, StreamCommit commit, List<StagedTable> staged, CommitBook.Row before, Fitting fitting, Fitting.Lost lost)
            throws SQLException {
        String id = target.id(commit.identity().stream());
        TableBook tables = target.tables(open);
        Alignment alignment = new Alignment(target.dialect(), target.place(open), before.table());
        List<TargetColumn> known = tables.read(open, id).columns();
        for (StagedTable table : staged) {
            if (alignment.isDue(table, known, rows(before, commit))) {
                if (lost == Fitting.Lost.REFUSED) {
                    fitting.expectColumns(open, List.of(table), known);
                }
                open.setAutoCommit(false);
                if (isOwner(open, commit)) {
                    alignment.run(open, table, tables.read(open, id).columns(), rows(before, commit), columns -> {
                        // A database that commits each statement by itself has given the lock back.
                        boolean own = isOwner(open, commit);
                        if (own) {
                            tables.write(open, id, columns);
                        }
                        return own;
                    });
                }
                open.commit();
                open.setAutoCommit(true);
                known = tables.read(open, id).columns();
            }
        }
        return known;
    }

    /** Locks the stream's row, and says whether the commit is still to be made. */
    private boolean isOwner(Connection open, StreamCommit commit) throws SQLException {
        return judge(target.book(open).locked(open, target.id(commit.identity().stream())), commit, "Naming columns").isEmpty();
    }

    private Alignment.Rows rows(CommitBook.Row row, StreamCommit commit) {
        return row.generation() > 0 && commit.identity().generation() > row.generation()
                ? Alignment.Rows.ofNewRead(commit.mode(), target.config().deletes())
                : Alignment.Rows.STAY;
    }

    private static Optional<CommitOutcome> judge(Optional<CommitBook.Row> row, StreamCommit commit, String doing) {
        if (row.isEmpty()) {
            return Optional.of(new CommitOutcome.Unknown(WindrowException.of(
                    JdbcError.COMMIT_CONFLICT, doing + ": the target's book has no entry for the stream")));
        }
        CommitBook.Row book = row.get();
        CommitIdentity identity = commit.identity();
        if (book.identity().equals(Optional.of(identity))) {
            return Optional.of(new CommitOutcome.AlreadyCommitted(List.of(book.table())));
        }
        if (identity.epoch() <= book.epoch() || identity.generation() < book.generation()) {
            return Optional.of(new CommitOutcome.Unknown(WindrowException.of(
                    JdbcError.COMMIT_CONFLICT, doing + " in generation " + identity.generation() + ": the target shows epoch "
                            + book.epoch() + " of generation " + book.generation())));
        }
        if (commit.fencingToken() < book.token()) {
            // I6: whoever took over has settled everything that this owner had decided.
            return Optional.of(new CommitOutcome.Rejected(WindrowException.of(
                    JdbcError.STALE_OWNER, doing + " with token " + commit.fencingToken() + ": the target has seen token "
                            + book.token())));
        }
        return Optional.empty();
    }

    /** I6: whoever took over has settled everything that an older owner had decided. */
    private static void expectOwner(CommitBook.Row book, long fencingToken, String doing) {
        if (fencingToken < book.token()) {
            throw WindrowException.of(
                    JdbcError.STALE_OWNER, doing + " with token " + fencingToken + ": the target has seen token " + book.token());
        }
    }

    /** Of the staging tables of a commit that is done, those that no generation waits for. */
    private Set<String> finished(Connection open, StreamName stream, List<StagedTable> staged) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        staged.forEach(table -> names.add(table.table()));
        return unawaited(open, stream, names);
    }

    /** Of staging tables of a stream, those that no generation waits for. */
    private Set<String> unawaited(Connection open, StreamName stream, Set<String> tables) throws SQLException {
        Set<String> names = new LinkedHashSet<>(tables);
        target.book(open).read(open, target.id(stream)).ifPresent(
                row -> StagedTable.parseAll(row.pending()).forEach(waiting -> names.remove(waiting.table())));
        return names;
    }

    /**
     * Drops what the commit used up, and, if it published rows of its own token, what older owners left: recovery settles
     * theirs before it commits anything of its own.
     */
    private void cleanUp(Connection open, StreamCommit commit, Set<String> spent, List<StagedTable> staged) {
        StreamName stream = commit.identity().stream();
        Set<String> dead = new LinkedHashSet<>(spent);
        dead.addAll(writers.takeLeft());
        try {
            boolean own = staged.stream()
                    .anyMatch(table -> StageName.token(table.table()).orElse(-1) == commit.fencingToken());
            if (own) {
                dead.addAll(left(open, Set.of(stream), commit.fencingToken()));
            }
        } catch (SQLException e) {
            leftover(target.coded("Looking for old staging tables", e));
        }
        target.drop(open, dead);
    }

    /** The staging tables of older owners of the streams, but for those that a generation waits for. */
    private Set<String> left(Connection open, Set<StreamName> streams, long fencingToken) throws SQLException {
        Set<String> there = target.place(open).tables(target.dialect(), open);
        Set<String> left = new LinkedHashSet<>();
        for (StreamName stream : streams) {
            String prefix = StageName.prefix(target.id(stream));
            Set<String> older = new LinkedHashSet<>();
            for (String table : there) {
                if (table.startsWith(prefix) && StageName.token(table).orElse(Long.MAX_VALUE) < fencingToken) {
                    older.add(table);
                }
            }
            if (!older.isEmpty()) {
                left.addAll(unawaited(open, stream, older));
            }
        }
        return left;
    }

    private void leftover(WindrowException reason) {
        target.context().notices().tell("jdbc.leftover", String.valueOf(reason.getMessage()));
    }

    /**
     * Of a stream that nobody reads any more no commit ever cleans up. Its tables are told by the pipeline's name in theirs; that
     * none of them is of a PREPARED epoch is the caller's word.
     */
    @Override
    public void sweep(Set<StreamName> streams, long fencingToken) {
        try {
            Connection open = connected();
            open.setAutoCommit(true);
            if (target.book(open).exists(open)) {
                target.drop(open, left(open, streams, fencingToken));
            }
        } catch (SQLException e) {
            leftover(target.coded("Looking for old staging tables", e));
            close();
        } catch (WindrowException e) {
            leftover(e);
            close();
        }
    }

    @Override
    public void rollUp(LedgerSum sum, long fencingToken) {
        String doing = "Rolling up the ledger entries of " + sum.stream() + " up to epoch " + sum.last() + " at the target";
        boolean done = false;
        try {
            Connection open = connected();
            open.setAutoCommit(true);
            CommitBook book = target.book(open);
            if (book.exists(open)) {
                open.setAutoCommit(false);
                Optional<CommitBook.Row> row = book.locked(open, target.id(sum.stream()));
                if (row.isPresent()) {
                    expectOwner(row.get(), fencingToken, doing);
                    book.rollUp(open, target.id(sum.stream()), sum);
                }
                open.commit();
                open.setAutoCommit(true);
            }
            done = true;
        } catch (SQLException e) {
            throw target.coded(doing, e);
        } finally {
            if (!done) {
                // Rolls back.
                close();
            }
        }
    }

    static List<StagedTable> tables(List<Staged> staged) {
        List<StagedTable> tables = new ArrayList<>();
        for (Staged one : staged) {
            if (one.part() == Staged.Part.DATA) {
                tables.add(StagedTable.parse(one.version(), one.text()));
            }
        }
        return tables;
    }

    @Override
    public Optional<CommitIdentity> lastCommitted(StreamName stream) {
        try {
            Connection open = connected();
            open.setAutoCommit(true);
            CommitBook book = target.book(open);
            if (!book.exists(open)) {
                return Optional.empty();
            }
            // A commit whose reply was lost may still be on its way: its lock is waited for.
            open.setAutoCommit(false);
            Optional<CommitIdentity> identity = book.locked(open, target.id(stream)).flatMap(CommitBook.Row::identity);
            open.rollback();
            open.setAutoCommit(true);
            return identity;
        } catch (SQLException e) {
            WindrowException coded = target.coded("Asking the target for the last commit of " + stream, e);
            close();
            throw coded;
        }
    }

    @Override
    public void discard(List<Staged> staged) {
        List<StagedTable> tables = tables(staged);
        if (tables.isEmpty()) {
            return;
        }
        for (StagedTable table : tables) {
            if (StageName.token(table.table()).isEmpty()) {
                throw WindrowException.of(
                        JdbcError.BOOK_UNREADABLE, "Discarding " + table.table() + ": it is no staging table");
            }
        }
        target.drop(connected(), tables.stream().map(StagedTable::table).toList());
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            target.close(open);
        }
    }
}

package io.windrow.connectors.jdbc;

import io.windrow.api.error.WindrowException;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.sql.JdbcError;
import io.windrow.connectors.jdbc.table.Apply;
import io.windrow.connectors.jdbc.table.CommitBook;
import io.windrow.connectors.jdbc.table.Layout;
import io.windrow.connectors.jdbc.table.StagedTable;
import io.windrow.connectors.jdbc.table.TableBook;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** What one stream's part of an epoch does to its table and to the book, inside of one transaction. */
final class EpochApply {
    private final JdbcTarget target;
    private final CommitBook book;
    private final Connection connection;
    private final StreamCommit commit;
    private final CommitBook.Row row;

    EpochApply(JdbcTarget target, CommitBook book, Connection connection, StreamCommit commit, CommitBook.Row row) {
        this.target = target;
        this.book = book;
        this.connection = connection;
        this.commit = commit;
        this.row = row;
    }

    /** Applies the staged rows and writes the book. Returns the staging tables that nothing waits for any more. */
    Set<String> run(List<StagedTable> staged) throws SQLException {
        TableBook.Known known = target.tables(connection).read(connection, target.id(commit.identity().stream()));
        Set<String> spent = new LinkedHashSet<>();
        List<StagedTable> waiting = new ArrayList<>(StagedTable.parseAll(row.pending()));
        if (commit.identity().generation() != row.generation()) {
            waiting.forEach(table -> spent.add(table.table()));
            waiting.clear();
        }
        try (Statement statement = connection.createStatement()) {
            Apply apply = new Apply(
                    target.dialect(), target.place(connection), Layout.of(commit.mode(), target.config().deletes()), row.table(),
                    known.columns(), connection, statement);
            switch (commit.mode()) {
                case APPEND -> {
                    if (commit.supersedes().isPresent()) {
                        apply.removeGeneration(commit.supersedes().get());
                    }
                    for (StagedTable table : staged) {
                        apply.append(table, commit.identity().generation());
                    }
                }
                case REPLACE -> {
                    waiting.addAll(staged);
                    if (commit.completesGeneration()) {
                        apply.emptyForAnother(row.table());
                        for (StagedTable table : waiting) {
                            apply.insert(table.named(known.columns()));
                        }
                    }
                }
                case UPSERT, MIRROR, HISTORY -> changes(apply, staged, known.anew());
            }
        }
        boolean keeps = commit.mode() == WriteMode.REPLACE && !commit.completesGeneration();
        List<StagedTable> used = commit.mode() == WriteMode.REPLACE ? waiting : staged;
        if (!keeps) {
            used.forEach(table -> spent.add(table.table()));
        }
        if (!book.write(
                connection, target.id(commit.identity().stream()), commit.identity(), commit.fencingToken(),
                keeps ? waiting : List.of(), commit.ledger())) {
            throw WindrowException.of(
                    JdbcError.COMMIT_CONFLICT, "Committing epoch " + commit.identity().epoch() + " of " + commit.identity().stream()
                            + ": another owner wrote the target's book at the same time");
        }
        return spent;
    }

    /** In the order of positions; tables whose positions overlap are put together first, so that keys are folded right. */
    private void changes(Apply apply, List<StagedTable> staged, OptionalLong begun) throws SQLException {
        boolean anew = row.generation() > 0 && commit.identity().generation() > row.generation();
        OptionalLong copied = commit.identity().generation() > 1 ? begun : OptionalLong.empty();
        if (anew && commit.mode() == WriteMode.HISTORY) {
            long now = ChronoUnit.MICROS.between(Instant.EPOCH, target.context().clock().instant());
            apply.end(now);
            target.tables(connection).beginAnew(connection, target.id(commit.identity().stream()), now);
            copied = OptionalLong.of(now);
        } else if (anew && commit.mode() == WriteMode.MIRROR) {
            apply.emptyForAnother(row.table());
        }
        List<StagedTable> ordered = new ArrayList<>(staged);
        ordered.sort(Comparator.comparingLong(StagedTable::first));
        List<StagedTable> whole = new ArrayList<>();
        for (StagedTable table : ordered) {
            StagedTable before = whole.isEmpty() ? null : whole.getLast();
            if (before != null && table.first() < before.last()) {
                whole.set(whole.size() - 1, apply.merge(before, table, staged.indexOf(table) + 1));
            } else {
                whole.add(table);
            }
        }
        for (StagedTable table : whole) {
            if (commit.mode() == WriteMode.HISTORY) {
                apply.history(table, commit.identity().generation() > 1 ? Apply.Generation.LATER : Apply.Generation.FIRST, copied);
            } else if (commit.mode() == WriteMode.UPSERT) {
                apply.written(table);
            } else {
                apply.state(table);
            }
        }
    }
}

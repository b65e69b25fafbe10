package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.Role;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a table's columns in the log become a stream's.
 *
 * @param columnOf for each column of the log the stream's, or −1
 * @param identity for each column of the log whether an image of a row's key holds it
 * @param missing the stream's columns that the log does not have
 * @param misfit what of the log's table does not fit the table as it was planned; empty: all does
 */
record LogBinding(int[] columnOf, boolean[] identity, int[] missing, Optional<Misfit> misfit) {
    private static final char FULL = 'f';

    /**
     * What does not fit between the log and the table as it was planned.
     *
     * @param column the column
     * @param kind how bad that is
     * @param why what the log has
     */
    record Misfit(String column, Kind kind, String why) {
        enum Kind {
            /** The log's rows hold it, and a stream leaves it out as long as the table computes it. */
            COMPUTED,
            /** The log's rows hold it, the table may have lost it since. */
            GONE,
            /** The log's rows hold it in another form, or are told by another key. */
            OTHER
        }

        private boolean isWorseThan(@Nullable Misfit other) {
            return other == null || kind.compareTo(other.kind) > 0;
        }
    }

    static LogBinding of(StreamShape shape, PublishedRelation relation) {
        List<PublishedColumn> columns = relation.columns();
        int[] columnOf = new int[columns.size()];
        boolean[] identity = new boolean[columnOf.length];
        boolean[] found = new boolean[shape.plans().size()];
        Misfit worst = null;
        for (int i = 0; i < columnOf.length; i++) {
            PublishedColumn column = columns.get(i);
            // A partition that came later identifies its rows by its primary key, also where its root says FULL.
            identity[i] = relation.identity() == FULL && !shape.schema().key().isEmpty()
                    ? shape.schema().key().contains(column.name())
                    : column.role() == Role.IDENTITY;
            columnOf[i] = shape.schema().indexOf(column.name());
            Misfit misfit = columnOf[i] < 0 ? beside(shape, column) : within(shape, relation, column);
            if (columnOf[i] >= 0) {
                found[columnOf[i]] = true;
            }
            if (misfit != null && misfit.isWorseThan(worst)) {
                worst = misfit;
            }
        }
        int[] missing = missing(found);
        if (missing.length > 0 && worst != null && worst.kind() == Misfit.Kind.GONE) {
            // A column gone and one come together may be one that was renamed: nobody guesses (D17).
            worst = new Misfit(
                    worst.column(), Misfit.Kind.OTHER,
                    worst.why() + ", where the table has " + shape.plans().get(missing[0]).column().name()
                            + ": it may have been renamed");
        }
        return new LogBinding(columnOf, identity, missing, Optional.ofNullable(worst));
    }

    /** How messages would be announced if the log did that. */
    static PublishedRelation messages(StreamShape shape) {
        return new PublishedRelation(
                0, shape.stream(), FULL,
                shape.available().stream()
                        .map(column -> new PublishedColumn(column.name(), column.typeOid(), column.typmod(), Role.VALUE))
                        .toList());
    }

    /** A column that the stream does not deliver. */
    private static @Nullable Misfit beside(StreamShape shape, PublishedColumn column) {
        if (shape.leftOut().contains(column.name())) {
            return new Misfit(column.name(), Misfit.Kind.COMPUTED, "is in the log, and was computed when the run was planned");
        }
        return shape.config().columns().isEmpty()
                ? new Misfit(column.name(), Misfit.Kind.GONE, "is in the log, and was not in the table when the run was planned")
                : null;
    }

    /** A column that the stream delivers. */
    private static @Nullable Misfit within(StreamShape shape, PublishedRelation relation, PublishedColumn column) {
        var planned = shape.column(column.name());
        if (planned.typeOid() != column.typeOid() || planned.typmod() != column.typmod()) {
            return new Misfit(column.name(), Misfit.Kind.OTHER, "has another type in the log than in the table");
        }
        List<String> key = shape.schema().key();
        if (key.contains(column.name()) && column.role() != Role.IDENTITY) {
            return new Misfit(
                    column.name(), Misfit.Kind.OTHER,
                    "is of the key by which the run was planned, and the log identifies rows by another (REPLICA IDENTITY)");
        }
        return key.isEmpty() && relation.identity() != FULL
                ? new Misfit(column.name(), Misfit.Kind.OTHER, "is not in the log's image of a deleted row any more (REPLICA IDENTITY)")
                : null;
    }

    private static int[] missing(boolean[] found) {
        int[] missing = new int[found.length];
        int count = 0;
        for (int i = 0; i < found.length; i++) {
            if (!found[i]) {
                missing[count++] = i;
            }
        }
        return Arrays.copyOf(missing, count);
    }
}

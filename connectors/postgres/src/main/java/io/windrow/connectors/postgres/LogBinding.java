package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.codec.FormerType;
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
 * @param former for each column of the log how its values become the stream's
 * @param missing the stream's columns that the log does not have
 * @param misfit what of the log's table does not fit the table as it was planned; empty: all does
 */
record LogBinding(
        int[] columnOf, boolean[] identity, FormerType[] former, int[] missing, Optional<Misfit> misfit) {
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
            /** The log's rows hold it under another name. */
            RENAMED,
            /** The log's rows hold it in another type, whose values are values of the table's too. */
            WIDENED,
            /** The log's rows hold it, the table may have lost it since. */
            GONE,
            /** The log's rows hold it in another form, or are told by another key. */
            OTHER
        }

        private boolean isWorseThan(@Nullable Misfit other) {
            return other == null || kind.compareTo(other.kind) > 0;
        }
    }

    /**
     * Binds the log's columns to those that have the same number, whatever they are called.
     *
     * @param numbers as {@link TableHistory#numbers} gives them
     */
    static LogBinding of(StreamShape shape, PublishedRelation relation, Optional<int[]> numbers) {
        List<PublishedColumn> columns = relation.columns();
        if (numbers.isEmpty()) {
            int[] none = new int[columns.size()];
            Arrays.fill(none, -1);
            return new LogBinding(none, new boolean[none.length], new FormerType[0], new int[0], Optional.of(unsure(shape, columns)));
        }
        int[] columnOf = new int[columns.size()];
        Misfit worst = null;
        for (int i = 0; i < columnOf.length; i++) {
            int number = numbers.get()[i];
            columnOf[i] = indexOf(shape, number);
            Misfit misfit = columnOf[i] < 0
                    ? beside(shape, number, columns.get(i))
                    : within(shape, relation, columnOf[i], columns.get(i));
            if (misfit != null && misfit.isWorseThan(worst)) {
                worst = misfit;
            }
        }
        LogBinding bound = of(shape, relation, columnOf, Optional.ofNullable(worst));
        // Behind the plan a column gone and one come together may be one that was renamed: nobody guesses (D17).
        boolean renamed = Arrays.stream(numbers.get()).anyMatch(number -> number == 0)
                && bound.missing().length > 0;
        return renamed ? of(shape, relation, columnOf, Optional.of(unsure(shape, columns))) : bound;
    }

    /** Binds messages, whose columns are always the same. */
    static LogBinding ofMessages(StreamShape shape) {
        PublishedRelation messages = messages(shape);
        int[] columnOf = messages.columns().stream().mapToInt(column -> shape.schema().indexOf(column.name())).toArray();
        return of(shape, messages, columnOf, Optional.empty());
    }

    private static LogBinding of(StreamShape shape, PublishedRelation relation, int[] columnOf, Optional<Misfit> worst) {
        boolean[] identity = new boolean[columnOf.length];
        boolean[] found = new boolean[shape.plans().size()];
        for (int i = 0; i < columnOf.length; i++) {
            // A partition that came later identifies its rows by its primary key, also where its root says FULL.
            identity[i] = relation.identity() == FULL && !shape.schema().key().isEmpty()
                    ? columnOf[i] >= 0 && shape.schema().key().contains(name(shape, columnOf[i]))
                    : relation.columns().get(i).role() == Role.IDENTITY;
            if (columnOf[i] >= 0) {
                found[columnOf[i]] = true;
            }
        }
        return new LogBinding(columnOf, identity, former(shape, relation.columns(), columnOf), missing(found), worst);
    }

    private static FormerType[] former(StreamShape shape, List<PublishedColumn> columns, int[] columnOf) {
        FormerType[] former = new FormerType[columnOf.length];
        Arrays.fill(former, FormerType.ALIKE);
        for (int i = 0; i < columnOf.length; i++) {
            if (columnOf[i] >= 0 && !isOfType(shape.column(name(shape, columnOf[i])), columns.get(i))) {
                // Of one that is not known no row is taken: it is a misfit.
                former[i] = former(shape, columnOf[i], columns.get(i)).orElse(FormerType.ALIKE);
            }
        }
        return former;
    }

    private static Optional<FormerType> former(StreamShape shape, int index, PublishedColumn column) {
        return shape.plans().get(index).former(column.typeOid(), column.typmod());
    }

    private static boolean isOfType(RelationColumn planned, PublishedColumn column) {
        return planned.typeOid() == column.typeOid() && planned.typmod() == column.typmod();
    }

    private static int indexOf(StreamShape shape, int number) {
        for (int i = 0; i < shape.plans().size(); i++) {
            if (shape.plans().get(i).column().id() == number) {
                return i;
            }
        }
        return -1;
    }

    private static String name(StreamShape shape, int column) {
        return shape.schema().columns().get(column).name();
    }

    private static Misfit unsure(StreamShape shape, List<PublishedColumn> columns) {
        String name = columns.stream()
                .map(PublishedColumn::name)
                .filter(column -> shape.schema().indexOf(column) < 0)
                .findFirst()
                .orElse(columns.getLast().name());
        return new Misfit(
                name, Misfit.Kind.OTHER,
                "of the log may be one or another of the table's, since columns were dropped and others added or renamed");
    }

    /** How messages would be announced if the log did that. */
    private static PublishedRelation messages(StreamShape shape) {
        return new PublishedRelation(
                0, shape.stream(), FULL,
                shape.available().stream()
                        .map(column -> new PublishedColumn(column.name(), column.typeOid(), column.typmod(), Role.VALUE))
                        .toList());
    }

    /** A column that the stream does not deliver. */
    private static @Nullable Misfit beside(StreamShape shape, int number, PublishedColumn column) {
        if (shape.available().stream().anyMatch(one -> one.number() == number && shape.leftOut().contains(one.name()))) {
            return new Misfit(column.name(), Misfit.Kind.COMPUTED, "is in the log, and was computed when the run was planned");
        }
        return shape.config().columns().isEmpty()
                ? new Misfit(column.name(), Misfit.Kind.GONE, "is in the log, and was not in the table when the run was planned")
                : null;
    }

    /** A column that the stream delivers. */
    private static @Nullable Misfit within(StreamShape shape, PublishedRelation relation, int index, PublishedColumn column) {
        RelationColumn planned = shape.column(name(shape, index));
        boolean differs = !isOfType(planned, column);
        if (differs && former(shape, index, column).isEmpty()) {
            return another(column, Misfit.Kind.OTHER);
        }
        List<String> key = shape.schema().key();
        if (key.contains(planned.name()) && column.role() != Role.IDENTITY) {
            return new Misfit(
                    column.name(), Misfit.Kind.OTHER,
                    "is of the key by which the run was planned, and the log identifies rows by another (REPLICA IDENTITY)");
        }
        if (key.isEmpty() && relation.identity() != FULL) {
            return new Misfit(
                    column.name(), Misfit.Kind.OTHER, "is not in the log's image of a deleted row any more (REPLICA IDENTITY)");
        }
        if (differs) {
            return another(column, Misfit.Kind.WIDENED);
        }
        return planned.name().equals(column.name())
                ? null
                : new Misfit(column.name(), Misfit.Kind.RENAMED, "is " + planned.name() + " in the table");
    }

    private static Misfit another(PublishedColumn column, Misfit.Kind kind) {
        return new Misfit(column.name(), kind, "has another type in the log than in the table");
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

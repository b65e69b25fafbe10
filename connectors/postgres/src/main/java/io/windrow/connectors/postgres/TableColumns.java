package io.windrow.connectors.postgres;

import io.windrow.connectors.postgres.catalog.Relation;
import io.windrow.connectors.postgres.catalog.RelationColumn;
import io.windrow.connectors.postgres.pgoutput.Lsn;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation.PublishedColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The columns that a table had when it was planned. A column is told by its number, which no other column of the table ever
 * gets; its name and its type may become others.
 *
 * @param lsn whatever is committed at or behind this place of the log was written to these columns, or to later ones
 * @param width the highest number that a column has or had
 * @param columns those that are not dropped, by number
 */
record TableColumns(long lsn, int width, Map<Integer, Form> columns) {
    TableColumns {
        columns = Map.copyOf(columns);
    }

    /** What a column is called and how its values are written. */
    record Form(String name, long typeOid, int typmod) {
        static Form of(PublishedColumn column) {
            return new Form(column.name(), column.typeOid(), column.typmod());
        }

        boolean is(PublishedColumn column) {
            return name.equals(column.name()) && typeOid == column.typeOid() && typmod == column.typmod();
        }
    }

    static TableColumns of(Relation relation, long lsn) {
        Map<Integer, Form> columns = new TreeMap<>();
        for (RelationColumn column : relation.columns()) {
            columns.put(column.number(), new Form(column.name(), column.typeOid(), column.typmod()));
        }
        return new TableColumns(lsn, relation.width(), columns);
    }

    static TableColumns of(StateText text) {
        Map<Integer, Form> columns = new TreeMap<>();
        for (String one : text.texts("all")) {
            String[] fields = one.split(" ", 4);
            if (fields.length < 4) {
                throw StateText.invalid("a column of a table cannot be read");
            }
            try {
                columns.put(Integer.valueOf(fields[0]), new Form(fields[3], Long.parseLong(fields[1]), Integer.parseInt(fields[2])));
            } catch (NumberFormatException e) {
                throw StateText.invalid("a column of a table cannot be read");
            }
        }
        return new TableColumns(LogPosition.lsn(text.text("lsn")), (int) text.number("width"), columns);
    }

    StateText toState() {
        List<String> all = new ArrayList<>();
        new TreeMap<>(columns).forEach((number, form) ->
                all.add(number + " " + form.typeOid() + " " + form.typmod() + " " + form.name()));
        return StateText.create().with("lsn", Lsn.text(lsn)).with("width", (long) width).with("all", all);
    }

    Optional<Form> column(int number) {
        return Optional.ofNullable(columns.get(number));
    }

    /** Whether nothing was altered between the two. */
    boolean isAs(TableColumns other) {
        return width == other.width && columns.equals(other.columns);
    }
}

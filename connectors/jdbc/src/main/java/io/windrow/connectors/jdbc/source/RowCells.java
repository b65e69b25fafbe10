package io.windrow.connectors.jdbc.source;

import io.windrow.connectors.jdbc.catalog.Cell;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the raw values of a row: the delivered columns, then what its place in the order needs beside them. Used by one thread. */
final class RowCells {
    private final Cell.Getter[] getters;
    private final int[] orderAt;
    private final @Nullable Object[] raws;

    RowCells(StreamShape shape) {
        List<Cell.Getter> all = new ArrayList<>(shape.columns().stream().map(column -> column.cell().getter()).toList());
        List<Integer> places = ReadSql.orderAt(shape);
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i) > all.size()) {
                all.add(shape.order().get(i).cell().getter());
            }
        }
        this.getters = all.toArray(Cell.Getter[]::new);
        this.orderAt = places.stream().mapToInt(place -> place - 1).toArray();
        this.raws = new Object[getters.length];
    }

    /** The raw values of the current row; the same array for every row. */
    @Nullable Object[] raws(ResultSet row) throws SQLException {
        for (int i = 0; i < getters.length; i++) {
            raws[i] = getters[i].raw(row, i + 1);
        }
        return raws;
    }

    /** A raw value of the order, of the row that was taken last. */
    @Nullable Object order(int place) {
        return raws[orderAt[place]];
    }
}

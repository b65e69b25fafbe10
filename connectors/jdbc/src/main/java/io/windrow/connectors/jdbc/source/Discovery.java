package io.windrow.connectors.jdbc.source;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.context.Notices;
import io.windrow.api.schema.StreamName;
import io.windrow.api.source.ReadMode;
import io.windrow.api.source.StreamDescription;
import io.windrow.connectors.jdbc.catalog.NativeTable;
import io.windrow.connectors.jdbc.catalog.ReadColumn;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Describes the streams that a config selects. */
final class Discovery {
    private final JdbcSource source;
    private final Session session;

    Discovery(JdbcSource source, Session session) {
        this.source = source;
        this.session = session;
    }

    List<StreamDescription> describe() throws SQLException {
        StreamSelection selection = StreamSelection.of(session, source, Notices.IGNORE);
        List<StreamDescription> found = new ArrayList<>();
        for (StreamName name : new TreeSet<>(selection.streams().keySet())) {
            found.add(describe(source.shape(session, selection, name)));
        }
        return found;
    }

    private static StreamDescription describe(StreamShape shape) {
        boolean keyed = !shape.order().isEmpty() && shape.lasting() == StreamShape.Lasting.KEY;
        Set<ReadMode> modes = EnumSet.of(ReadMode.SNAPSHOT);
        if (keyed) {
            modes.add(ReadMode.INCREMENTAL);
        }
        List<String> remarks = new ArrayList<>();
        if (shape.schema().key().isEmpty()) {
            remarks.add("It has no key.");
        }
        if (shape.order().isEmpty()) {
            remarks.add("Its rows have no order: an interrupted read begins again.");
        }
        if (shape.table().moments() == NativeTable.Moments.NOT_KEPT) {
            remarks.add("Its storage engine keeps no versions: no read of it is of one moment.");
        }
        return new StreamDescription(
                shape.schema(), shape.table().kind().name().toLowerCase(Locale.ROOT), modes, keyed ? cursors(shape) : List.of(),
                shape.table().rows(), shape.table().bytes(), remarks);
    }

    private static List<String> cursors(StreamShape shape) {
        record Rated(String name, int rank) {}
        List<Rated> rated = new ArrayList<>();
        for (ReadColumn column : shape.columns()) {
            if (column.order() != ReadColumn.Order.SORTS) {
                continue;
            }
            String exact = column.column().name();
            String name = exact.toLowerCase(Locale.ROOT);
            boolean time = column.column().type() instanceof ColumnType.Timestamp;
            if (time && (name.contains("updat") || name.contains("modif") || name.contains("chang"))) {
                rated.add(new Rated(exact, 0));
            } else if (time) {
                rated.add(new Rated(exact, name.contains("creat") ? 2 : 1));
            } else if (shape.schema().key().equals(List.of(exact)) && column.column().type() instanceof ColumnType.Int) {
                rated.add(new Rated(exact, 3));
            }
        }
        return rated.stream().sorted(Comparator.comparingInt(Rated::rank)).map(Rated::name).toList();
    }
}

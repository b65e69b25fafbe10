package io.windrow.connectors.jdbc.source;

import java.util.ArrayList;
import java.util.List;

/** What the splits and positions of a stream show of it. */
final class Places {
    private Places() {}

    /** The columns whose values stand in splits and positions. */
    static List<String> of(StreamShape shape) {
        List<String> names = new ArrayList<>();
        shape.order().forEach(column -> names.add(column.column().name()));
        shape.cursor().ifPresent(column -> names.add(column.column().name()));
        return names.stream().distinct().filter(name -> shape.schema().indexOf(name) >= 0).toList();
    }

    /** The bytes of one of so many parts, −1 if unknown. */
    static long share(StreamShape shape, int parts) {
        return shape.table().bytes() < 0 ? -1 : shape.table().bytes() / parts;
    }
}

package io.windrow.connectors.connect.record;

import io.windrow.api.schema.StreamName;
import java.util.ArrayList;
import java.util.List;

/** How Debezium names tables, as streams: the last two parts of what it has of database, schema and table. */
public final class TableIds {
    private TableIds() {}

    /** From a quoted id such as {@code "shop"."orders"}, in which a quote is doubled. */
    public static StreamName stream(String id) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < id.length() && id.charAt(i + 1) == '"') {
                    part.append(c);
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == '.' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString());
        int last = parts.size() - 1;
        return new StreamName(last == 0 ? "" : parts.get(last - 1), parts.get(last));
    }
}

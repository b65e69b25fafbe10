package io.windrow.connectors.postgres;

import io.windrow.api.batch.Presence;
import io.windrow.api.schema.StreamSchema;
import io.windrow.connectors.postgres.CopyPlace.Key;
import io.windrow.connectors.postgres.codec.ChangeDecoder;
import io.windrow.connectors.postgres.codec.FormerType;
import io.windrow.connectors.postgres.pgoutput.Messages;
import io.windrow.connectors.postgres.pgoutput.Tuple;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the cells of a log's rows into the columns of a stream. The reader's thread only.
 *
 * @param decoder what takes them; a row has begun
 */
record RowWriter(ChangeDecoder decoder) {
    /** Writes the row; what did not change is taken from the image of the old one, if that was sent and holds it. */
    void write(LogBinding columns, Tuple row, @Nullable Tuple old, Messages.Image image) {
        for (int i = 0; i < columns.columnOf().length; i++) {
            int column = columns.columnOf()[i];
            if (column < 0) {
                continue;
            }
            if (row.kind(i) != Tuple.UNCHANGED) {
                cell(columns, row, i);
            } else if (old != null && old.kind(i) != Tuple.UNCHANGED
                    && (image == Messages.Image.FULL || columns.identity()[i])) {
                cell(columns, old, i);
            } else {
                decoder.without(column, Presence.UNCHANGED);
            }
        }
        absent(columns);
    }

    /** Writes what the image of an old row holds. */
    void writeOld(LogBinding columns, Tuple old, Messages.Image image) {
        for (int i = 0; i < columns.columnOf().length; i++) {
            int column = columns.columnOf()[i];
            if (column < 0) {
                continue;
            }
            if (image == Messages.Image.KEY && !columns.identity()[i] || old.kind(i) == Tuple.UNCHANGED) {
                decoder.without(column, Presence.ABSENT);
            } else {
                cell(columns, old, i);
            }
        }
        absent(columns);
    }

    /** Writes the key alone, of which no row came. */
    void writeKey(StreamSchema schema, Key key) {
        for (int column = 0; column < schema.columns().size(); column++) {
            int part = schema.key().indexOf(schema.columns().get(column).name());
            if (part < 0) {
                decoder.without(column, Presence.ABSENT);
            } else {
                byte[] text = key.values().get(part).getBytes(StandardCharsets.UTF_8);
                decoder.text(column, text, 0, text.length);
            }
        }
    }

    private void absent(LogBinding columns) {
        for (int column : columns.missing()) {
            decoder.without(column, Presence.ABSENT);
        }
    }

    private void cell(LogBinding columns, Tuple row, int cell) {
        int column = columns.columnOf()[cell];
        FormerType former = columns.former()[cell];
        switch (row.kind(cell)) {
            case Tuple.NULL -> decoder.nullValue(column);
            case Tuple.BINARY -> decoder.value(column, former, row.bytes(), row.offset(cell), row.length(cell));
            case Tuple.TEXT -> decoder.text(column, former, row.bytes(), row.offset(cell), row.length(cell));
            default -> throw decoder.misfit(column, "a cell of an unknown kind");
        }
    }
}

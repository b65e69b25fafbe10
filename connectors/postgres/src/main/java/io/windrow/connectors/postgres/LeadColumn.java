package io.windrow.connectors.postgres;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.PostgresPosition.RowPlace;
import io.windrow.connectors.postgres.codec.CopyDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The column that a read puts before a row's own, so that it knows from which row on reading can go on: it is taken off each
 * row and kept for the position. Used by one thread.
 */
final class LeadColumn {
    private static final int HEADER_BYTES = 19;

    private final StreamName stream;
    private final ReadSql.Lead kind;
    private final Optional<PostgresPosition> from;
    private @Nullable RowPlace place;
    private byte[] key = new byte[0];
    private boolean headerSeen;

    LeadColumn(StreamName stream, ReadSql.Lead kind, Optional<PostgresPosition> from) {
        this.stream = stream;
        this.kind = kind;
        this.from = from;
        from.flatMap(PostgresPosition::row).ifPresent(row -> place = row);
    }

    /** Whether rows have such a column. */
    boolean isThere() {
        return kind != ReadSql.Lead.NONE;
    }

    /** Where reading goes on after the last row that was taken, of which the decoder has received so many. */
    PostgresPosition position(long received) {
        long total = from.map(PostgresPosition::rows).orElse(0L) + received;
        return switch (kind) {
            case NONE -> new PostgresPosition(total, Optional.empty(), List.of());
            case ROW_PLACE -> new PostgresPosition(total, Optional.ofNullable(place), List.of());
            case KEY -> new PostgresPosition(
                    total,
                    Optional.empty(),
                    StateText.parse("{\"key\":" + new String(key, StandardCharsets.UTF_8) + "}")
                            .texts("key"));
        };
    }

    /** Gives the format's header to the decoder, once, and says where the first row begins. */
    int afterHeader(byte[] message, int at, int end, CopyDecoder rows) {
        if (headerSeen) {
            return at;
        }
        headerSeen = true;
        int length = end - at < HEADER_BYTES
                ? end - at
                : HEADER_BYTES + ByteBuffer.wrap(message).getInt(at + HEADER_BYTES - 4);
        rows.append(message, at, length);
        return at + length;
    }

    /** Takes the leading column off the row, in place, and gives the offset at which the shorter row begins. */
    int takenOff(byte[] message, int at) {
        ByteBuffer row = ByteBuffer.wrap(message);
        short columns = row.getShort(at);
        if (columns < 0) {
            return at;
        }
        int length = row.getInt(at + 2);
        int leadAt = at + 6;
        if (kind == ReadSql.Lead.ROW_PLACE) {
            RowPlace next = new RowPlace(
                    Integer.toUnsignedLong(row.getInt(leadAt)), Short.toUnsignedInt(row.getShort(leadAt + 4)));
            RowPlace before = place;
            if (before != null && next.compareTo(before) <= 0) {
                throw WindrowException.of(
                        PostgresError.END_NOT_PROVEN,
                        "Reading " + stream + ": row " + next + " came after row " + before
                                + ", so that positions would not be exact");
            }
            place = next;
        } else {
            key = Arrays.copyOfRange(message, leadAt, leadAt + length);
        }
        int begin = leadAt + length - 2;
        row.putShort(begin, (short) (columns - 1));
        return begin;
    }
}

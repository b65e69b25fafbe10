package io.windrow.connectors.connect.record;

import io.windrow.api.batch.Position;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.host.SavedText;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far a connector was read: all rows before it were delivered.
 *
 * @param transaction the place of the transaction that is being read, as {@link LogOrder} counts it; {@link #COPYING} during a
 *     copy, which cannot be gone on with
 * @param row the number, within the transaction, behind the last row that was delivered
 * @param offsets what the connector is told when it goes on here
 */
public record LogPlace(long transaction, long row, SavedOffsets offsets) {
    /** Before every place of a log. */
    public static final long COPYING = -2;
    /** Where a connector begins that copies nothing first. */
    public static final LogPlace BEGINNING = new LogPlace(-1, 0, SavedOffsets.NONE);

    private static final int VERSION = 1;
    private static final String KIND = "connect";

    /** Whoever goes on at the lower one gets all that lies behind the higher one. */
    public static final Comparator<Position> ORDER = Comparator.comparing(
            LogPlace::of, Comparator.comparingLong(LogPlace::transaction).thenComparingLong(LogPlace::row));

    /** What {@link #toPosition} gave. */
    public static LogPlace of(Position position) {
        if (position.version() != VERSION) {
            throw SavedText.invalid("a position of version " + position.version());
        }
        Map<String, ?> text = SavedText.read(position.text());
        if (!SavedText.field(text, "at", String.class).equals(KIND)) {
            throw SavedText.invalid("the position is not one of a connector");
        }
        return new LogPlace(
                SavedText.field(text, "transaction", Long.class),
                SavedText.field(text, "row", Long.class),
                SavedOffsets.of(SavedText.objects(text, "offsets")));
    }

    /** The place as it is saved. */
    public Position toPosition() {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("at", KIND);
        text.put("transaction", transaction);
        text.put("row", row);
        text.put("offsets", offsets.toList());
        return new Position(VERSION, SavedText.write(text));
    }

    /** Whether a row was delivered, given its transaction's place and its number within that, from 0. */
    public boolean covers(long ofTransaction, long number) {
        return ofTransaction < transaction || ofTransaction == transaction && number < row;
    }
}

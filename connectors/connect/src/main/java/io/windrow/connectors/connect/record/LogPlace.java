package io.windrow.connectors.connect.record;

import io.windrow.api.batch.Position;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.host.SavedText;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a connector was read: all rows before it were delivered.
 *
 * @param transaction the place of the transaction that is being read, as {@link LogOrder} counts it; {@link #COPYING} during a
 *     copy, which cannot be gone on with
 * @param row the number, within the transaction, behind the last row that was delivered
 * @param offsets what the connector is told when it goes on here
 * @param log whose log it is a place of
 * @param halfway how much of a transaction was delivered, for a server that has it in other events
 */
public record LogPlace(long transaction, long row, SavedOffsets offsets, Log log, Halfway halfway) {
    /** Before every place of a log. */
    public static final long COPYING = -2;
    /** Where a connector begins that copies nothing first. */
    public static final LogPlace BEGINNING = new LogPlace(-1, 0, SavedOffsets.NONE);

    /**
     * A log.
     *
     * @param server which server's, as it names itself; empty: nobody can tell
     * @param shift what is added to its own places, so that those of a server that took over lie behind all of the one before
     */
    public record Log(String server, long shift) {
        /** Of a server that does not name itself. */
        public static final Log UNNAMED = new Log("", 0);
    }

    private static final int VERSION = 1;
    private static final String KIND = "connect";

    /** Whoever goes on at the lower one gets all that lies behind the higher one. */
    public static final Comparator<Position> ORDER = Comparator.comparing(
            LogPlace::of, Comparator.comparingLong(LogPlace::transaction).thenComparingLong(LogPlace::row));

    /** A place of a log that nobody names, of which no transaction is counted. */
    public LogPlace(long transaction, long row, SavedOffsets offsets) {
        this(transaction, row, offsets, Log.UNNAMED, Halfway.NONE);
    }

    /** What {@link #toPosition} gave. */
    public static LogPlace of(Position position) {
        if (position.version() != VERSION) {
            throw SavedText.invalid("a position of version " + position.version());
        }
        Map<String, @Nullable Object> text = SavedText.read(position.text());
        if (!SavedText.field(text, "at", String.class).equals(KIND)) {
            throw SavedText.invalid("the position is not one of a connector");
        }
        return new LogPlace(
                SavedText.field(text, "transaction", Long.class),
                SavedText.field(text, "row", Long.class),
                SavedOffsets.of(SavedText.objects(text, "offsets")),
                text.containsKey("server")
                        ? new Log(SavedText.field(text, "server", String.class), SavedText.field(text, "shift", Long.class))
                        : Log.UNNAMED,
                text.containsKey("halfway") ? Halfway.of(SavedText.object(text, "halfway")) : Halfway.NONE);
    }

    /** The place as it is saved. */
    public Position toPosition() {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("at", KIND);
        text.put("transaction", transaction);
        text.put("row", row);
        text.put("offsets", offsets.toList());
        if (!log.equals(Log.UNNAMED)) {
            text.put("server", log.server());
            text.put("shift", log.shift());
        }
        if (!halfway.isNothing()) {
            text.put("halfway", halfway.toMap());
        }
        return new Position(VERSION, SavedText.write(text));
    }

    /** The same place, named and counted. */
    public LogPlace in(Log of, Halfway counted) {
        return new LogPlace(transaction, row, offsets, of, counted);
    }

    /** The place as the server itself counts. */
    public long unshifted() {
        return transaction - log.shift();
    }

    /** Whether a row was delivered, given its transaction's place and its number within that, from 0. */
    public boolean covers(long ofTransaction, long number) {
        return ofTransaction < transaction || ofTransaction == transaction && number < row;
    }
}

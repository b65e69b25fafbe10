package io.windrow.connectors.connect.record;

import io.windrow.connectors.connect.host.SavedText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a connector's offsets become places that grow with the log, each the same whenever the log is read again. */
public sealed interface LogOrder {
    /**
     * The place of the transaction that an offset lies in.
     *
     * @param offset what came with a record
     * @param before the place and the offset of the record before it
     */
    long place(Map<String, ?> offset, Before before);

    /**
     * The number of a record's row within its transaction; a change of key takes two.
     *
     * @param offset what came with the record
     * @param next the number behind the row before it, 0 at the start of the transaction
     */
    long number(Map<String, ?> offset, long next);

    /** The place of an offset for people. */
    default String text(Map<String, ?> offset) {
        return offset.toString();
    }

    /** Whether places and numbers can be compared that were found by two readings, from two starts or of other tables. */
    boolean isAbsolute();

    /** The record before. */
    record Before(long place, Map<String, ?> offset) {}

    /**
     * MariaDB's and MySQL's binary log: the file's number and the place in it where the transaction begins.
     */
    record Binlog() implements LogOrder {
        /** Files may be larger than 4 GiB, by a transaction that is. */
        private static final int BITS = 36;
        private static final int ROW_BITS = 26;
        private static final Pattern FILE = Pattern.compile(".*\\.(\\d+)");

        @Override
        public long place(Map<String, ?> offset, Before before) {
            return place(offset.get("file"), offset.get("pos"));
        }

        /** The place of a file and a place within it. */
        public static long place(@Nullable Object file, @Nullable Object position) {
            Matcher number = FILE.matcher(String.valueOf(file));
            if (!number.matches() || !(position instanceof Number at)) {
                throw SavedText.invalid("an offset without a place in the binary log: file " + file + ", pos " + position);
            }
            return Long.parseLong(number.group(1)) << BITS | at.longValue();
        }

        @Override
        public String text(Map<String, ?> offset) {
            return offset.get("file") + ":" + offset.get("pos");
        }

        /** By the number of the event in its transaction and of the row in its event, whichever tables are read. */
        @Override
        public long number(Map<String, ?> offset, long next) {
            long event = offset.get("event") instanceof Number number ? number.longValue() : 0;
            long row = offset.get("row") instanceof Number number ? number.longValue() : 0;
            return event << ROW_BITS | row * 2;
        }

        @Override
        public boolean isAbsolute() {
            return true;
        }
    }

    /**
     * Of any other connector transactions are counted.
     *
     * @param keys what in an offset differs from one transaction to the next; empty: every record is one of its own
     */
    record Counted(List<String> keys) implements LogOrder {
        @Override
        public long place(Map<String, ?> offset, Before before) {
            boolean same = !keys.isEmpty() && before.place() > 0
                    && keys.stream().allMatch(key -> Objects.equals(text(offset, key), text(before.offset(), key)));
            return same ? before.place() : before.place() + 1;
        }

        private static String text(Map<String, ?> offset, String key) {
            return String.valueOf(offset.get(key));
        }

        @Override
        public long number(Map<String, ?> offset, long next) {
            return next;
        }

        @Override
        public boolean isAbsolute() {
            return false;
        }
    }
}

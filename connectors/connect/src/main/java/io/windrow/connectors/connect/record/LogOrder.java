package io.windrow.connectors.connect.record;

import io.windrow.connectors.connect.host.SavedText;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    /** This order of the places of another server; only where places are absolute. */
    default LogOrder shifted(long by) {
        return this;
    }

    /** Whether places and numbers can be compared that were found by two readings, from two starts or of other tables. */
    boolean isAbsolute();

    /** The record before. */
    record Before(long place, Map<String, ?> offset) {}

    /**
     * MariaDB's and MySQL's binary log: the file's number and the place in it where the transaction begins.
     *
     * @param shift what is added to each place of the server's, as {@link LogPlace.Log} says
     */
    record Binlog(long shift) implements LogOrder {
        /** The places as the server has them. */
        public Binlog() {
            this(0);
        }

        /** Files may be larger than 4 GiB, by a transaction that is. */
        private static final int BITS = 36;
        private static final int ROW_BITS = 26;
        /** A server stops at ten. */
        private static final int MOST_DIGITS = 18;

        @Override
        public long place(Map<String, ?> offset, Before before) {
            return place(offset.get("file"), offset.get("pos")) + shift;
        }

        /** The shift under which the file of a place is the one behind the file of another place. */
        public static long shiftBehind(long place, long behind) {
            return ((behind >>> BITS) + 1 - (place >>> BITS)) << BITS;
        }

        @Override
        public LogOrder shifted(long by) {
            return new Binlog(by);
        }

        /** The place of a file and a place within it, as the server has it. */
        public static long place(@Nullable Object file, @Nullable Object position) {
            long number = file instanceof String name ? number(name) : -1;
            if (number < 0 || !(position instanceof Number at)) {
                throw SavedText.invalid("an offset without a place in the binary log: file " + file + ", pos " + position);
            }
            return number << BITS | at.longValue();
        }

        /** The number behind the last dot of a file's name; negative if there is none. Asked with every row. */
        private static long number(String file) {
            int dot = file.lastIndexOf('.');
            if (dot < 0 || dot == file.length() - 1 || file.length() - dot > MOST_DIGITS) {
                return -1;
            }
            long number = 0;
            for (int i = dot + 1; i < file.length(); i++) {
                int digit = file.charAt(i) - '0';
                if (digit < 0 || digit > 9) {
                    return -1;
                }
                number = number * 10 + digit;
            }
            return number;
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

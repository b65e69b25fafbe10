package io.windrow.connectors.connect.record;

import io.windrow.connectors.connect.record.TableForm.ColumnForm;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether MariaDB or MySQL leaves every value as it was when a column gets another type. What is not known to, does not. */
final class TypeChange {
    private static final List<String> WHOLE = List.of("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT");
    private static final List<String> TEXTS = List.of("TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT");
    private static final List<String> BLOBS = List.of("TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB");
    private static final Set<String> LISTS = Set.of("ENUM", "SET");
    private static final Set<String> TIMES = Set.of("DATETIME", "TIMESTAMP", "TIME");
    /** Longer ones hold shorter ones as they are; what is shorter than a BINARY is filled up. */
    private static final Set<String> GROWING = Set.of("VARCHAR", "CHAR", "VARBINARY");
    /** How many digits a DECIMAL has that does not say. */
    private static final long DIGITS = 10;

    private TypeChange() {}

    /**
     * Whether all values stay.
     *
     * @param charset the character set that the column has afterwards; empty: not known
     */
    static boolean keeps(ColumnForm before, ColumnForm after, Optional<String> charset) {
        // A null would become a zero or an empty text, and a zero a number of its own.
        return !(before.optional() && !after.optional()) && !(after.counts() && !before.counts())
                && (isText(before) || isText(after) ? text(before, after, charset) : other(before, after));
    }

    /** Whether a column is as it was. */
    static boolean isSame(ColumnForm before, ColumnForm after) {
        boolean whole = WHOLE.contains(whole(before)) && before.type().equals(after.type());
        return (whole || before.type().equals(after.type()) && before.length().equals(after.length()) && before.scale().equals(after.scale()))
                && before.words().equals(after.words()) && !(before.optional() && !after.optional()) && before.counts() == after.counts();
    }

    /** Whether values in a character set are the same texts in another one. */
    static boolean isSameText(Optional<String> before, Optional<String> after) {
        return before.isPresent() && (before.equals(after)
                || after.filter("utf8mb4"::equals).isPresent() && before.filter(one -> one.equals("utf8mb3") || one.equals("ascii")).isPresent());
    }

    static boolean isText(ColumnForm column) {
        return Set.of("VARCHAR", "CHAR").contains(column.base()) || TEXTS.contains(column.base()) || LISTS.contains(column.base());
    }

    private static boolean text(ColumnForm before, ColumnForm after, Optional<String> charset) {
        if (!isText(before) || !isText(after) || !isSameText(before.charset(), charset)) {
            return false;
        }
        if (before.type().equals(after.type()) && LISTS.contains(before.type())) {
            int words = before.words().size();
            return words > 0 && after.words().size() >= words && after.words().subList(0, words).equals(before.words());
        }
        if (before.type().equals(after.type()) && GROWING.contains(before.type())) {
            return isLonger(before, after);
        }
        // What has a limit in bytes may not hold the same text in wider characters.
        int to = TEXTS.indexOf(after.type());
        return before.charset().equals(charset) && after.length().isEmpty()
                && (before.type().equals("VARCHAR") ? to >= TEXTS.indexOf("TEXT") : TEXTS.contains(before.type()) && to >= TEXTS.indexOf(before.type()));
    }

    private static boolean other(ColumnForm before, ColumnForm after) {
        int from = WHOLE.indexOf(whole(before));
        int to = WHOLE.indexOf(whole(after));
        if (from >= 0 && to >= 0) {
            return isUnsigned(before) == isUnsigned(after) ? to >= from : isUnsigned(before) && to > from;
        }
        if (isDecimal(before) && isDecimal(after)) {
            return before.scale().orElse(0) == after.scale().orElse(0) && after.length().orElse(DIGITS) >= before.length().orElse(DIGITS)
                    && (isUnsigned(before) || !isUnsigned(after));
        }
        if (BLOBS.contains(after.type()) && after.length().isEmpty()) {
            return before.type().equals("VARBINARY") ? BLOBS.indexOf(after.type()) > 0
                    : BLOBS.contains(before.type()) && BLOBS.indexOf(after.type()) >= BLOBS.indexOf(before.type());
        }
        if (before.type().equals(after.type()) && TIMES.contains(before.type())) {
            return after.length().orElse(0) >= before.length().orElse(0);
        }
        if (before.type().equals(after.type()) && GROWING.contains(before.type())) {
            return isLonger(before, after);
        }
        return before.type().equals(after.type()) && before.length().equals(after.length()) && before.scale().equals(after.scale())
                && before.words().equals(after.words());
    }

    private static boolean isLonger(ColumnForm before, ColumnForm after) {
        return before.length().isPresent() && after.length().isPresent() && after.length().getAsLong() >= before.length().getAsLong();
    }

    private static String whole(ColumnForm column) {
        return switch (column.base()) {
            case "INTEGER" -> "INT";
            case "BOOL", "BOOLEAN" -> "TINYINT";
            default -> column.base();
        };
    }

    private static boolean isDecimal(ColumnForm column) {
        return Set.of("DECIMAL", "NUMERIC", "DEC", "FIXED").contains(column.base());
    }

    private static boolean isUnsigned(ColumnForm column) {
        return column.type().contains("UNSIGNED") || column.type().contains("ZEROFILL");
    }
}

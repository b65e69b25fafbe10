package io.windrow.connectors.jdbc.source;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.jdbc.catalog.SourceError;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raw values of keys and cursors, as they are saved and bound again. A saved value is data and never becomes part of a
 * statement (H19). They are compared by the database only.
 */
final class Raw {
    private Raw() {}

    /** The text of a value that can be bound again; its first letter says what it is. */
    static String text(@Nullable Object raw, String doing) {
        return switch (raw) {
            case Long number -> "n" + number;
            case BigDecimal number -> "d" + number.toPlainString();
            case Double number -> "f" + number;
            case String text -> "t" + text;
            case byte[] bytes -> "b" + Base64.getEncoder().encodeToString(bytes);
            case null -> throw WindrowException.of(SourceError.KEY_BROKEN, doing + ": a value of the key or cursor is null");
            default -> throw WindrowException.of(
                    SourceError.KEY_BROKEN, doing + ": a value of the key or cursor is a " + raw.getClass().getSimpleName());
        };
    }

    /** The value of a text that {@link #text} made. */
    static Object of(String text) {
        String rest = text.isEmpty() ? "" : text.substring(1);
        try {
            return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
                case 'n' -> Long.valueOf(rest);
                case 'd' -> new BigDecimal(rest);
                case 'f' -> Double.valueOf(rest);
                case 't' -> rest;
                case 'b' -> Base64.getDecoder().decode(rest);
                default -> throw StateText.invalid("a value of an unknown kind");
            };
        } catch (IllegalArgumentException e) {
            throw StateText.invalid("a value that is not of its kind");
        }
    }

    static void bind(PreparedStatement statement, List<?> values) throws SQLException {
        int at = 1;
        for (Object value : values) {
            switch (value) {
                case Long number -> statement.setLong(at, number);
                case BigDecimal number -> statement.setBigDecimal(at, number);
                case Double number -> statement.setDouble(at, number);
                case byte[] bytes -> statement.setBytes(at, bytes);
                default -> statement.setString(at, value.toString());
            }
            at++;
        }
    }
}

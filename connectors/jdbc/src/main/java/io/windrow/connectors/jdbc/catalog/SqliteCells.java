package io.windrow.connectors.jdbc.catalog;

import io.windrow.connectors.jdbc.catalog.Cell.Getter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Values of SQLite by how each is stored: a whole number, a float, a text or bytes, whatever the column says. */
final class SqliteCells {
    private static final long EXACT_IN_DOUBLE = 1L << 53;

    private static final Getter STORED = SqliteCells::stored;

    static final Cell WHOLE = new Cell(STORED, raw -> raw instanceof Long ? raw : misfit(raw));
    static final Cell FLAG = new Cell(STORED, raw -> raw instanceof Long number && (number == 0 || number == 1) ? number == 1 : misfit(raw));
    static final Cell TEXT = new Cell(STORED, raw -> raw instanceof String ? raw : misfit(raw));
    static final Cell BYTES = new Cell(STORED, raw -> raw instanceof byte[] ? raw : misfit(raw));
    static final Cell REAL = new Cell(STORED, SqliteCells::real);
    static final Cell UNSIGNED = new Cell(STORED, SqliteCells::unsigned);
    static final Cell UUID = new Cell(STORED, SqliteCells::uuid);
    static final Cell DATE = new Cell(STORED, raw -> IsoTexts.date(text(raw)));
    static final Cell TIME = new Cell(STORED, raw -> IsoTexts.time(text(raw)));
    static final Cell LOCAL = new Cell(STORED, raw -> IsoTexts.local(text(raw)));
    static final Cell INSTANT = new Cell(STORED, SqliteCells::instant);
    /** A number in its shortest form, bytes as {@code x'00ff'}. */
    static final Cell ANY_AS_TEXT = new Cell(STORED, SqliteCells::anyAsText);

    private SqliteCells() {}

    /** Numbers of a decimal are stored as floats: the shortest decimal that names the float is what was meant. */
    static Cell decimal(TypeName type) {
        int scale = Math.max(0, type.second());
        return new Cell(STORED, raw -> {
            BigDecimal value = switch (raw) {
                case Long number -> BigDecimal.valueOf(number);
                case Double number when Double.isFinite(number) -> BigDecimal.valueOf(number);
                case String text when text.matches("-?[0-9]{1,40}(\\.[0-9]{1,40})?") -> new BigDecimal(text);
                default -> throw new Misfit(kind(raw));
            };
            BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
            if (plain.scale() > scale || plain.precision() - plain.scale() > type.first() - scale) {
                throw new Misfit("too_many_digits");
            }
            return plain.scale() < 0 ? plain.setScale(0) : plain;
        });
    }

    private static @Nullable Object stored(ResultSet row, int at) throws SQLException {
        Object value = row.getObject(at);
        return switch (value) {
            // The driver has no array for bytes of length 0.
            case null -> row.wasNull() ? null : new byte[0];
            case Integer number -> number.longValue();
            case String text when text.indexOf('\uFFFD') >= 0 -> genuine(row, at, text);
            default -> value;
        };
    }

    /** Bytes that are no text come from the driver with marks of replacement in them: they are what is stored. */
    private static Object genuine(ResultSet row, int at, String text) throws SQLException {
        byte[] bytes = row.getBytes(at);
        boolean same = Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_8))
                || Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_16LE))
                || Arrays.equals(bytes, text.getBytes(StandardCharsets.UTF_16BE));
        return same ? text : bytes;
    }

    private static Object misfit(Object raw) throws Misfit {
        throw new Misfit(kind(raw));
    }

    private static String kind(Object raw) {
        return switch (raw) {
            case Long ignored -> "stored_whole_number";
            case Double ignored -> "stored_float";
            case String ignored -> "stored_text";
            default -> "stored_bytes";
        };
    }

    private static String text(Object raw) throws Misfit {
        if (raw instanceof String text) {
            return text;
        }
        throw new Misfit(kind(raw));
    }

    private static Object real(Object raw) throws Misfit {
        return switch (raw) {
            case Double number -> number;
            case Long number when Math.abs(number) <= EXACT_IN_DOUBLE -> number.doubleValue();
            default -> throw new Misfit(kind(raw));
        };
    }

    private static Object unsigned(Object raw) throws Misfit {
        String digits = text(raw);
        if (!digits.matches("[0-9]{1,20}") || new BigInteger(digits).bitLength() > 64) {
            throw new Misfit("no_whole_number");
        }
        return new BigInteger(digits);
    }

    private static Object uuid(Object raw) throws Misfit {
        if (raw instanceof byte[] bytes && bytes.length == 16) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new java.util.UUID(buffer.getLong(), buffer.getLong());
        }
        return Cells.uuid(text(raw));
    }

    private static Instant instant(Object raw) throws Misfit {
        String text = text(raw);
        if (!text.endsWith("Z")) {
            throw new Misfit("no_instant");
        }
        return IsoTexts.local(text.substring(0, text.length() - 1)).toInstant(ZoneOffset.UTC);
    }

    private static Object anyAsText(Object raw) {
        return raw instanceof byte[] bytes ? "x'" + HexFormat.of().formatHex(bytes) + "'" : raw.toString();
    }
}

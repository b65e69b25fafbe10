package io.windrow.connectors.jdbc.catalog;

import io.windrow.connectors.jdbc.catalog.Cell.Getter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.util.UUID;

/** The cells that several databases share. */
final class Cells {
    static final Getter LONG = (row, at) -> {
        long value = row.getLong(at);
        return row.wasNull() ? null : (Object) value;
    };
    static final Getter DECIMAL = ResultSet::getBigDecimal;
    static final Getter TEXT = ResultSet::getString;
    static final Getter BYTES = ResultSet::getBytes;

    static final Cell WHOLE = new Cell(LONG, raw -> raw);
    static final Cell BIG_WHOLE = new Cell(DECIMAL, raw -> whole((BigDecimal) raw));
    static final Cell EXACT = new Cell(DECIMAL, raw -> raw);
    static final Cell CHARACTERS = new Cell(TEXT, raw -> raw);
    static final Cell BINARY = new Cell(BYTES, raw -> raw);
    static final Cell DOUBLE = new Cell((row, at) -> {
        double value = row.getDouble(at);
        return row.wasNull() ? null : (Object) value;
    }, raw -> raw);
    static final Cell FLOAT = new Cell((row, at) -> {
        float value = row.getFloat(at);
        return row.wasNull() ? null : (Object) value;
    }, raw -> raw);
    /** From a number that is 0 or 1. */
    static final Cell FLAG = new Cell(LONG, raw -> flag((Long) raw));
    static final Cell UUID_TEXT = new Cell(TEXT, raw -> uuid((String) raw));
    static final Cell DATE = new Cell(TEXT, raw -> IsoTexts.date((String) raw));
    static final Cell LOCAL = new Cell(TEXT, raw -> IsoTexts.local((String) raw));
    static final Cell INSTANT = new Cell(TEXT, raw -> IsoTexts.local((String) raw).toInstant(java.time.ZoneOffset.UTC));
    static final Cell TIME = new Cell(TEXT, raw -> IsoTexts.time((String) raw));
    static final Cell SPAN = new Cell(TEXT, raw -> IsoTexts.span((String) raw));

    private Cells() {}

    private static BigInteger whole(BigDecimal value) throws Misfit {
        try {
            return value.toBigIntegerExact();
        } catch (ArithmeticException e) {
            throw new Misfit("no_whole_number");
        }
    }

    private static Boolean flag(Long value) throws Misfit {
        if (value != 0 && value != 1) {
            throw new Misfit("neither_0_nor_1");
        }
        return value == 1;
    }

    static UUID uuid(String text) throws Misfit {
        try {
            UUID uuid = UUID.fromString(text);
            if (uuid.toString().equalsIgnoreCase(text)) {
                return uuid;
            }
        } catch (IllegalArgumentException e) {
            throw new Misfit("no_uuid");
        }
        throw new Misfit("no_uuid");
    }
}

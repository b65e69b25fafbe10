package io.windrow.connectors.jdbc.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * How a value of one column is taken from a driver.
 *
 * @param getter takes the raw value
 * @param converter makes the delivered value of it
 */
public record Cell(Getter getter, Converter converter) {
    /** Takes the raw value of the current row; null for NULL and for nothing else. */
    @FunctionalInterface
    public interface Getter {
        /**
         * The raw value: a Boolean, Long, Float, Double, BigDecimal, BigInteger, String or byte array.
         *
         * @param at the column's place, from 1
         */
        @Nullable Object raw(ResultSet row, int at) throws SQLException;
    }

    /** From the raw value to the Java type that {@link io.windrow.api.batch.BatchBuilder} takes for the column. */
    @FunctionalInterface
    public interface Converter {
        /** The value; exact, or refused. */
        Object value(Object raw) throws Misfit;
    }
}

package io.windrow.connectors.jdbc.sql;

/**
 * How a database holds a column.
 *
 * @param declared the type in the target's table
 * @param staged the type in a staging table
 * @param wire the form in which values pass through the driver, in both directions
 * @param in the expression that makes a value of the table from a staged one, written {@code %s}
 * @param out the expression that makes a value for the driver from one of the table, written {@code %s}
 * @param restage the expression that makes a staged value from one of the table, written {@code %s}
 */
public record SqlType(String declared, String staged, Wire wire, String in, String out, String restage) {
    /** A type that is staged as it is held, and passes through the driver as it is. */
    static SqlType same(String declared, Wire wire) {
        return new SqlType(declared, declared, wire, "%s", "%s", "%s");
    }

    /** A type that is staged as it is held, and read through an expression. */
    static SqlType read(String declared, Wire wire, String out) {
        return new SqlType(declared, declared, wire, "%s", out, "%s");
    }

    /** A type that is staged in the form of the driver. */
    static SqlType converted(String declared, String staged, Wire wire, String in, String out) {
        return new SqlType(declared, staged, wire, in, out, out);
    }

    /** The value of a column, for the table. */
    public String in(String column) {
        return in.replace("%s", column);
    }

    /** The value of a column, for the driver. */
    public String out(String column) {
        return out.replace("%s", column);
    }

    /** The value of a column, for a staging table. */
    public String restage(String column) {
        return restage.replace("%s", column);
    }
}

package io.windrow.connectors.jdbc.catalog;

/** A value that its column's type cannot hold. Its text is the kind of value and never the value (I11). */
public final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    /** Of the kind, in lower case with underscores: {@code zero_date}. */
    public Misfit(String kind) {
        super(kind, null, false, false);
    }

    /** The kind of value. */
    public String kind() {
        return String.valueOf(getMessage());
    }
}

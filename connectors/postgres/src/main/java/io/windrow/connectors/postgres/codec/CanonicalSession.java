package io.windrow.connectors.postgres.codec;

import java.util.List;

/** The session settings on which PostgreSQL's text forms depend, pinned so that a value has one text form (I7). */
public final class CanonicalSession {
    private CanonicalSession() {}

    /**
     * Each as {@code name = value}, to be set on every connection and in every transaction that reads values. lc_monetary is
     * left alone, because the scale of type money is the database's. search_path is pinned so that regclass and its kin are written with their
     * schema; a query stream must qualify its names.
     */
    public static List<String> settings() {
        return List.of(
                "datestyle = 'ISO, MDY'",
                "intervalstyle = 'postgres'",
                "timezone = 'UTC'",
                "extra_float_digits = 1",
                "bytea_output = 'hex'",
                "quote_all_identifiers = off",
                "search_path = pg_catalog");
    }
}

package io.windrow.connectors.postgres.codec;

import java.util.List;

/** The session settings on which PostgreSQL's text forms depend, pinned so that a value has one text form (I7). */
public final class CanonicalSession {
    private CanonicalSession() {}

    /**
     * To be run once on every connection that reads values, before any transaction. lc_monetary is left alone, because the
     * scale of type money is the database's. search_path is pinned so that regclass and its kin are written with their
     * schema; a query stream must qualify its names.
     */
    public static List<String> statements() {
        return List.of(
                "SET datestyle = 'ISO, MDY'",
                "SET intervalstyle = 'postgres'",
                "SET timezone = 'UTC'",
                "SET extra_float_digits = 1",
                "SET bytea_output = 'hex'",
                "SET quote_all_identifiers = off",
                "SET search_path = pg_catalog");
    }
}

package io.windrow.connectors.postgres.catalog;

/**
 * What the server and the database say of themselves.
 *
 * @param version server_version_num, for example 180006
 * @param systemId identifies the cluster, or empty if the role may not read it
 * @param timeline of the write-ahead log, 0 if it may not be read
 * @param database the exact name
 * @param encoding server_encoding; SQL_ASCII means that texts are unchecked bytes
 * @param moneyScale digits behind the point of type money under the session's lc_monetary
 * @param standby whether the server is in recovery
 */
public record ServerFacts(
        int version,
        String systemId,
        long timeline,
        String database,
        String encoding,
        int moneyScale,
        Standby standby) {
    /** 14, 15, … */
    public int major() {
        return version / 10_000;
    }

    /** The role of the server. */
    public enum Standby {
        PRIMARY,
        STANDBY
    }
}

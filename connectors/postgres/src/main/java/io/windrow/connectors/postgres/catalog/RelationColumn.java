package io.windrow.connectors.postgres.catalog;

/**
 * A column of a relation or of a query.
 *
 * @param number pg_attribute.attnum, stable through renames; for a query the position from 1
 * @param name the exact name
 * @param typeOid its type
 * @param typmod its type modifier, −1 for none
 * @param display the type as PostgreSQL writes it, modifier included
 * @param base the type beneath all domains as PostgreSQL writes it, without a modifier
 * @param nullability whether the server enforces NOT NULL for every row that a read of the relation returns
 * @param generation whether the value is computed
 */
public record RelationColumn(
        int number,
        String name,
        long typeOid,
        int typmod,
        String display,
        String base,
        Nullability nullability,
        Generation generation) {
    /** Whether nulls can occur. */
    public enum Nullability {
        NULLABLE,
        NOT_NULL
    }

    /** Where the value comes from. */
    public enum Generation {
        NONE,
        IDENTITY_ALWAYS,
        IDENTITY_BY_DEFAULT,
        STORED,
        VIRTUAL
    }
}

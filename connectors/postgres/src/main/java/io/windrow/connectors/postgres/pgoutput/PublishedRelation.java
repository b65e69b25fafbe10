package io.windrow.connectors.postgres.pgoutput;

import io.windrow.api.schema.StreamName;
import java.util.List;

/**
 * A table as the log describes it before its first row, and again after every change of it.
 *
 * @param oid the table's oid; of a partition that is published as its root: the root's
 * @param name the table's name at that place of the log
 * @param identity the replica identity: d, n, f or i
 * @param columns the published columns, in order
 */
public record PublishedRelation(long oid, StreamName name, char identity, List<PublishedColumn> columns) {
    public PublishedRelation {
        columns = List.copyOf(columns);
    }

    /**
     * A column.
     *
     * @param name its exact name
     * @param typeOid its type
     * @param typmod the type's modifier, −1 for none
     * @param role whether it belongs to the replica identity
     */
    public record PublishedColumn(String name, long typeOid, int typmod, Role role) {}

    /** What a column is to a row. */
    public enum Role {
        /** One of those that identify the row. */
        IDENTITY,
        VALUE
    }
}

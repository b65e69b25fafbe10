package io.windrow.connectors.postgres.catalog;

import io.windrow.api.schema.StreamName;
import java.util.List;

/**
 * A relation that can be read.
 *
 * @param oid pg_class.oid
 * @param name schema and name, exact
 * @param kind what it is
 * @param columns the live columns in attnum order; dropped ones are left out
 * @param width the highest attnum that a column has or had
 * @param keys unique keys that identify a row, the primary key first
 * @param parents the relations it inherits from or is a partition of
 * @param descendants the relations that inherit from it, at any depth; their rows appear in it when it is read (C37)
 * @param estimate what the planner believes
 */
public record Relation(
        long oid,
        StreamName name,
        Kind kind,
        List<RelationColumn> columns,
        int width,
        List<UniqueKey> keys,
        List<StreamName> parents,
        List<StreamName> descendants,
        Estimate estimate) {
    public Relation {
        columns = List.copyOf(columns);
        keys = List.copyOf(keys);
        parents = List.copyOf(parents);
        descendants = List.copyOf(descendants);
    }

    /** Whether it is a partitioned table that has no partition yet, and so no place for a row. */
    public boolean isWithoutPartitions() {
        return kind == Kind.PARTITIONED && descendants.isEmpty();
    }

    /** What a relation is. Only {@link #TABLE} and {@link #MATERIALIZED_VIEW} have a ctid that splits. */
    public enum Kind {
        /** An ordinary table, not a partition; it may have inheritance children. */
        TABLE,
        /** A partition that holds rows. */
        PARTITION,
        /** A partitioned table: no rows of its own. A partitioned partition is this too. */
        PARTITIONED,
        VIEW,
        MATERIALIZED_VIEW,
        FOREIGN;

        /** Whether rows lie in a heap that ctid ranges can divide. */
        public boolean hasPages() {
            return switch (this) {
                case TABLE, PARTITION, MATERIALIZED_VIEW -> true;
                case PARTITIONED, VIEW, FOREIGN -> false;
            };
        }
    }

    /**
     * @param rows pg_class.reltuples, −1 if never analysed
     * @param pages pg_class.relpages of 8 KiB (unless the server was built otherwise)
     */
    public record Estimate(double rows, long pages) {}

    /**
     * A key: unique, complete, not deferrable, without expression, and all columns NOT NULL.
     *
     * @param constraint the index's name
     * @param columns exact column names in key order
     */
    public record UniqueKey(String constraint, Kind kind, List<String> columns) {
        public UniqueKey {
            columns = List.copyOf(columns);
        }

        /** Which kind of key. */
        public enum Kind {
            PRIMARY,
            UNIQUE
        }
    }
}

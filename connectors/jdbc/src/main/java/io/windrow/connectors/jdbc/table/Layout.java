package io.windrow.connectors.jdbc.table;

import io.windrow.api.sink.WriteMode;
import io.windrow.connectors.jdbc.sql.Dialect;
import java.util.ArrayList;
import java.util.List;

/**
 * How the rows of a target's table lie: which columns it has beside the stream's, and what is unique.
 *
 * @param kind what one row stands for
 * @param deletes what becomes of rows that were deleted at the source
 */
public record Layout(Kind kind, Deletes deletes) {
    /** The generation that a row of an appended table came with. */
    public static final String GENERATION = "_windrow_generation";
    /** Whether the row is deleted at the source. */
    public static final String DELETED = "_deleted";
    /** Commit time of the change that made the version, or when it was found by a later copy; null: it was there when reading began. */
    public static final String VALID_FROM = "valid_from";
    /** Commit time of the change that ended the version, or when a later copy did not find it; null: it is current. */
    public static final String VALID_TO = "valid_to";
    /** Whether the version is the row's state now. */
    public static final String IS_CURRENT = "is_current";
    /** The place in the source's log of the change that made the version. */
    public static final String POSITION = "_position";
    /** The place of that change within its transaction. */
    public static final String ORDINAL = "_ordinal";

    /** What one row of a table stands for. */
    public enum Kind {
        /** A row that was delivered. */
        APPENDED,
        /** A row's state. */
        STATE,
        /** A version of a row. */
        HISTORY
    }

    /** What becomes of rows that were deleted at the source. */
    public enum Deletes {
        /** They are deleted. */
        HARD,
        /** They are marked in {@code _deleted}. */
        SOFT
    }

    /** The layout of a write mode. */
    public static Layout of(WriteMode mode, Deletes deletes) {
        return switch (mode) {
            case APPEND -> new Layout(Kind.APPENDED, Deletes.HARD);
            case MIRROR -> new Layout(Kind.STATE, deletes);
            case REPLACE, UPSERT -> new Layout(Kind.STATE, Deletes.HARD);
            case HISTORY -> new Layout(Kind.HISTORY, Deletes.HARD);
        };
    }

    /** The declarations of the columns beside the stream's. */
    List<Place.Existing> own(Dialect dialect) {
        List<Place.Existing> own = new ArrayList<>();
        switch (kind) {
            case APPENDED -> own.add(new Place.Existing(GENERATION, "bigint"));
            case STATE -> {
                if (deletes == Deletes.SOFT) {
                    own.add(new Place.Existing(DELETED, "boolean DEFAULT false"));
                }
            }
            case HISTORY -> {
                own.add(new Place.Existing(VALID_FROM, dialect.instant().declared()));
                own.add(new Place.Existing(VALID_TO, dialect.instant().declared()));
                own.add(new Place.Existing(IS_CURRENT, "boolean"));
                own.add(new Place.Existing(POSITION, "bigint"));
                own.add(new Place.Existing(ORDINAL, "bigint"));
            }
        }
        return own;
    }

    /** The columns that are unique together; empty: none. */
    List<String> unique(List<String> key) {
        List<String> unique = new ArrayList<>();
        if (kind != Kind.APPENDED && !key.isEmpty()) {
            unique.addAll(key);
            if (kind == Kind.HISTORY) {
                unique.add(POSITION);
                unique.add(ORDINAL);
            }
        }
        return unique;
    }
}

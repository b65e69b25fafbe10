package io.windrow.connectors.postgres;

import io.windrow.api.schema.StreamName;
import io.windrow.connectors.postgres.pgoutput.PublishedRelation;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tables that the log has announced, and the streams for which their rows are. The reader's thread only. */
final class AnnouncedTables {
    private final Map<StreamName, FollowedStream> streams;
    private final Map<Long, FollowedStream> followed = new HashMap<>();
    private final Set<Long> others = new HashSet<>();
    /** Of those the ones that have a stream's name at this place of the log: a table is told by its oid, its name may change. */
    private final Map<Long, PublishedRelation> namesakes = new HashMap<>();
    /** Announced by what was rolled back, or is not committed yet: they count if nothing else is said before the next row. */
    private final Map<Long, PublishedRelation> unsure = new HashMap<>();

    /**
     * @param streams those that are followed; they become fewer
     */
    AnnouncedTables(Map<StreamName, FollowedStream> streams) {
        this.streams = streams;
    }

    /** A table looks so from here on. Gives the stream that its rows are for; null: it is not followed. */
    @Nullable FollowedStream announce(PublishedRelation relation) {
        unsure.remove(relation.oid());
        namesakes.remove(relation.oid());
        FollowedStream stream =
                streams.values().stream().filter(one -> one.oid() == relation.oid()).findFirst().orElse(null);
        if (stream == null) {
            // Another pipeline's table, or one that this run leaves alone.
            followed.remove(relation.oid());
            others.add(relation.oid());
            FollowedStream named = streams.get(relation.name());
            if (named != null && named.oid() != 0) {
                namesakes.put(relation.oid(), relation);
            }
        } else {
            others.remove(relation.oid());
            followed.put(relation.oid(), stream);
        }
        return stream;
    }

    /** A table looks so to somebody who may have rolled that back, or may still. */
    void suspect(PublishedRelation relation) {
        unsure.put(relation.oid(), relation);
    }

    /** What was {@link #suspect}ed of a table of which a row comes now, once; null: nothing was. */
    @Nullable PublishedRelation suspected(long relation) {
        return unsure.isEmpty() ? null : unsure.remove(relation);
    }

    /** The stream that rows of the table are for; null: nobody follows it, or it was not announced. */
    @Nullable FollowedStream stream(long relation) {
        return followed.get(relation);
    }

    /** Whether the table was announced, and nobody follows it. */
    boolean isOther(long relation) {
        return others.contains(relation);
    }

    /** The table as it was announced, if it is another one than the stream's whose name it has. */
    @Nullable PublishedRelation namesake(long relation) {
        return namesakes.get(relation);
    }

    /** The stream is not followed any more. */
    void leave(FollowedStream stream) {
        followed.forEach((relation, of) -> {
            if (of == stream) {
                others.add(relation);
            }
        });
        followed.keySet().removeAll(others);
    }
}

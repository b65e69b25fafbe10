package io.windrow.api.source;

import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Set;

/**
 * What discovery found out about a stream.
 *
 * @param schema columns and key as the source would deliver them now
 * @param kind the source's word for it: table, view, partitioned table, query, endpoint
 * @param modes the read modes that fit; none if it cannot be read now
 * @param cursors columns that could serve as a cursor, best first
 * @param estimatedRows an estimate, −1 if unknown
 * @param estimatedBytes an estimate of the size at the source, −1 if unknown
 * @param remarks what the user should know: a parent whose children are selected too, a missing key
 */
public record StreamDescription(
        StreamSchema schema,
        String kind,
        Set<ReadMode> modes,
        List<String> cursors,
        long estimatedRows,
        long estimatedBytes,
        List<String> remarks) {
    public StreamDescription {
        modes = Set.copyOf(modes);
        cursors = List.copyOf(cursors);
        remarks = List.copyOf(remarks);
    }

    /**
     * A stream that is selected and cannot be described: without columns and without a mode, and one remark that says why.
     * Discovery goes on with the others.
     */
    public static StreamDescription unreadable(StreamName stream, String why) {
        return new StreamDescription(
                new StreamSchema(stream, 1, List.of(), List.of()), "unreadable", Set.of(), List.of(), -1, -1, List.of(why));
    }

    /** Whether its schema is known; else nothing but its name and its remarks is. */
    public boolean isReadable() {
        return !modes.isEmpty();
    }
}

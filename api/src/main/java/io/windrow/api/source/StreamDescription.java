package io.windrow.api.source;

import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Set;

/**
 * What discovery found out about a stream.
 *
 * @param schema columns and key as the source would deliver them now
 * @param kind the source's word for it: table, view, partitioned table, query, endpoint
 * @param modes the read modes that fit
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
}

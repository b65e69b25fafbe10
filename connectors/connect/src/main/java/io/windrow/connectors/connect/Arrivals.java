package io.windrow.connectors.connect;

import io.windrow.api.error.WindrowException;
import io.windrow.connectors.connect.host.ConnectError;
import io.windrow.connectors.connect.host.SavedOffsets;
import io.windrow.connectors.connect.record.LogPlace;
import io.windrow.connectors.connect.record.RecordSize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/**
 * What has come from a connector: the offset of every partition, and the records that it is told of once they are committed.
 * Used by the reader's thread.
 */
final class Arrivals {
    /** How many records of those that have come the connector is told of. */
    enum Told {
        /** Each, as it came; they are held until then. */
        ALL,
        /** The last of each partition: it looks at nothing but their offsets. */
        LAST
    }

    /** So many parts whose records are the last of each partition are kept apart; of more, two and two become one. */
    private static final int MANY = 10_000;

    private final ArrayDeque<Part> parts = new ArrayDeque<>();
    private final Map<@Nullable Map<String, ?>, SourceRecord> newest = new LinkedHashMap<>();
    private final List<SourceRecord> since = new ArrayList<>();
    private SavedOffsets offsets;
    /** Of the parts. */
    private long bytes;
    /** Of those that came since. */
    private long bytesSince;

    /** Records that came one after the other, how many bytes they had then, and the place behind them. */
    private record Part(long transaction, long row, List<SourceRecord> records, long bytes) {}

    /** Nothing has come since these offsets. */
    Arrivals(SavedOffsets offsets) {
        this.offsets = offsets;
    }

    /** A record has come that moves the place. */
    void add(SourceRecord record, Told told) {
        newest.put(record.sourcePartition(), record);
        if (told == Told.ALL) {
            since.add(record);
            bytesSince += RecordSize.of(record);
        }
    }

    /** How many bytes the records take that the connector is still to be told of. */
    long bytes() {
        return bytes + bytesSince;
    }

    /**
     * Refuses a record that does not say how far its source was read: Kafka Connect then goes on anywhere, and whether the record came or
     * comes again nobody could tell.
     */
    static void expectPlace(SourceRecord record) {
        if (record.sourceOffset() == null) {
            throw WindrowException.of(ConnectError.PLACE_MISSING, "Reading topic " + record.topic() + ": a record without an offset of its source");
        }
    }

    /** The place behind all that has come, which is at this transaction and row. */
    LogPlace place(long transaction, long row) {
        if (!newest.isEmpty()) {
            Map<@Nullable Map<String, ?>, Map<String, ?>> newer = new HashMap<>();
            newest.forEach((partition, record) -> newer.put(partition, record.sourceOffset()));
            offsets = offsets.with(newer);
            List<SourceRecord> told = since.isEmpty() ? newest.values().stream().map(Arrivals::bare).toList() : List.copyOf(since);
            Part part = new Part(transaction, row, told, since.isEmpty() ? told.stream().mapToLong(RecordSize::of).sum() : bytesSince);
            parts.add(part);
            bytes += part.bytes();
            if (since.isEmpty() && parts.size() > MANY) {
                thin();
            }
            newest.clear();
            since.clear();
            bytesSince = 0;
        }
        return new LogPlace(transaction, row, offsets);
    }

    /**
     * Keeps what is held small (I12) however long no place is committed: the connector looks at nothing but the last record of each
     * partition, and of two places at the second if it hears nothing at the first.
     */
    private void thin() {
        List<Part> all = List.copyOf(parts);
        parts.clear();
        bytes = 0;
        for (int i = 0; i < all.size(); i += 2) {
            Part last = all.get(Math.min(i + 1, all.size() - 1));
            Map<@Nullable Map<String, ?>, SourceRecord> kept = new LinkedHashMap<>();
            all.get(i).records().forEach(record -> kept.put(record.sourcePartition(), record));
            last.records().forEach(record -> kept.put(record.sourcePartition(), record));
            List<SourceRecord> told = List.copyOf(kept.values());
            Part part = new Part(last.transaction(), last.row(), told, told.stream().mapToLong(RecordSize::of).sum());
            parts.add(part);
            bytes += part.bytes();
        }
    }

    /** Without its row, which would be held for as long as the record is. */
    private static SourceRecord bare(SourceRecord record) {
        return new SourceRecord(record.sourcePartition(), record.sourceOffset(), record.topic(), null, null);
    }

    /** Takes out the records up to a place. */
    List<SourceRecord> upTo(LogPlace place) {
        List<SourceRecord> records = new ArrayList<>();
        while (!parts.isEmpty() && place.covers(parts.getFirst().transaction(), parts.getFirst().row() - 1)) {
            Part part = parts.removeFirst();
            bytes -= part.bytes();
            records.addAll(part.records());
        }
        return records;
    }
}

package io.windrow.connectors.connect.record;

import org.apache.kafka.connect.source.SourceRecord;

/** Reads the records of one connector. May remember what they have in common, so one thread. */
@FunctionalInterface
public interface Records {
    /** What a record says. Whatever is not known is an error (I10). */
    Change read(SourceRecord record);
}

package io.windrow.connectors.connect;

import io.windrow.api.context.Notices;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * What records of a connector have beside what is delivered of them: their headers, and the partition of the topic that Kafka was to
 * put them into. Told by name when it is first met, once per topic (I10). Used by the reader's thread.
 */
final class LeftOut {
    /** Of a connector that makes up names as it goes, so many are told. */
    private static final int MOST = 50;

    private final Notices notices;
    private final Set<String> told = new HashSet<>();

    LeftOut(Notices notices) {
        this.notices = notices;
    }

    /** A record is delivered. */
    void of(SourceRecord record) {
        if (record.kafkaPartition() != null) {
            tell(record.topic(), "a partition of the topic");
        }
        for (Header header : record.headers()) {
            tell(record.topic(), "the header " + header.key());
        }
    }

    private void tell(String topic, String what) {
        if (told.size() < MOST && told.add(topic + '\0' + what)) {
            notices.tell("connect.left_out", "Topic " + topic + ": records have " + what + ", which is not delivered.");
        }
    }
}

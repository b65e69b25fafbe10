package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.HashForm;

/**
 * The checksums of one pipeline's records: each covers the record's table, its whole key and its text.
 *
 * @param pipeline the pipeline's name
 * @param damage what to say when a stored checksum is another than the record's
 */
record RecordChecksums(String pipeline, Damage damage) {
    String ledger(StreamName stream, long epoch, String record) {
        return Checksum.of("ledger", pipeline, stream.namespace(), stream.name(), Long.toString(epoch), record);
    }

    String epoch(StreamName stream, long epoch, long generation, String record) {
        return Checksum.of(
                "epoch", pipeline, stream.namespace(), stream.name(), Long.toString(epoch), Long.toString(generation),
                record);
    }

    String split(StreamName stream, String id, long since, String record) {
        return Checksum.of("split", pipeline, stream.namespace(), stream.name(), id, Long.toString(since), record);
    }

    String memory(StreamName stream, long epoch, MemoryRows.Part part) {
        // Records that were written before there were two forms have the first, and a checksum that does not name it.
        String table = part.form() == HashForm.TYPED.number() ? "memory" : "memory in form " + part.form();
        return Checksum.of(
                part.hashes(), table, pipeline, stream.namespace(), stream.name(), Long.toString(epoch),
                Integer.toString(part.number()), Integer.toString(part.parts()), Long.toString(part.generation()),
                Long.toString(part.oldest()), Long.toString(part.cutMillis()));
    }

    /** A ledger entry's text, once its checksum has been found right. */
    String ledgerRecord(StreamName stream, long epoch, String record, String stored) {
        expect(ledger(stream, epoch, record), stored, "the ledger entry of epoch " + epoch + " of " + stream);
        return record;
    }

    void expect(String computed, String stored, String what) {
        if (!computed.equals(stored)) {
            throw damage.found("the checksum of " + what + " is wrong");
        }
    }
}

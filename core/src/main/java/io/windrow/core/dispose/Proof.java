package io.windrow.core.dispose;

import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.quarantine.QuarantineDisposal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether what is looked at is what the ledger speaks of. A folder that is not mounted, was moved or is named wrongly looks
 * like one that holds nothing, and of nothing no key is needed: without this proof every key would be destroyed, and all that
 * comes back with the folder would stay unreadable. No effect. One thread.
 */
record Proof(StateStore store, Sink sink, QuarantineDisposal quarantine, String pipeline) {
    /** Refuses unless the target's books name the newest commit of the stream in the ledger, or a later one. */
    void ofDelivered(StreamName stream) {
        Optional<LedgerEntry> newest =
                store.ledger(pipeline, Optional.of(stream), 1).stream().map(LedgerEntry::parse).findFirst();
        if (newest.isEmpty()) {
            return;
        }
        try (Committer committer = sink.committer()) {
            Optional<CommitIdentity> last =
                    committer.lastCommitted(stream).filter(identity -> identity.pipeline().equals(pipeline));
            if (last.isEmpty() || last.get().epoch() < newest.get().epoch()) {
                throw WindrowException.of(DisposeError.TARGET_MISSING,
                        "Disposing of what was delivered of " + stream + ": the ledger knows epoch " + newest.get().epoch()
                                + ", the target's books know "
                                + last.map(identity -> "none after epoch " + identity.epoch()).orElse("no commit of this pipeline"));
            }
        }
    }

    /** Refuses if the ledger says that rows of the stream were set aside and their folder is not there. */
    void ofSetAside(StreamName stream) {
        if (quarantine.isThere(stream)) {
            return;
        }
        AtomicLong rows = new AtomicLong();
        store.eachLedger(pipeline, stream, json -> rows.addAndGet(LedgerEntry.parse(json).account().quarantined()));
        if (rows.get() > 0) {
            throw WindrowException.of(DisposeError.TARGET_MISSING,
                    "Disposing of rows of " + stream + " that were set aside: the ledger knows of " + rows
                            + ", and the folder that they were set aside into is not there");
        }
    }
}

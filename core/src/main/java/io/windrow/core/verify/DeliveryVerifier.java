package io.windrow.core.verify;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Examined;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.sink.DeliveryAudit.Finding.Kind;
import io.windrow.api.sink.Sink;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.verify.LedgerBooks.Booked;
import io.windrow.core.verify.LedgerBooks.Number;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Compares what a target holds with the ledger in the state store, commit by commit: counts, and the hash sum of all
 * decoded values against h_out. This is h_written in full, of what readers see now. Used by one thread. Store and sink
 * stay the caller's.
 */
public final class DeliveryVerifier {
    private final String pipeline;
    private final StateStore store;
    private final Sink sink;
    private final HashKey key;
    private final Function<Batch, RowHash> hasher;
    private final LongConsumer progress;

    /**
     * A verifier.
     *
     * @param key the key of the row hashes, from the state store or the pipeline file; what was hashed under another
     *     one is undecidable, not different
     * @param progress hears how many rows of the stream have been decoded, after each batch
     */
    public DeliveryVerifier(
            String pipeline, StateStore store, Sink sink, HashKey key, LongConsumer progress) {
        this.pipeline = pipeline;
        this.store = store;
        this.sink = sink;
        this.key = key;
        this.hasher = key.hasher();
        this.progress = progress;
    }

    /** Examines one stream. */
    public DeliveryVerdict verify(StreamName stream) {
        Optional<DeliveryAudit> capability = sink.audit(stream);
        if (capability.isEmpty()) {
            return new DeliveryVerdict(stream, DeliveryVerdict.Outcome.UNDECIDED, 0, 0, 0, 0, 0, 0, List.of(new Finding(
                    Kind.UNDECIDABLE, stream.toString(), "the target cannot be examined without the source")));
        }
        try (DeliveryAudit audit = capability.get()) {
            return new Examination(stream, audit).run();
        }
    }

    private final class Examination {
        private final StreamName stream;
        private final DeliveryAudit audit;
        private final List<Finding> findings = new ArrayList<>();
        private long epochs;
        private long disposed;
        private long hashed;
        private long files;
        private long rows;
        private long bytes;
        private RowHash sum = RowHash.ZERO;
        private long decoded;

        Examination(StreamName stream, DeliveryAudit audit) {
            this.stream = stream;
            this.audit = audit;
        }

        DeliveryVerdict run() {
            // The ledger first: an epoch that is committed meanwhile is in the target's books and not yet in ours.
            LedgerBooks books = LedgerBooks.of(store, pipeline, stream);
            List<Commit> commits;
            try {
                commits = audit.commits();
            } catch (WindrowException e) {
                findings.add(new Finding(Kind.BOOKS, stream.toString(), String.valueOf(e.getMessage())));
                return verdict();
            }
            for (Commit commit : commits) {
                Optional<Booked> booked = books.take(commit);
                switch (commit.standing()) {
                    case SHOWN -> examine(commit, booked, books);
                    case DISPOSED -> disposed++;
                    case REPLACED -> {
                        // Readers do not see it.
                    }
                }
            }
            findings.addAll(books.left(stream));
            findings.addAll(audit.strays());
            return verdict();
        }

        private void examine(Commit commit, Optional<Booked> booked, LedgerBooks books) {
            Number number = Number.of(commit);
            String place = stream + ", " + number;
            sum = RowHash.ZERO;
            Examined examined = audit.examine(commit, batch -> {
                sum = sum.plus(hasher.apply(batch));
                decoded += batch.rowCount();
                progress.accept(decoded);
            });
            epochs++;
            files += examined.files();
            rows += examined.rows();
            bytes += examined.bytes();
            findings.addAll(examined.findings());
            Optional<Booked> beside = Booked.beside(commit);
            if (booked.isEmpty()) {
                findings.add(unknown(place, number, beside, books));
                return;
            }
            if (beside.filter(one -> one.digest().equals(booked.get().digest())).isEmpty()) {
                findings.add(new Finding(Kind.BOOKS, place, commit.ledger().isPresent()
                        ? "the ledger entry beside the data is not the state store's"
                        : "the ledger entry beside the data is gone"));
            }
            if (!examined.complete()) {
                return;
            }
            if (examined.rows() != booked.get().rows()) {
                findings.add(new Finding(Kind.ROWS, place, examined.rows() + " rows were decoded, the ledger says "
                        + booked.get().rows() + " were written"));
            } else if (!booked.get().hashKey().equals(key.id())) {
                findings.add(incomparable(place, booked.get().hashKey()));
            } else if (!sum.equals(booked.get().hash())) {
                findings.add(new Finding(Kind.HASH, place, "the decoded values have another hash sum than the ledger's h_out"));
            } else {
                hashed++;
            }
        }

        /** Of a commit that the state store's ledger says nothing of. */
        private Finding unknown(String place, Number number, Optional<Booked> beside, LedgerBooks books) {
            if (beside.isPresent() && !beside.get().hashKey().equals(key.id())) {
                return incomparable(place, beside.get().hashKey());
            }
            if (books.isRolledUp(number)) {
                return new Finding(Kind.BOOKS, place, "the ledger entry beside the data is gone");
            }
            return books.reaches(number)
                    ? new Finding(Kind.BOOKS, place, "the target has it, and the state store's ledger does not: the store is "
                            + "another one or an older one")
                    : new Finding(Kind.UNDECIDABLE, place, "it was committed after the state store was read, or a run died "
                            + "before it could say so; run again, then verify");
        }

        private Finding incomparable(String place, String used) {
            return new Finding(Kind.UNDECIDABLE, place, "its hashes are not comparable: they were made under the key "
                    + (used.isEmpty() ? "of an older version" : used) + ", here is " + key.id()
                    + ". The state store that held that key was lost or replaced, or run.hash_key was changed; counts, checksums"
                    + " and manifests were compared");
        }

        private DeliveryVerdict verdict() {
            DeliveryVerdict.Outcome outcome = findings.stream().anyMatch(finding -> finding.kind() != Kind.UNDECIDABLE)
                    ? DeliveryVerdict.Outcome.DAMAGED
                    : findings.isEmpty() ? DeliveryVerdict.Outcome.WHOLE : DeliveryVerdict.Outcome.UNDECIDED;
            return new DeliveryVerdict(stream, outcome, epochs, disposed, hashed, files, rows, bytes, findings);
        }
    }
}

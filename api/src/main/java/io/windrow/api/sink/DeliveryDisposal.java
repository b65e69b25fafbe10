package io.windrow.api.sink;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * Deletes what a target holds of one stream once its time is over. Used by one thread, which holds the pipeline's lease
 * while no epoch of the stream is undecided. Nothing is ever deleted but what the target's own books name as this
 * pipeline's, committed, and not the generation that readers of a replaced stream see.
 */
public interface DeliveryDisposal extends AutoCloseable {
    /** The commits from before that moment whose data may go, by generation and epoch. No effect. */
    List<Kept> before(Instant limit);

    /** The SHA-256 of a file as it lies, in hexadecimal; empty text if it is not there. */
    String sha256(String file);

    /**
     * Deletes the data of a commit, durably. Its identity stays in the target's books, marked as disposed of. A disposal
     * that died is finished by calling this again.
     *
     * @param identity of one of {@link #before}, now or in an earlier process
     */
    void dispose(CommitIdentity identity);

    /**
     * The ids of the data keys that encrypted files name which would be left.
     *
     * @param gone the commits whose data is deleted
     */
    Set<String> keysLeft(Set<CommitIdentity> gone);

    /** Keeps the record of a disposal beside the data, durably; the same id again replaces it. */
    void record(String id, String json);

    @Override
    void close();

    /**
     * A commit whose data lies at the target.
     *
     * @param identity the commit
     * @param at when it was made
     * @param rows its rows by the books
     * @param files its files
     */
    record Kept(CommitIdentity identity, Instant at, long rows, List<File> files) {
        public Kept {
            files = List.copyOf(files);
        }
    }

    /**
     * A file by the books.
     *
     * @param path relative to the sink's root
     * @param bytes its length
     */
    record File(String path, long bytes) {}
}

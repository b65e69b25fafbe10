package io.windrow.core.checkpoint;

import io.windrow.api.schema.StreamName;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Keeps the state of pipelines. Safe for use by many threads; calls run one after the other. Every failure is a
 * {@link io.windrow.api.error.WindrowException} with a {@link CheckpointError}; after one, what was saved before is
 * still there as it was. Readers ({@link #load}, {@link #ledger}, {@link #documents})
 * need no lease.
 */
public interface StateStore extends AutoCloseable {
    /**
     * Takes the lease of a pipeline.
     *
     * @param owner who takes it, for people
     * @param ttl how long the lease lasts without {@link #renew}; renew at a third of it
     * @throws io.windrow.api.error.WindrowException {@link CheckpointError#LEASE_HELD} while another owner is alive
     */
    Lease acquire(String pipeline, String owner, Duration ttl);

    /** Makes the lease last for its ttl from now on. {@link CheckpointError#LEASE_LOST} if another owner has taken it. */
    void renew(Lease lease);

    /** The time by the clock of the store's server (G16); empty: the store is a file of this machine. Needs no lease. */
    Optional<Instant> serverTime();

    /** Gives the lease back. A lease that was lost already is no error. */
    void release(Lease lease);

    /** What is known of the pipeline's streams, ordered by name; empty for an unknown pipeline. One consistent view. */
    List<StreamState> load(String pipeline);

    /** What is known of one stream, without a look at the pipeline's others; empty for an unknown one. */
    Optional<StreamState> load(String pipeline, StreamName stream);

    /**
     * Saves epochs of several streams in one transaction: all or nothing (I3). Refused with
     * {@link CheckpointError#LEASE_LOST} when the lease's token is not the current one, compared in the same
     * transaction (I6), and with {@link CheckpointError#CONFLICT} when a step does not follow from what is stored:
     * PREPARED needs a new number and no undecided epoch; COMMITTED and ROLLED_BACK need the same epoch PREPARED, with the
     * same digest. Saving COMMITTED again for the same epoch has no effect. Writes only what changed.
     *
     * @throws io.windrow.api.error.WindrowException {@link CheckpointError#SAVE_UNKNOWN}: the answer to the commit was
     *     lost; stop, and load again
     */
    void save(Lease lease, List<StreamEpoch> epochs);

    /**
     * The rows that the committed epochs of a stream's current generation remember ({@link StreamEpoch#remembered}),
     * oldest epoch first. What a PREPARED epoch remembers is not among them, and that of a rolled back one is gone; what is
     * out of the window goes when a later epoch is committed. Needs no lease.
     */
    List<RememberedRows> remembered(String pipeline, StreamName stream);

    /** Up to where the logs that streams share were let go, or are about to be, one for each log. Needs no lease. */
    List<Release> released(String pipeline);

    /** Saves up to where a log may be let go, before it is; takes the place of what was saved of it. Same refusals as {@link #save}. */
    void release(Lease lease, Release release);

    /** The copies that were asked for and are not begun, by stream. Needs no lease. */
    List<Resync> resyncs(String pipeline);

    /**
     * Asks for a copy, also while another owner holds the lease. The same stream asked for again is one copy.
     */
    void ask(String pipeline, Resync resync);

    /** The repairs that were asked for and are not through, by stream. Needs no lease. */
    List<Repair> repairs(String pipeline);

    /**
     * Asks for a repair, also while another owner holds the lease. Its keys come to those of the stream that were asked for before;
     * {@link CheckpointError#TOO_MANY_KEYS} if they are too many together.
     */
    void ask(String pipeline, Repair repair);

    /** A repair is through: it is forgotten, unless more was asked for since. Same refusals as {@link #save}. */
    void repaired(Lease lease, Repair repair);

    /**
     * Opens a new generation of a stream (reset, rewind, edit). One that begins at the very start takes away the copy and the
     * repair that were asked for, in the same transaction. Same refusals as {@link #save}.
     */
    void open(Lease lease, GenerationStart generation);

    /**
     * Ledger entries as JSON, newest first.
     *
     * @param stream only this stream's
     * @param limit at most so many
     */
    List<String> ledger(String pipeline, Optional<StreamName> stream, int limit);

    /**
     * Gives all ledger entries of a stream as JSON, newest first, with few of them in memory at a time (I12): a stream that is
     * followed for years has millions. All are as they were at one moment: what is committed or rolled up meanwhile is not
     * seen. Calls of the taker may use the store.
     */
    void eachLedger(String pipeline, StreamName stream, Consumer<String> taker);

    /**
     * Puts one ledger entry in the place of those that it sums up ({@link io.windrow.core.ledger.RollUp}), in one
     * transaction. They are of epochs before those that the stream stands at; else {@link CheckpointError#CONFLICT}. The same
     * call again has no effect. Same refusals as {@link #save}.
     */
    void rollUp(Lease lease, LedgerEntry entry);

    /** The key of the pipeline's row hashes; empty if it never had one. Never log what this returns. */
    Optional<HashKey> hashKey(String pipeline);

    /** The same; makes it at the first call and keeps it with the state. Same refusals as {@link #save}. */
    HashKey hashKey(Lease lease);

    /** The pipeline's last run; empty if it never ran. */
    Optional<RunMark> run(String pipeline);

    /** Saves how far a run has come. Same refusals as {@link #save}. */
    void mark(Lease lease, RunMark run);

    /** All versions of the documents of a kind, by name, then oldest first. Needs no lease. */
    List<Document> documents(String pipeline, String kind);

    /**
     * Adds the next version of a document. Refused with {@link CheckpointError#LEASE_LOST} as {@link #save} is.
     *
     * @param recordedAt kept to the millisecond
     */
    Document record(Lease lease, String kind, String name, String json, Instant recordedAt);

    /**
     * Deletes all versions of a document, so that nothing of them is left in the files of the store that the database may
     * still write to. The one kind of document that is ever deleted is a key. Nothing there is no error. Same refusals as
     * {@link #record}; {@link CheckpointError#LOCKED} if another reader hinders it: then the document is gone, and the same
     * call again wipes it.
     */
    void shred(Lease lease, String kind, String name);

    /** Frees connections and held leases' locks. Leases that were not released end by themselves. */
    @Override
    void close();
}

package io.windrow.api.sink;

import io.windrow.api.context.CheckResult;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import java.util.List;
import java.util.Optional;

/** One configured sink. {@link #writer} may be called by many threads, the rest by one. */
public interface Sink extends AutoCloseable {
    /** Tests that the target can be reached and written to. Leaves no trace. */
    List<CheckResult> check();

    /** Makes the target ready for a stream: idempotent, only adds. */
    void prepare(StreamSchema schema, WriteMode mode);

    /** The columns whose values a stream's files, keys or topics are placed by, so that they show outside the rows. */
    default List<String> placedBy(StreamName stream) {
        return List.of();
    }

    /** Opens a writer. */
    SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id);

    /** Opens a committer. */
    Committer committer();

    /** The capability to read deliveries back for {@code verify}, if the sink has it. */
    default Optional<Delivery> delivery(StreamName stream) {
        return Optional.empty();
    }

    /**
     * Whether rows that the source deleted, or took away by a truncate, may stay in the target in a write mode. A row that only the
     * target has is no difference then.
     */
    default boolean keepsDeleted(WriteMode mode) {
        return mode == WriteMode.UPSERT;
    }

    /**
     * The capability to read an appended change log back for {@code verify}, if the sink has it and no {@link #audit}: its rows in
     * the order of the source's log, as of one moment.
     *
     * @param first the generation in which the log began; rows of older ones are left out
     */
    default Optional<Delivery> changeLog(StreamName stream, long first) {
        return Optional.empty();
    }

    /** The capability to examine deliveries without the source, for {@code verify --files}, if the sink has it. */
    default Optional<DeliveryAudit> audit(StreamName stream) {
        return Optional.empty();
    }

    /** The capability to delete deliveries whose time is over, for {@code dispose}, if the sink has it. */
    default Optional<DeliveryDisposal> disposal(StreamName stream) {
        return Optional.empty();
    }

    /**
     * What somebody executes at the target to delete all that was delivered of a stream, where the sink has no {@link #disposal}: one
     * statement. A read in a new generation makes anew what it needs. Empty: the sink knows none.
     */
    default Optional<String> purging(StreamName stream) {
        return Optional.empty();
    }

    /**
     * The capability to let one commit in append mode take the place of earlier ones, for {@code replay --apply}, if the sink
     * has it: what is to be staged with that commit. Whoever reads by the target's books sees the earlier ones or the new
     * one, never both.
     *
     * @param replaced commits of the stream that are visible now
     */
    default Optional<Staged> replacing(StreamName stream, List<CommitIdentity> replaced) {
        return Optional.empty();
    }

    @Override
    void close();
}

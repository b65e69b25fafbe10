package io.windrow.core.quarantine;

import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Delivery;
import io.windrow.api.sink.DeliveryAudit;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * A sink that also takes the rows that were set aside ({@link io.windrow.api.batch.Batch#rejected()}): good rows go to the
 * real sink, bad ones into files of the quarantine folder, both staged, saved and committed as one epoch. The real sink's
 * commit comes last and is the one that {@link Committer#lastCommitted} shows. While no row is set aside, no file and no
 * folder is made. Where the context encrypts rows that were set aside, they are kept whole. Threads as {@link Sink} says.
 */
public final class QuarantineSink implements Sink {
    private final Sink real;
    private final Context context;
    private final QuarantineFolder folder;
    private final QuarantineTally tally;
    /** Digests of withheld values can be compared within a run and with nothing else; the key is never stored (I11). */
    private final byte[] digestKey = new byte[32];

    /**
     * No I/O.
     *
     * @param real takes the good rows; closed with this sink
     * @param context the real sink's context
     * @param root the quarantine folder; made with the first bad row
     * @param tally counts the run's rows over all its attempts
     */
    public QuarantineSink(Sink real, Context context, Path root, QuarantineTally tally) {
        this.real = real;
        this.context = context;
        this.folder = new QuarantineFolder(root, context.pipeline(), context.sealing(Sealing.Use.SET_ASIDE));
        this.tally = tally;
        tally.begin();
        new SecureRandom().nextBytes(digestKey);
    }

    @Override
    public List<CheckResult> check() {
        return real.check();
    }

    @Override
    public void prepare(StreamSchema schema, WriteMode mode) {
        real.prepare(schema, mode);
    }

    @Override
    public List<String> placedBy(StreamName stream) {
        return real.placedBy(stream);
    }

    @Override
    public SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id) {
        return new QuarantineWriter(real.writer(schema, mode, id), context, folder, tally, digestKey, schema, id);
    }

    @Override
    public Committer committer() {
        return new QuarantineCommitter(real.committer(), context, folder, tally);
    }

    @Override
    public Optional<Delivery> delivery(StreamName stream) {
        return real.delivery(stream);
    }

    @Override
    public Optional<DeliveryAudit> audit(StreamName stream) {
        return real.audit(stream);
    }

    @Override
    public Optional<DeliveryDisposal> disposal(StreamName stream) {
        return real.disposal(stream);
    }

    @Override
    public Optional<String> purging(StreamName stream) {
        return real.purging(stream);
    }

    @Override
    public Optional<Staged> replacing(StreamName stream, List<CommitIdentity> replaced) {
        return real.replacing(stream, replaced);
    }

    @Override
    public void close() {
        real.close();
    }
}

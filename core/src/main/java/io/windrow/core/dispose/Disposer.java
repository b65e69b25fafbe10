package io.windrow.core.dispose;

import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.Sink;
import io.windrow.core.checkpoint.Document;
import io.windrow.core.checkpoint.Lease;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.dispose.DisposalRecord.Checkpoints;
import io.windrow.core.dispose.DisposalRecord.Delivered;
import io.windrow.core.dispose.DisposalRecord.File;
import io.windrow.core.dispose.DisposalRecord.Key;
import io.windrow.core.dispose.DisposalRecord.SetAside;
import io.windrow.core.dispose.DisposalRecord.Status;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.seal.DataKey;
import io.windrow.core.seal.DataKeys;
import io.windrow.core.transform.sample.SampleTransform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds what has been kept long enough and disposes of it. Three steps, each durable before the next: the intention, with
 * names and hashes, is saved; files go, then keys; the record is laid beside the data and saved as done. A disposal that died
 * is finished by the next one before it looks for more. Time is the context's. Used by one thread; store, sink and context
 * stay the caller's.
 */
public final class Disposer {
    /** The kind of the documents that hold disposals; their names are the ids. */
    public static final String KIND = "disposal";

    private final RetentionPolicy policy;
    private final StateStore store;
    private final Sink sink;
    private final QuarantineDisposal quarantine;
    private final Context context;
    private final String who;

    /**
     * A disposer of one pipeline.
     *
     * @param sink the pipeline's, made with {@code context}
     * @param context names the pipeline, and decrypts if its files are encrypted
     * @param who for the record
     */
    public Disposer(
            RetentionPolicy policy, StateStore store, Sink sink, QuarantineDisposal quarantine, Context context, String who) {
        this.policy = policy;
        this.store = store;
        this.sink = sink;
        this.quarantine = quarantine;
        this.context = context;
        this.who = who;
    }

    /** All disposals of a pipeline, each as far as it is, in the order of their ids. */
    public static List<DisposalRecord> records(StateStore store, String pipeline) {
        Map<String, DisposalRecord> newest = new LinkedHashMap<>();
        for (Document document : store.documents(pipeline, KIND)) {
            newest.put(document.name(), DisposalRecord.parse(document.json()));
        }
        return List.copyOf(newest.values());
    }

    /** What is due now, without hashes. Has no effect and needs no lease. */
    public DisposalRecord due() {
        Instant now = context.clock().instant();
        String id = now.toString().replaceAll("[^0-9TZ]", "") + "-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        List<Delivered> delivered = new ArrayList<>();
        List<SetAside> setAside = new ArrayList<>();
        List<Checkpoints> checkpoints = new ArrayList<>();
        List<Key> keys = new ArrayList<>();
        for (StreamState state : store.load(context.pipeline())) {
            StreamName stream = state.stream();
            if (policy.hold().contains(stream.toString())) {
                continue;
            }
            shortest(stream).ifPresent(kept -> {
                List<Delivered> due = delivered(stream, now, kept);
                delivered.addAll(due);
                keys.addAll(unneeded(stream, Sealing.Use.DELIVERED, left(stream, due)));
            });
            List<SetAside> going =
                    policy.quarantine().map(kept -> setAside(stream, now.minus(kept))).orElse(List.of());
            setAside.addAll(going);
            if (policy.quarantine().isPresent()) {
                keys.addAll(unneeded(stream, Sealing.Use.SET_ASIDE, leftAside(stream, going)));
            }
            policy.checkpoints().ifPresent(kept -> checkpoints.addAll(OldEntries.of(
                    store, context.pipeline(), state, now.minus(kept), aside(stream, paths(going)))));
        }
        return new DisposalRecord(id, Status.INTENDED, now, who, delivered, setAside, checkpoints, keys);
    }

    /** How long anything that is delivered of a stream is kept at least; empty: all of it for ever. */
    private Optional<Duration> shortest(StreamName stream) {
        return Optional.ofNullable(policy.streams().get(stream.toString()))
                .or(() -> Stream.of(policy.files(), policy.samples())
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder()));
    }

    /** How long what one epoch delivered is kept: a sample is what went through the step that samples. */
    private Optional<Duration> kept(LedgerEntry entry) {
        return Optional.ofNullable(policy.streams().get(entry.stream().toString()))
                .or(() -> entry.policies().containsKey(SampleTransform.POLICY) ? policy.samples() : Optional.empty())
                .or(policy::files);
    }

    /** The commits that both the target and the ledger know, and whose time is over. */
    private List<Delivered> delivered(StreamName stream, Instant now, Duration shortest) {
        Epochs<DeliveryDisposal.Kept> old = new Epochs<>();
        try (DeliveryDisposal disposal = offered(stream)) {
            disposal.before(now.minus(shortest))
                    .forEach(kept -> old.put(kept.identity().generation(), kept.identity().epoch(), kept));
        }
        Epochs<DeliveryDisposal.Kept> due = new Epochs<>();
        store.eachLedger(context.pipeline(), stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            kept(entry).ifPresent(time -> old.of(entry).stream()
                    .filter(kept -> !kept.at().isAfter(now.minus(time)))
                    .forEach(kept -> due.put(kept.identity().generation(), kept.identity().epoch(), kept)));
        });
        return due.all().stream()
                .map(kept -> new Delivered(
                        kept.identity(), kept.at(), kept.rows(),
                        kept.files().stream().map(file -> new File(file.path(), file.bytes(), "")).toList()))
                .toList();
    }

    private List<SetAside> setAside(StreamName stream, Instant limit) {
        Epochs<QuarantineDisposal.Kept> files = aside(stream, Set.of());
        Epochs<SetAside> due = new Epochs<>();
        store.eachLedger(context.pipeline(), stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (!entry.cut().isAfter(limit)) {
                files.of(entry).forEach(kept -> due.put(
                        kept.generation(), kept.epoch(),
                        new SetAside(
                                stream, kept.generation(), kept.epoch(), entry.account().quarantined(),
                                new File(kept.path(), kept.bytes(), ""))));
            }
        });
        return due.all();
    }

    /** The visible files of a stream's quarantined rows, but for those that go. */
    private Epochs<QuarantineDisposal.Kept> aside(StreamName stream, Set<String> gone) {
        Epochs<QuarantineDisposal.Kept> files = new Epochs<>();
        quarantine.files(stream).stream()
                .filter(kept -> !gone.contains(kept.path()))
                .forEach(kept -> files.put(kept.generation(), kept.epoch(), kept));
        return files;
    }

    private static Set<String> paths(List<SetAside> gone) {
        Set<String> paths = new HashSet<>();
        gone.forEach(one -> paths.add(one.file().path()));
        return paths;
    }

    private Predicate<String> left(StreamName stream, List<Delivered> gone) {
        Set<CommitIdentity> identities = new HashSet<>();
        gone.forEach(one -> identities.add(one.identity()));
        try (DeliveryDisposal disposal = offered(stream)) {
            return disposal.keysLeft(identities)::contains;
        }
    }

    private Predicate<String> leftAside(StreamName stream, List<SetAside> gone) {
        return quarantine.keysLeft(stream, paths(gone))::contains;
    }

    /** The keys of a stream that no file names which is left. If one is in use for new files, the next file begins another. */
    private List<Key> unneeded(StreamName stream, Sealing.Use use, Predicate<String> left) {
        List<Key> keys = new ArrayList<>();
        for (DataKey key : DataKeys.all(store, context.pipeline())) {
            if (key.stream().equals(stream) && key.use() == use && !left.test(key.id())) {
                keys.add(new Key(key.id(), use, stream));
            }
        }
        return keys;
    }

    private DeliveryDisposal offered(StreamName stream) {
        return sink.disposal(stream).orElseThrow(() -> WindrowException.of(
                DisposeError.NOT_OFFERED, "Disposing of what was delivered of " + stream + ": the sink cannot"));
    }

    /**
     * Finishes what an earlier disposal left, then disposes of what is due.
     *
     * @param lease of the pipeline
     * @return what was done, in order; empty if nothing was due
     */
    public List<DisposalRecord> apply(Lease lease) {
        for (StreamState state : store.load(context.pipeline())) {
            if (state.prepared().isPresent()) {
                throw WindrowException.of(DisposeError.UNDECIDED, "Disposing of what " + context.pipeline()
                        + " has kept long enough: epoch " + state.lastEpoch() + " of " + state.stream()
                        + " is prepared and not settled");
            }
        }
        List<DisposalRecord> done = new ArrayList<>();
        for (DisposalRecord record : records(store, context.pipeline())) {
            if (record.status() == Status.INTENDED) {
                done.add(finish(lease, record));
            }
        }
        DisposalRecord due = hashed(lease, due());
        if (!due.isEmpty()) {
            save(lease, due);
            context.failpoints().reach("dispose.after_intent");
            done.add(finish(lease, due));
        }
        return done;
    }

    private DisposalRecord hashed(Lease lease, DisposalRecord due) {
        List<Delivered> delivered = new ArrayList<>();
        for (Delivered one : due.delivered()) {
            store.renew(lease);
            try (DeliveryDisposal disposal = offered(one.identity().stream())) {
                delivered.add(new Delivered(
                        one.identity(), one.committed(), one.rows(),
                        one.files().stream()
                                .map(file -> new File(file.path(), file.bytes(), disposal.sha256(file.path())))
                                .toList()));
            }
        }
        List<SetAside> setAside = due.setAside().stream()
                .map(one -> new SetAside(
                        one.stream(), one.generation(), one.epoch(), one.rows(),
                        new File(one.file().path(), one.file().bytes(), quarantine.sha256(one.file().path()))))
                .toList();
        return new DisposalRecord(due.id(), due.status(), due.at(), due.who(), delivered, setAside, due.checkpoints(), due.keys());
    }

    /** Every step can be done again. */
    private DisposalRecord finish(Lease lease, DisposalRecord record) {
        for (Delivered one : record.delivered()) {
            store.renew(lease);
            try (DeliveryDisposal disposal = offered(one.identity().stream())) {
                disposal.dispose(one.identity());
            }
            context.failpoints().reach("dispose.after_commit");
        }
        for (SetAside one : record.setAside()) {
            quarantine.dispose(one.stream(), one.file().path());
            context.failpoints().reach("dispose.after_set_aside");
        }
        for (Checkpoints one : record.checkpoints()) {
            store.renew(lease);
            OldEntries.together(store, context.pipeline(), one).ifPresent(sum -> store.rollUp(lease, sum));
            context.failpoints().reach("dispose.after_roll_up");
        }
        List<Key> destroyed = new ArrayList<>();
        for (Key key : record.keys()) {
            if (destroy(lease, key, record.id())) {
                destroyed.add(key);
            }
        }
        DisposalRecord done = record.done(destroyed);
        for (StreamName stream : done.streams()) {
            if (done.delivered().stream().anyMatch(one -> one.identity().stream().equals(stream))) {
                try (DeliveryDisposal disposal = offered(stream)) {
                    disposal.record(done.id(), done.toJson());
                }
            }
        }
        if (!done.setAside().isEmpty()) {
            quarantine.record(done.id(), done.toJson());
        }
        context.failpoints().reach("dispose.before_done");
        save(lease, done);
        return done;
    }

    /**
     * The key goes before it is marked as destroyed: in between it is only unknown. If a run came in between a disposal that
     * died and this one, it may have written files with the key, which then stays.
     */
    private boolean destroy(Lease lease, Key key, String disposal) {
        boolean there = DataKeys.all(store, context.pipeline()).stream().anyMatch(kept -> kept.id().equals(key.id()));
        Predicate<String> left = switch (key.use()) {
            case DELIVERED -> left(key.stream(), List.of());
            case SET_ASIDE -> leftAside(key.stream(), List.of());
        };
        if (there && left.test(key.id())) {
            return false;
        }
        // Also if it is gone already: the death may have come before the store's files were wiped.
        store.shred(lease, DataKeys.KIND, key.id());
        context.failpoints().reach("dispose.after_shred");
        if (store.documents(context.pipeline(), DataKeys.DESTROYED).stream().noneMatch(one -> one.name().equals(key.id()))) {
            store.record(
                    lease, DataKeys.DESTROYED, key.id(), "{\"disposal\":\"" + disposal + "\"}", context.clock().instant());
        }
        return true;
    }

    private void save(Lease lease, DisposalRecord record) {
        store.record(lease, KIND, record.id(), record.toJson(), context.clock().instant());
    }
}

package io.windrow.core.dispose;

import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.LedgerSum;
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
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.seal.DataKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Disposes of what there are grounds for. Three steps, each durable before the next: the intention, with
 * names and hashes, is saved; files go, then keys; the record is laid beside the data and saved as done. A disposal that died
 * is finished by the next one before it looks for more. Time is that of the state store's server, else the context's. Used by one thread; store, sink and context
 * stay the caller's.
 */
public final class Disposer {
    /** The kind of the documents that hold disposals; their names are the ids. */
    public static final String KIND = "disposal";

    private final Grounds grounds;
    private final DisposalScan scan;
    private final StateStore store;
    private final Sink sink;
    private final QuarantineDisposal quarantine;
    private final Context context;
    private final String who;

    /**
     * A disposer of one pipeline.
     *
     * @param grounds what is disposed of
     * @param sink the pipeline's, made with {@code context}
     * @param context names the pipeline, and decrypts if its files are encrypted
     * @param who for the record
     */
    public Disposer(
            Grounds grounds, StateStore store, Sink sink, QuarantineDisposal quarantine, Context context, String who) {
        this(
                grounds,
                new DisposalScan(store, sink, quarantine, context, new DisposalClock(store, context, DisposalClock.Trust.EXAMINED)), who);
    }

    private Disposer(Grounds grounds, DisposalScan scan, String who) {
        this.grounds = grounds;
        this.scan = scan;
        this.store = scan.store();
        this.sink = scan.sink();
        this.quarantine = scan.quarantine();
        this.context = scan.context();
        this.who = who;
    }

    /** The same, that believes its clock although the ledger speaks against it: somebody has looked. */
    public Disposer withClockChecked() {
        return new Disposer(grounds, scan.believing(), who);
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
        return scan.due(grounds, who);
    }

    /**
     * Finishes what an earlier disposal left, then disposes of what is due. Rows that dead processes left staged in quarantine go too,
     * without a record: they were never set aside.
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
        store.load(context.pipeline()).stream()
                .map(StreamState::stream)
                .filter(stream -> !grounds.isHeld(stream))
                .forEach(stream -> quarantine.sweep(stream, lease.fencingToken()));
        List<DisposalRecord> done = new ArrayList<>();
        for (DisposalRecord record : records(store, context.pipeline())) {
            if (record.status() == Status.INTENDED) {
                spared(lease, record).ifPresent(rest -> done.add(finish(lease, rest)));
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

    /**
     * Of a disposal of what follows a former mask: the streams of folded rows that it cannot purge, since what readers see of them was
     * folded before their log was delivered under the present mask. They are to be folded again first. Needs no lease.
     */
    public List<StreamName> foldedBefore() {
        return switch (grounds) {
            case Grounds.FormerMask ignored -> scan.foldedBefore(grounds);
            case Grounds.Age ignored -> List.of();
        };
    }

    /**
     * Of a disposal of what follows a former mask: the streams of which such rows may lie at a target that cannot dispose, with the
     * statement that somebody is to execute there, where one is known. Needs no lease.
     */
    public Map<StreamName, Optional<String>> keptAtTarget() {
        return switch (grounds) {
            case Grounds.FormerMask ignored -> scan.keptAtTarget(grounds);
            case Grounds.Age ignored -> Map.of();
        };
    }

    /** What earlier disposals decided and did not finish. Streams that are on hold stay until they are not. Needs no lease. */
    public List<DisposalRecord> intended() {
        return records(store, context.pipeline()).stream().filter(record -> record.status() == Status.INTENDED).toList();
    }

    /** What of a decided disposal may be done now. What is on hold stays decided, in a record of its own; empty: all of it is. */
    private Optional<DisposalRecord> spared(Lease lease, DisposalRecord record) {
        Predicate<StreamName> isHeld = grounds::isHeld;
        if (record.streams().stream().noneMatch(isHeld)) {
            return Optional.of(record);
        }
        DisposalRecord rest = record.of(record.id(), isHeld.negate());
        if (rest.isEmpty()) {
            return Optional.empty();
        }
        save(lease, record.of(record.id() + "-held", isHeld));
        save(lease, rest);
        return Optional.of(rest);
    }

    private DisposalRecord hashed(Lease lease, DisposalRecord due) {
        List<Delivered> delivered = new ArrayList<>();
        for (Delivered one : due.delivered()) {
            store.renew(lease);
            try (DeliveryDisposal disposal = scan.offered(one.identity().stream())) {
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
        record.setAside().forEach(one -> scan.proof().ofSetAside(one.stream()));
        for (Delivered one : record.delivered()) {
            store.renew(lease);
            try (DeliveryDisposal disposal = scan.offered(one.identity().stream())) {
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
            OldEntries.together(store, context.pipeline(), one).ifPresent(sum -> rollUp(lease, one, sum));
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
                try (DeliveryDisposal disposal = scan.offered(stream)) {
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

    /** Beside the data first: once the store has the sum, nobody adds the entries up again. */
    private void rollUp(Lease lease, Checkpoints range, LedgerEntry sum) {
        try (Committer committer = sink.committer()) {
            committer.rollUp(
                    new LedgerSum(range.stream(), range.generation(), range.first(), range.last(), sum.forTarget().toJson()),
                    lease.fencingToken());
        }
        context.failpoints().reach("dispose.after_roll_up_beside");
        store.rollUp(lease, sum);
    }

    /**
     * The key goes before it is marked as destroyed: in between it is only unknown. If a run came in between a disposal that
     * died and this one, it may have written files with the key, which then stays.
     */
    private boolean destroy(Lease lease, Key key, String disposal) {
        boolean there = DataKeys.all(store, context.pipeline()).stream().anyMatch(kept -> kept.id().equals(key.id()));
        Predicate<String> left = switch (key.use()) {
            case DELIVERED -> scan.left(key.stream(), List.of());
            case SET_ASIDE -> scan.leftAside(key.stream(), List.of());
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

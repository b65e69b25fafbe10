package io.windrow.core.dispose;

import io.windrow.api.context.Context;
import io.windrow.api.context.Sealing;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.DeliveryDisposal;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.WriteMode;
import io.windrow.core.checkpoint.Lineage;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.dispose.DisposalRecord.Checkpoints;
import io.windrow.core.dispose.DisposalRecord.Delivered;
import io.windrow.core.dispose.DisposalRecord.File;
import io.windrow.core.dispose.DisposalRecord.Key;
import io.windrow.core.dispose.DisposalRecord.SetAside;
import io.windrow.core.dispose.DisposalRecord.Status;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.policy.RetentionPolicy;
import io.windrow.core.quarantine.QuarantineDisposal;
import io.windrow.core.seal.DataKey;
import io.windrow.core.seal.DataKeys;
import io.windrow.core.transform.mask.MaskTransform;
import io.windrow.core.transform.sample.SampleTransform;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What lies at the target and in quarantine, and what of it there are grounds to dispose of. Has no effect and needs no
 * lease. All parts stay the caller's.
 */
record DisposalScan(StateStore store, Sink sink, QuarantineDisposal quarantine, Context context, DisposalClock clock) {
    /** What is promised of rows that were folded from a change log, by the name of the guarantee. */
    private static final String FOLDED = "folded";

    /** The same with a clock that is believed. */
    DisposalScan believing() {
        return new DisposalScan(store, sink, quarantine, context, new DisposalClock(store, context, DisposalClock.Trust.GIVEN));
    }

    /** What a disposal on these grounds would take, without hashes. */
    DisposalRecord due(Grounds grounds, String who) {
        Instant now = clock.now();
        switch (grounds) {
            case Grounds.Age ignored -> clock.expectPlausible(now);
            case Grounds.FormerMask ignored -> {
                // Not by its age.
            }
        }
        String id = now.toString().replaceAll("[^0-9TZ]", "") + "-"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        Due due = new Due();
        for (StreamState state : store.load(context.pipeline())) {
            if (!grounds.isHeld(state.stream())) {
                switch (grounds) {
                    case Grounds.Age age -> old(due, age.policy(), state, now);
                    case Grounds.FormerMask ignored -> maskedOtherwise(due, state);
                }
            }
        }
        return new DisposalRecord(
                id, Status.INTENDED, now, who, due.delivered, due.setAside, due.checkpoints, due.keys);
    }

    private static final class Due {
        private final List<Delivered> delivered = new ArrayList<>();
        private final List<SetAside> setAside = new ArrayList<>();
        private final List<Checkpoints> checkpoints = new ArrayList<>();
        private final List<Key> keys = new ArrayList<>();
    }

    private void old(Due due, RetentionPolicy policy, StreamState state, Instant now) {
        StreamName stream = state.stream();
        shortest(policy, stream).ifPresent(kept -> delivered(due, stream, now.minus(kept), (entry, commit) ->
                kept(policy, entry).filter(time -> !commit.at().isAfter(now.minus(time))).isPresent()));
        policy.quarantine().ifPresent(kept ->
                setAside(due, stream, entry -> !entry.cut().isAfter(now.minus(kept))));
        policy.checkpoints().ifPresent(kept -> due.checkpoints.addAll(OldEntries.of(
                store, context.pipeline(), state, now.minus(kept),
                policy.quarantine().isPresent() ? aside(stream, paths(due.setAside)) : new Epochs<>())));
    }

    /** How long anything that is delivered of a stream is kept at least; empty: all of it for ever. */
    private static Optional<Duration> shortest(RetentionPolicy policy, StreamName stream) {
        return Optional.ofNullable(policy.streams().get(stream.toString()))
                .or(() -> Stream.of(policy.files(), policy.samples())
                        .flatMap(Optional::stream)
                        .min(Comparator.naturalOrder()));
    }

    /** How long what one epoch delivered is kept: a sample is what went through the step that samples. */
    private static Optional<Duration> kept(RetentionPolicy policy, LedgerEntry entry) {
        return Optional.ofNullable(policy.streams().get(entry.stream().toString()))
                .or(() -> entry.policies().containsKey(SampleTransform.POLICY) ? policy.samples() : Optional.empty())
                .or(policy::files);
    }

    /** Only once the newest delivery is whole, so that rows are there in it; what goes on in it under a new key stays. */
    private void maskedOtherwise(Due due, StreamState state) {
        StreamName stream = state.stream();
        former(state).ifPresent(former -> {
            // Whatever a clock said: a mask has nothing to do with age. What a sink cannot delete hinders nothing else.
            if (canDispose(stream)) {
                delivered(due, stream, Instant.MAX, (entry, commit) -> former.test(entry));
            }
            setAside(due, stream, former);
        });
    }

    /** Which entries of a stream follow a former mask; empty: none does. */
    private Optional<Predicate<LedgerEntry>> former(StreamState state) {
        Optional<StreamEpoch> whole = state.committed().filter(StreamEpoch::completesGeneration);
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        long first = Lineage.first(store, context.pipeline(), state.stream(), whole.get().generation());
        LedgerEntry newest = whole.get().ledger();
        Predicate<LedgerEntry> former = entry -> entry.generation() < first && !MaskTransform.isSame(entry.policies(), newest.policies());
        boolean[] any = new boolean[1];
        store.eachLedger(context.pipeline(), state.stream(), json -> any[0] |= former.test(LedgerEntry.parse(json)));
        return any[0] ? Optional.of(former) : Optional.empty();
    }

    private boolean canDispose(StreamName stream) {
        Optional<DeliveryDisposal> disposal = sink.disposal(stream);
        disposal.ifPresent(DeliveryDisposal::close);
        return disposal.isPresent();
    }

    /**
     * The streams of which rows under a former mask may lie at a target that cannot dispose, each with the statement that deletes them
     * there if the sink knows one. Whether somebody has executed it nobody knows; a copy that replaced them left none.
     */
    Map<StreamName, Optional<String>> keptAtTarget(Grounds grounds) {
        Map<StreamName, Optional<String>> kept = new TreeMap<>();
        for (StreamState state : store.load(context.pipeline())) {
            if (!grounds.isHeld(state.stream())
                    && state.committed().filter(epoch -> epoch.mode() != WriteMode.REPLACE).isPresent()
                    && former(state).isPresent() && !canDispose(state.stream())) {
                kept.put(state.stream(), sink.purging(state.stream()));
            }
        }
        return kept;
    }

    /**
     * The streams of folded rows whose readers see rows that were folded before their log was delivered under another mask: nothing
     * takes their place before the log is folded again.
     */
    List<StreamName> foldedBefore(Grounds grounds) {
        List<StreamState> states = store.load(context.pipeline());
        List<StreamName> before = new ArrayList<>();
        for (StreamState log : states) {
            Optional<LedgerEntry> newest = log.committed().map(StreamEpoch::ledger);
            states.stream()
                    .filter(state -> state.stream().equals(PlannedStream.folded(log.stream())) && !grounds.isHeld(state.stream()))
                    .filter(state -> newest.isPresent() && state.committed()
                            .map(StreamEpoch::ledger)
                            .filter(entry -> entry.guarantee().name().equals(FOLDED))
                            .filter(entry -> !MaskTransform.isSame(entry.policies(), newest.get().policies()))
                            .isPresent())
                    .forEach(state -> before.add(state.stream()));
        }
        return before;
    }

    private interface Choice {
        boolean takes(LedgerEntry entry, DeliveryDisposal.Kept commit);
    }

    /** Of the commits that both the target and the ledger know, those from before the limit that are chosen. */
    private void delivered(Due due, StreamName stream, Instant limit, Choice choice) {
        Epochs<DeliveryDisposal.Kept> lying = new Epochs<>();
        try (DeliveryDisposal disposal = offered(stream)) {
            disposal.before(limit)
                    .forEach(kept -> lying.put(kept.identity().generation(), kept.identity().epoch(), kept));
        }
        Epochs<DeliveryDisposal.Kept> chosen = new Epochs<>();
        store.eachLedger(context.pipeline(), stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            lying.of(entry).stream()
                    .filter(kept -> choice.takes(entry, kept))
                    .forEach(kept -> chosen.put(kept.identity().generation(), kept.identity().epoch(), kept));
        });
        List<Delivered> going = chosen.all().stream()
                .map(kept -> new Delivered(
                        kept.identity(), kept.at(), kept.rows(),
                        kept.files().stream().map(file -> new File(file.path(), file.bytes(), "")).toList()))
                .toList();
        due.delivered.addAll(going);
        due.keys.addAll(unneeded(stream, Sealing.Use.DELIVERED, left(stream, going)));
    }

    private void setAside(Due due, StreamName stream, Predicate<LedgerEntry> chosen) {
        Epochs<QuarantineDisposal.Kept> files = aside(stream, Set.of());
        Epochs<SetAside> found = new Epochs<>();
        store.eachLedger(context.pipeline(), stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (chosen.test(entry)) {
                files.of(entry).forEach(kept -> found.put(
                        kept.generation(), kept.epoch(),
                        new SetAside(
                                stream, kept.generation(), kept.epoch(), entry.account().quarantined(),
                                new File(kept.path(), kept.bytes(), ""))));
            }
        });
        List<SetAside> going = found.all();
        due.setAside.addAll(going);
        due.keys.addAll(unneeded(stream, Sealing.Use.SET_ASIDE, leftAside(stream, going)));
    }

    /** The visible files of a stream's quarantined rows, but for those that go. */
    private Epochs<QuarantineDisposal.Kept> aside(StreamName stream, Set<String> gone) {
        proof().ofSetAside(stream);
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

    /** Whether a file of the stream names a data key, when some commits are gone. */
    Predicate<String> left(StreamName stream, List<Delivered> gone) {
        proof().ofDelivered(stream);
        Set<CommitIdentity> identities = new HashSet<>();
        gone.forEach(one -> identities.add(one.identity()));
        try (DeliveryDisposal disposal = offered(stream)) {
            return disposal.keysLeft(identities)::contains;
        }
    }

    /** The same of rows that were set aside. */
    Predicate<String> leftAside(StreamName stream, List<SetAside> gone) {
        proof().ofSetAside(stream);
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

    /** What deletes at the target; the caller closes it. Refuses a sink that cannot. */
    DeliveryDisposal offered(StreamName stream) {
        return sink.disposal(stream).orElseThrow(() -> WindrowException.of(
                DisposeError.NOT_OFFERED, "Disposing of what was delivered of " + stream + ": the sink cannot"));
    }

    /** Whether what is looked at is what the ledger speaks of. */
    Proof proof() {
        return new Proof(store, sink, quarantine, context.pipeline());
    }
}

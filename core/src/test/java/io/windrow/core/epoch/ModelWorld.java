package io.windrow.core.epoch;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.config.Secret;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.Guarantee;
import io.windrow.api.source.PlannerState;
import io.windrow.api.source.Split;
import io.windrow.core.checkpoint.OpenSplit;
import io.windrow.core.checkpoint.Progress;
import io.windrow.core.checkpoint.StreamEpoch;
import io.windrow.core.checkpoint.StreamState;
import io.windrow.core.ledger.HashKey;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.Written;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that exists: what survives crashes (upstream, target, store) and the runners. Copied before every change. Rows are
 * numbered from 0 within a split; a row of the target is {@code stream split row generation}.
 */
final class ModelWorld {
    private static final HashKey KEY = HashKey.of(Secret.of("of the model"));

    /** A stream and how many rows each of its splits has. */
    record Shape(StreamName stream, Map<String, Integer> splits) {}

    /** How often each kind of trouble may still happen. */
    record Budget(int crashes, int ambiguous, int rejections, int takeovers, int resets, int restores) {}

    record Backup(Map<StreamName, StreamState> store, long token, Map<StreamName, Long> resetBase) {}

    /** One process. {@code read}: how far each split was read, by split id. */
    static final class Runner {
        final long token;
        EpochState protocol;
        List<EpochAction> queue;
        Map<String, Integer> read;
        final Set<StreamName> own;

        Runner(
                long token, EpochState protocol, List<EpochAction> queue, Map<String, Integer> read, Set<StreamName> own) {
            this.own = own;
            this.token = token;
            this.protocol = protocol;
            this.queue = queue;
            this.read = read;
        }

        Runner copy() {
            return new Runner(token, protocol, new ArrayList<>(queue), new TreeMap<>(read), own);
        }
    }

    final List<Shape> shapes;
    Budget budget;
    Map<String, Integer> trimmed = new TreeMap<>();
    List<String> visible = new ArrayList<>();
    Map<StreamName, CommitIdentity> last = new TreeMap<>();
    Set<String> dead = new TreeSet<>();
    Map<String, List<String>> staged = new TreeMap<>();
    List<StreamCommit> inFlight = new ArrayList<>();
    Map<StreamName, StreamState> store = new TreeMap<>();
    long token;
    Optional<Backup> backup = Optional.empty();
    Map<StreamName, Long> resetBase = new TreeMap<>();
    List<Runner> runners = new ArrayList<>();
    /** Runs that came to their end; after two of them nobody starts another. */
    int ends;
    /** How many runs may still be of one stream only. */
    int partial;

    ModelWorld(List<Shape> shapes, Budget budget) {
        this.shapes = shapes;
        this.budget = budget;
        for (Shape shape : shapes) {
            shape.splits.keySet().forEach(split -> trimmed.put(split, 0));
        }
    }

    ModelWorld copy() {
        ModelWorld copy = new ModelWorld(shapes, budget);
        copy.trimmed = new TreeMap<>(trimmed);
        copy.visible = new ArrayList<>(visible);
        copy.last = new TreeMap<>(last);
        copy.dead = new TreeSet<>(dead);
        copy.staged = new TreeMap<>(staged);
        copy.inFlight = new ArrayList<>(inFlight);
        copy.store = new TreeMap<>(store);
        copy.token = token;
        copy.backup = backup;
        copy.resetBase = new TreeMap<>(resetBase);
        copy.ends = ends;
        copy.partial = partial;
        copy.runners = new ArrayList<>();
        runners.forEach(runner -> copy.runners.add(runner.copy()));
        return copy;
    }

    /** Where reading of every split goes on after a progress. */
    static Map<String, Integer> positions(Shape shape, Optional<Progress> progress) {
        Map<String, Integer> positions = new TreeMap<>();
        for (Map.Entry<String, Integer> split : shape.splits.entrySet()) {
            OpenSplit open = progress.isPresent() ? progress.get().openSplits().get(split.getKey()) : null;
            boolean ended = progress.isPresent() && open == null;
            positions.put(
                    split.getKey(),
                    ended ? split.getValue() : open == null ? 0 : Integer.parseInt(open.position().orElseThrow().text()));
        }
        return positions;
    }

    /** A cut of a stream that was read up to {@code to}, and the rows of it that upstream still had. */
    StreamCut cut(Runner runner, Shape shape, Map<String, Integer> to, List<String> rows) {
        long epoch = runner.protocol.nextEpoch();
        long generation = runner.protocol.streams().get(shape.stream).known().generation();
        Map<String, OpenSplit> open = new HashMap<>();
        int length = shape.splits.values().stream().mapToInt(Integer::intValue).sum();
        int at = 0;
        for (Map.Entry<String, Integer> split : shape.splits.entrySet()) {
            int from = runner.read.get(split.getKey());
            int end = to.getOrDefault(split.getKey(), from);
            at += end;
            for (int row = Math.max(from, trimmed.get(split.getKey())); row < end; row++) {
                rows.add(split.getKey() + row + "@" + generation);
            }
            if (end < split.getValue()) {
                open.put(split.getKey(), new OpenSplit(
                        new Split(split.getKey(), shape.stream, 1, "", -1),
                        Optional.of(new Position(1, Integer.toString(end)))));
            }
        }
        String name = shape.stream + "/" + runner.token + "/" + epoch + "/" + String.join(",", rows);
        LedgerEntry ledger = new LedgerEntry(
                "p", shape.stream, generation, epoch, WriteMode.APPEND, Account.ofRead(rows.size()).plusWritten(rows.size()),
                Optional.empty(), "", RowHash.ZERO, new Written(rows.size(), Optional.empty(), ""), List.of(), 1,
                new Guarantee("", "", List.of(), List.of()), at == length, List.of(), 0, Instant.EPOCH, Instant.EPOCH,
                Map.of());
        return new StreamCut(
                shape.stream, generation, WriteMode.APPEND, new PlannerState(1, ""), open,
                List.of(new Staged(shape.stream, 1, name, 1, rows.size(), 0, "")), Optional.empty(), at == length, ledger, KEY);
    }

    /** Releases upstream what lies before an epoch's positions. */
    void release(StreamEpoch epoch) {
        release(epoch.stream(), epoch.progress());
    }

    void release(StreamName stream, Progress progress) {
        for (Shape shape : shapes) {
            if (shape.stream.equals(stream)) {
                positions(shape, Optional.of(progress))
                        .forEach((split, position) -> trimmed.merge(split, position, Math::max));
            }
        }
    }

    void show(List<String> rows) {
        visible.addAll(rows);
        Collections.sort(visible);
    }

    /** Rows that upstream let go of and that no reader of the target can see: lost for good. */
    boolean hasLost() {
        for (Shape shape : shapes) {
            long base = resetBase.getOrDefault(shape.stream, 0L);
            for (String split : shape.splits.keySet()) {
                for (int row = 0; row < trimmed.get(split); row++) {
                    if (!isVisible(split + row + "@", base)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private boolean isVisible(String row, long afterGeneration) {
        for (String shown : visible) {
            if (shown.startsWith(row) && Long.parseLong(shown.substring(row.length())) > afterGeneration) {
                return true;
            }
        }
        return false;
    }

    /** Rows that are visible twice without a reset having said so. */
    boolean hasDuplicates() {
        for (int i = 1; i < visible.size(); i++) {
            if (visible.get(i).equals(visible.get(i - 1))) {
                return true;
            }
        }
        return false;
    }

    /** Rows of a stream that a run which says that it is done has not delivered. */
    boolean isIncomplete(Shape shape) {
        long base = resetBase.getOrDefault(shape.stream, 0L);
        for (Map.Entry<String, Integer> split : shape.splits.entrySet()) {
            for (int row = 0; row < split.getValue(); row++) {
                if (!isVisible(split.getKey() + row + "@", base)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Drops what nothing refers to any more: staged data of crashed runs, rejections of forgotten epochs. */
    void prune() {
        Set<String> names = new TreeSet<>();
        Set<String> identities = new TreeSet<>();
        store.values().forEach(state -> refer(state, names, identities));
        backup.ifPresent(b -> b.store.values().forEach(state -> refer(state, names, identities)));
        inFlight.forEach(commit -> refer(commit, names, identities));
        for (Runner runner : runners) {
            runner.protocol.streams().values().forEach(stream -> refer(stream.known(), names, identities));
            for (EpochAction action : runner.queue) {
                if (action instanceof EpochAction.Commit commit) {
                    refer(commit.commit(), names, identities);
                }
            }
        }
        staged.keySet().retainAll(names);
        dead.retainAll(identities);
    }

    private static void refer(StreamState state, Set<String> names, Set<String> identities) {
        state.pending().ifPresent(epoch -> {
            epoch.staged().forEach(s -> names.add(s.text()));
            identities.add(epoch.identity("p").toString());
        });
    }

    private static void refer(StreamCommit commit, Set<String> names, Set<String> identities) {
        commit.staged().forEach(s -> names.add(s.text()));
        identities.add(commit.identity().toString());
    }

    /** Equal for worlds with the same future. */
    String key() {
        StringBuilder key = new StringBuilder(400);
        key.append(budget.crashes).append(budget.ambiguous).append(budget.rejections).append(budget.takeovers)
                .append(budget.resets).append(budget.restores).append(ends).append(partial).append(trimmed).append(visible).append(dead);
        last.values().forEach(identity -> identity(key, identity));
        key.append(staged.keySet());
        inFlight.forEach(commit -> identity(key, commit.identity()));
        store(key, store);
        key.append(token).append(resetBase);
        backup.ifPresent(b -> {
            key.append('B').append(b.token).append(b.resetBase);
            store(key, b.store);
        });
        for (Runner runner : runners) {
            key.append("|R").append(runner.token).append(runner.own).append(runner.read).append(runner.protocol.phase())
                    .append(runner.protocol.lastEpoch());
            for (EpochState.Stream stream : runner.protocol.streams().values()) {
                key.append(stream.step()).append(stream.attempts()).append(stream.shown());
                state(key, stream.known());
            }
            for (EpochAction action : runner.queue) {
                key.append(action.getClass().getSimpleName());
                switch (action) {
                    case EpochAction.Save save -> save.epochs().forEach(epoch -> epoch(key, epoch));
                    case EpochAction.Commit commit -> identity(key, commit.commit().identity());
                    case EpochAction.AskTarget ask -> key.append(ask.stream());
                    case EpochAction.Acknowledge acknowledge -> epoch(key, acknowledge.epoch());
                    case EpochAction.Discard discard -> discard.staged().forEach(s -> key.append(s.text()));
                    case EpochAction.Rewind rewind -> key.append(rewind.stream());
                    case EpochAction.Park park -> key.append(park.stream());
                }
            }
        }
        return key.toString();
    }

    private static void store(StringBuilder key, Map<StreamName, StreamState> store) {
        store.values().forEach(state -> state(key, state));
    }

    private static void state(StringBuilder key, StreamState state) {
        key.append(';').append(state.stream()).append(state.generation()).append('.').append(state.lastEpoch());
        state.committed().ifPresent(epoch -> epoch(key.append('c'), epoch));
        state.pending().ifPresent(epoch -> epoch(key.append('p'), epoch));
    }

    private static void epoch(StringBuilder key, StreamEpoch epoch) {
        key.append(epoch.epoch()).append(epoch.status().name().charAt(0)).append(epoch.digest(), 0, 12);
    }

    private static void identity(StringBuilder key, CommitIdentity identity) {
        key.append('i').append(identity.stream()).append(identity.epoch()).append(identity.digest(), 0, 12);
    }
}

package io.windrow.testkit.conformance;

import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Operation;
import io.windrow.api.context.CheckResult;
import io.windrow.api.context.Context;
import io.windrow.api.error.ErrorCode;
import io.windrow.api.error.ErrorKind;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.CommitIdentity;
import io.windrow.api.sink.CommitOutcome;
import io.windrow.api.sink.Committer;
import io.windrow.api.sink.Sink;
import io.windrow.api.sink.SinkWriter;
import io.windrow.api.sink.Staged;
import io.windrow.api.sink.StreamCommit;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.sink.WriterId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.jspecify.annotations.Nullable;

/** The smallest sink that keeps the contract, or breaks it in one way. The target outlives the sinks on it. */
record MemorySink(Target target, Context context, Map<String, List<Long>> own) implements Sink {
    enum Defect {
        NONE(""),
        LEAVES_A_TRACE_OF_ITS_CHECK("theTargetPassesItsCheckAndTheCheckLeavesNoTrace"),
        LOSES_A_ROW("rowsAreSeenOnlyOnceTheyAreCommitted"),
        SHOWS_ROWS_BEFORE_THE_COMMIT("rowsAreSeenOnlyOnceTheyAreCommitted"),
        LEAKS_A_BUFFER("rowsAreSeenOnlyOnceTheyAreCommitted"),
        COMMITS_THE_SAME_TWICE("theSameIdentityTwiceHasTheEffectOfOnceIfTheSinkSaysSo"),
        STAGES_IN_ITS_OWN_MEMORY("whatADeadOwnerStagedIsCommittedByTheNext"),
        TAKES_AN_OLD_EPOCH("anEpochThatIsThereWithOtherContentIsUnknownAndNothingChanges"),
        LETS_A_STALE_OWNER_IN("aStaleOwnerCannotPublishAfterItsSuccessor"),
        IGNORES_ABORT("discardedAndAbandonedRowsAreNeverSeen"),
        FORGETS_AN_EMPTY_EPOCH("anEpochWithoutRowsIsCommittedToo"),
        MIXES_WRITERS_UP("oneWriterServesManyEpochsAndManyWritersOneEpoch"),
        KEEPS_SUPERSEDED_ROWS("aNewGenerationTakesThePlaceOfTheRowsOfAnUnfinishedOne"),
        SHOWS_HALF_A_GENERATION("replaceShowsAGenerationOnlyWhenItIsWhole"),
        CONFUSES_STREAMS("aStreamMayHaveAnyName"),
        ADDS_INSTEAD_OF_REPLACING("upsertHoldsEachKeyOnceAndRemovesNone"),
        LOSES_AN_UPSERTED_ROW("upsertHoldsEachKeyOnceAndRemovesNone"),
        KEEPS_DELETED_ROWS("aMirrorLosesWhatIsDeleted"),
        FOLDS_WITHOUT_COUNTING("aMirrorFoldsTheChangesOfAKeyInTheirOrderAndCountsThem"),
        KEEPS_AN_OLD_MIRROR("aNewGenerationOfAMirrorLosesWhatItDoesNotBring"),
        FORGETS_A_VERSION("aHistoryKeepsEveryVersion");

        final String check;

        Defect(String check) {
            this.check = check;
        }
    }

    enum Refusal implements ErrorCode {
        REFUSED;

        @Override
        public String code() {
            return "memory.refused";
        }

        @Override
        public ErrorKind kind() {
            return ErrorKind.UNKNOWN_OUTCOME;
        }

        @Override
        public String meaning() {
            return "The target shows another commit.";
        }

        @Override
        public String remedy() {
            return "None is needed in a test.";
        }
    }

    /** Rows of one commit. */
    record Part(long generation, List<Long> ids) {}

    /** What all sinks share. */
    static final class Target {
        final Defect defect;
        final Map<String, List<Long>> staged = new HashMap<>();
        final Map<StreamName, List<Part>> parts = new HashMap<>();
        final Map<StreamName, CommitIdentity> last = new HashMap<>();
        final Map<StreamName, Long> tokens = new HashMap<>();
        final Map<StreamName, Long> shown = new HashMap<>();

        Target(Defect defect) {
            this.defect = defect;
        }

        StreamName key(StreamName stream) {
            return defect == Defect.CONFUSES_STREAMS ? StreamName.of("same") : stream;
        }

        List<Long> visible(StreamName stream) {
            Long generation = shown.get(key(stream));
            return parts.getOrDefault(key(stream), List.of()).stream()
                    .filter(part -> generation == null || part.generation() == generation)
                    .flatMap(part -> part.ids().stream())
                    .toList();
        }

        void add(StreamName stream, Part part) {
            parts.computeIfAbsent(key(stream), name -> new ArrayList<>()).add(part);
        }
    }

    @Override
    public List<CheckResult> check() {
        if (target.defect == Defect.LEAVES_A_TRACE_OF_ITS_CHECK) {
            target.add(new StreamName("public", "orders"), new Part(1, List.of(0L)));
        }
        return List.of(CheckResult.ok("memory", "there is some"));
    }

    @Override
    public void prepare(StreamSchema schema, WriteMode mode) {
        // Nothing to make.
    }

    @Override
    public SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id) {
        return new Writer(this, schema, mode, id, new ArrayList<>());
    }

    @Override
    public Committer committer() {
        return new MemoryCommitter(target, own);
    }

    @Override
    public void close() {
        own.clear();
    }

    /** Of a delete the id is kept as its complement. */
    private record Writer(MemorySink sink, StreamSchema schema, WriteMode mode, WriterId id, List<Long> ids) implements SinkWriter {
        @Override
        public void write(Batch batch) {
            BigIntVector column = (BigIntVector) batch.arrow().getVector("id");
            for (int i = 0; i < batch.rowCount(); i++) {
                boolean delete = batch.changes().isPresent()
                        && batch.changes().get().operations().get(i) == Operation.DELETE.ordinal();
                ids.add(delete ? ~column.get(i) : column.get(i));
            }
        }

        @Override
        public long bytes() {
            return ids.size() * 8L;
        }

        @Override
        public List<Staged> prepareCommit(long epoch) {
            if (ids.isEmpty()) {
                return List.of();
            }
            Defect defect = sink.target.defect;
            List<Long> taken = new ArrayList<>(ids);
            ids.clear();
            int rows = taken.size();
            if (defect == Defect.LOSES_A_ROW) {
                taken.removeLast();
            }
            if (defect == Defect.LEAKS_A_BUFFER) {
                sink.context.allocator().buffer(64).writeByte(1);
            }
            if (defect == Defect.SHOWS_ROWS_BEFORE_THE_COMMIT) {
                sink.target.add(schema.stream(), new Part(1, taken));
            }
            String key = schema.stream() + "/" + id.fencingToken() + "/" + id.generation() + "/" + epoch
                    + (defect == Defect.MIXES_WRITERS_UP ? "" : "/" + id.writer());
            (defect == Defect.STAGES_IN_ITS_OWN_MEMORY ? sink.own : sink.target.staged).put(key, taken);
            long folded = mode == WriteMode.MIRROR
                    ? rows - taken.stream().map(one -> one < 0 ? ~one : one).distinct().count()
                    : 0;
            Staged data = new Staged(schema.stream(), 1, key, 1, rows - folded, rows * 8L, "kept");
            return folded == 0 || defect == Defect.FOLDS_WITHOUT_COUNTING
                    ? List.of(data)
                    : List.of(data, Staged.count(schema.stream(), Staged.Part.FOLDED, 1, folded));
        }

        @Override
        public void close() {
            if (sink.target.defect == Defect.IGNORES_ABORT && !ids.isEmpty()) {
                sink.target.add(schema.stream(), new Part(1, List.copyOf(ids)));
            }
            ids.clear();
        }
    }

    private record MemoryCommitter(Target target, Map<String, List<Long>> own) implements Committer {
        @Override
        public CommitOutcome commit(StreamCommit commit) {
            StreamName stream = commit.identity().stream();
            CommitIdentity last = target.last.get(stream);
            long newest = target.tokens.getOrDefault(stream, 0L);
            if (last != null && last.equals(commit.identity()) && target.defect != Defect.COMMITS_THE_SAME_TWICE) {
                return new CommitOutcome.AlreadyCommitted(List.of());
            }
            if (last != null && commit.identity().epoch() <= last.epoch() && !last.equals(commit.identity())
                    && target.defect != Defect.TAKES_AN_OLD_EPOCH) {
                return unknown("another commit is there");
            }
            if (commit.fencingToken() < newest && target.defect != Defect.LETS_A_STALE_OWNER_IN) {
                return new CommitOutcome.Rejected(
                        WindrowException.of(Refusal.REFUSED, "Committing for an owner that was replaced"));
            }
            List<Long> ids = new ArrayList<>();
            for (Staged staged : commit.staged()) {
                if (staged.part() != Staged.Part.DATA) {
                    continue;
                }
                List<Long> found = target.staged.getOrDefault(staged.text(), own.get(staged.text()));
                if (found == null) {
                    return unknown("what was staged is gone");
                }
                ids.addAll(found);
            }
            if (commit.supersedes().isPresent() && target.defect != Defect.KEEPS_SUPERSEDED_ROWS) {
                target.parts.getOrDefault(target.key(stream), new ArrayList<>())
                        .removeIf(part -> part.generation() < commit.identity().generation());
            }
            if (commit.mode().needsKey()) {
                apply(commit, last, ids);
            } else {
                target.add(stream, new Part(commit.identity().generation(), ids));
            }
            if (commit.mode() == WriteMode.REPLACE
                    && (commit.completesGeneration() || target.defect == Defect.SHOWS_HALF_A_GENERATION)) {
                target.shown.put(target.key(stream), commit.identity().generation());
            }
            if (!ids.isEmpty() || target.defect != Defect.FORGETS_AN_EMPTY_EPOCH) {
                target.last.put(stream, commit.identity());
            }
            target.tokens.merge(stream, commit.fencingToken(), Math::max);
            return new CommitOutcome.Committed(List.of());
        }

        private void apply(StreamCommit commit, @Nullable CommitIdentity last, List<Long> changes) {
            StreamName stream = commit.identity().stream();
            List<Long> rows = new ArrayList<>(target.visible(stream));
            boolean anew = last != null && last.generation() < commit.identity().generation();
            if (anew && commit.mode() == WriteMode.MIRROR && target.defect != Defect.KEEPS_AN_OLD_MIRROR) {
                rows.clear();
            }
            for (long change : changes) {
                long id = change < 0 ? ~change : change;
                boolean keeps = commit.mode() == WriteMode.HISTORY
                        ? target.defect != Defect.FORGETS_A_VERSION
                        : target.defect == Defect.ADDS_INSTEAD_OF_REPLACING;
                boolean removes = commit.mode() == WriteMode.MIRROR && target.defect != Defect.KEEPS_DELETED_ROWS
                        || commit.mode() == WriteMode.UPSERT && target.defect == Defect.LOSES_AN_UPSERTED_ROW;
                if (change < 0 ? removes : !keeps) {
                    rows.removeIf(one -> one == id);
                }
                if (change >= 0) {
                    rows.add(id);
                }
            }
            target.parts.put(target.key(stream), new ArrayList<>(List.of(new Part(commit.identity().generation(), rows))));
        }

        private static CommitOutcome unknown(String why) {
            return new CommitOutcome.Unknown(WindrowException.of(Refusal.REFUSED, "Committing: " + why));
        }

        @Override
        public Optional<CommitIdentity> lastCommitted(StreamName stream) {
            return Optional.ofNullable(target.last.get(stream));
        }

        @Override
        public void discard(List<Staged> staged) {
            staged.forEach(one -> target.staged.remove(one.text()));
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}

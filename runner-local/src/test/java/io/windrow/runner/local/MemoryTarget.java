package io.windrow.runner.local;

import io.windrow.api.batch.Batch;
import io.windrow.api.context.CheckResult;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.apache.arrow.vector.BigIntVector;

/**
 * A target that outlives runs: staged data and visible rows by stream and generation, commits idempotent by identity. Any
 * thread may look while another commits.
 */
final class MemoryTarget {
    final Map<String, List<Long>> staged = new ConcurrentHashMap<>();
    final Map<StreamName, CommitIdentity> last = new ConcurrentHashMap<>();
    final Map<StreamName, ConcurrentNavigableMap<Long, List<Long>>> generations = new ConcurrentHashMap<>();
    final Map<StreamName, Long> current = new ConcurrentHashMap<>();
    final List<StreamCommit> commits = new CopyOnWriteArrayList<>();
    final List<String> discarded = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();
    final AtomicInteger writersOpened = new AtomicInteger();
    Consumer<StreamName> beforePrepare = stream -> {};
    Consumer<Batch> beforeWrite = batch -> {};
    /** Which rows the target keeps of those that it takes; it says nothing of the others. */
    LongPredicate keeps = row -> true;
    Function<StreamCommit, Optional<CommitOutcome>> insteadOfCommit = commit -> Optional.empty();
    Function<StreamCommit, Optional<CommitOutcome>> afterCommit = commit -> Optional.empty();

    /** What a reader of the target sees: in replace mode the last complete generation, in append mode everything. */
    List<Long> visible(String stream) {
        StreamName name = StreamName.of(stream);
        ConcurrentNavigableMap<Long, List<Long>> all = generations.getOrDefault(name, new ConcurrentSkipListMap<>());
        List<Long> rows = new ArrayList<>();
        Long only = current.get(name);
        all.forEach((generation, part) -> {
            if (only == null || generation.equals(only)) {
                rows.addAll(part);
            }
        });
        rows.sort(null);
        return rows;
    }

    Sink connect() {
        connections.incrementAndGet();
        return new MemorySink();
    }

    private final class MemorySink implements Sink {
        @Override
        public List<CheckResult> check() {
            return List.of();
        }

        @Override
        public void prepare(StreamSchema schema, WriteMode mode) {
            beforePrepare.accept(schema.stream());
            if (mode == WriteMode.REPLACE) {
                current.putIfAbsent(schema.stream(), 0L);
            }
        }

        @Override
        public SinkWriter writer(StreamSchema schema, WriteMode mode, WriterId id) {
            writersOpened.incrementAndGet();
            connections.incrementAndGet();
            return new Writer(schema.stream(), id);
        }

        @Override
        public Committer committer() {
            connections.incrementAndGet();
            return new MemoryCommitter();
        }

        @Override
        public void close() {
            connections.decrementAndGet();
        }
    }

    private final class Writer implements SinkWriter {
        private final StreamName stream;
        private final WriterId id;
        private List<Long> rows = new ArrayList<>();
        private boolean poisoned;

        Writer(StreamName stream, WriterId id) {
            this.stream = stream;
            this.id = id;
        }

        @Override
        public void write(Batch batch) {
            if (poisoned) {
                throw new IllegalStateException("The writer is poisoned");
            }
            poisoned = true;
            beforeWrite.accept(batch);
            poisoned = false;
            BigIntVector ids = (BigIntVector) batch.arrow().getVector("id");
            for (int i = 0; i < batch.rowCount(); i++) {
                if (keeps.test(ids.get(i))) {
                    rows.add(ids.get(i));
                }
            }
        }

        @Override
        public long bytes() {
            return rows.size() * 8L;
        }

        @Override
        public List<Staged> prepareCommit(long epoch) {
            if (rows.isEmpty()) {
                return List.of();
            }
            String name = stream + "/g" + id.generation() + "-t" + id.fencingToken() + "-w" + id.writer() + "-e" + epoch;
            if (staged.putIfAbsent(name, rows) != null) {
                throw new IllegalStateException("Two writers staged " + name);
            }
            Staged part = new Staged(stream, 1, name, 1, rows.size(), bytes(), "counted");
            rows = new ArrayList<>();
            return List.of(part);
        }

        @Override
        public void close() {
            connections.decrementAndGet();
        }
    }

    private final class MemoryCommitter implements Committer {
        @Override
        public CommitOutcome commit(StreamCommit commit) {
            Optional<CommitOutcome> instead = insteadOfCommit.apply(commit);
            if (instead.isPresent()) {
                return instead.get();
            }
            StreamName stream = commit.identity().stream();
            CommitIdentity before = last.get(stream);
            List<String> outputs = commit.staged().stream().map(Staged::text).toList();
            if (commit.identity().equals(before)) {
                return new CommitOutcome.AlreadyCommitted(outputs);
            }
            if (before != null && before.epoch() >= commit.identity().epoch()) {
                throw new IllegalStateException("Commit of " + commit.identity() + " after " + before);
            }
            List<Long> rows = new ArrayList<>();
            commit.staged().forEach(part -> rows.addAll(staged.get(part.text())));
            ConcurrentNavigableMap<Long, List<Long>> all = generations.computeIfAbsent(stream, name -> new ConcurrentSkipListMap<>());
            commit.supersedes().ifPresent(all::remove);
            all.computeIfAbsent(commit.identity().generation(), generation -> new CopyOnWriteArrayList<>()).addAll(rows);
            if (commit.mode() == WriteMode.REPLACE && commit.completesGeneration()) {
                current.put(stream, commit.identity().generation());
            }
            last.put(stream, commit.identity());
            commits.add(commit);
            return afterCommit.apply(commit).orElse(new CommitOutcome.Committed(outputs));
        }

        @Override
        public Optional<CommitIdentity> lastCommitted(StreamName stream) {
            return Optional.ofNullable(last.get(stream));
        }

        @Override
        public void discard(List<Staged> parts) {
            parts.forEach(part -> {
                discarded.add(part.text());
                staged.remove(part.text());
            });
        }

        @Override
        public void close() {
            connections.decrementAndGet();
        }
    }
}

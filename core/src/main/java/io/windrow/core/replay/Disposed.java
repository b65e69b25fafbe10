package io.windrow.core.replay;

import io.windrow.api.schema.ColumnType;
import io.windrow.api.schema.StreamName;
import io.windrow.api.schema.StreamSchema;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Standing;
import io.windrow.api.sink.WriteMode;
import io.windrow.api.source.EventWindows;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.dispose.DisposalRecord;
import io.windrow.core.dispose.DisposalRecord.Status;
import io.windrow.core.dispose.Disposer;
import io.windrow.core.ledger.EventTimes;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import io.windrow.core.plan.PlannedStream;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;

/**
 * What of a delivery is gone because its time was over. The source may have those rows still, and of a row that the target
 * lacks nothing says whether it was one of them; only where a window of event time begins after all of them is that known.
 *
 * @param unfinished a disposal that was begun, names the stream and is not done
 * @param filesAside how many files of rows that the delivery set aside were disposed of
 * @param commits how many commits of the delivery were disposed of
 * @param lastEpoch the last of them; 0: there is none
 * @param counted what their rows' event times were counted by; empty: not all of them were counted, or not alike
 * @param latest the latest event time among them and all before; empty: none is known
 */
record Disposed(
        Optional<String> unfinished, long filesAside, int commits, long lastEpoch, Optional<EventWindows> counted,
        OptionalLong latest) {
    private static final BigDecimal DAY_MICROS = BigDecimal.valueOf(86_400_000_000L);

    /** Of the delivery that the generations of a lineage are. */
    static Disposed of(
            StateStore store, String pipeline, PlannedStream task, SortedSet<Long> lineage, List<Commit> shown) {
        StreamName stream = task.stream();
        List<DisposalRecord> records = Disposer.records(store, pipeline);
        long filesAside = records.stream()
                .flatMap(record -> record.setAside().stream())
                .filter(one -> one.stream().equals(stream) && lineage.contains(one.generation()))
                .count();
        Optional<String> unfinished = records.stream()
                .filter(record -> record.status() == Status.INTENDED && record.streams().contains(stream))
                .map(DisposalRecord::id)
                .findFirst();
        // Of a replaced stream only generations go that nobody sees.
        List<Commit> gone = task.write() == WriteMode.REPLACE
                ? List.of()
                : shown.stream().filter(commit -> commit.standing() == Standing.DISPOSED).toList();
        if (gone.isEmpty()) {
            return new Disposed(unfinished, filesAside, 0, 0, Optional.empty(), OptionalLong.empty());
        }
        // A later delivery of the whole stream has delivered whatever an earlier one had.
        long first = lineage.first();
        List<Commit> ours = gone.stream().filter(commit -> commit.identity().generation() >= first).toList();
        long last = ours.stream().mapToLong(commit -> commit.identity().epoch()).max().orElse(0);
        Reach reach = new Reach();
        if (last > 0) {
            store.eachLedger(pipeline, stream, json -> {
                LedgerEntry entry = LedgerEntry.parse(json);
                // One that a replay took the place of lived on in a commit that may be among them.
                if (entry.generation() >= first && RollUp.firstEpoch(entry) <= last) {
                    reach.add(entry);
                }
            });
        }
        return new Disposed(unfinished, filesAside, ours.size(), last, reach.by(), reach.latest);
    }

    private static final class Reach {
        private Optional<EventWindows> by = Optional.empty();
        private boolean alike = true;
        private OptionalLong latest = OptionalLong.empty();

        void add(LedgerEntry entry) {
            if (entry.account().in() > 0) {
                Optional<EventWindows> windows = entry.eventTimes().map(EventTimes::by);
                alike &= windows.isPresent() && (by.isEmpty() || sameColumn(by.get(), windows.get()));
                by = by.or(() -> windows);
            }
            entry.eventTimes().map(EventTimes::last).filter(OptionalLong::isPresent).ifPresent(last ->
                    latest = OptionalLong.of(Math.max(last.getAsLong(), latest.orElse(Long.MIN_VALUE))));
        }

        private static boolean sameColumn(EventWindows one, EventWindows other) {
            return one.column().equals(other.column()) && one.utc() == other.utc();
        }

        Optional<EventWindows> by() {
            return alike ? by : Optional.empty();
        }
    }

    /**
     * Why rows that the target lacks are not delivered; empty if they may be.
     *
     * @param schema what they are delivered in
     * @param added how many they are
     */
    Optional<String> hindrance(Scope scope, StreamSchema schema, long added) {
        if (unfinished.isPresent()) {
            return unfinished.map(id -> "the disposal " + id + " was begun and is not finished");
        }
        if (added == 0 || commits == 0) {
            return Optional.empty();
        }
        String gone = commits + (commits == 1 ? " commit was" : " commits were") + " disposed of, up to epoch " + lastEpoch
                + ", and " + added + " rows that the target lacks may have been in them";
        return switch (scope) {
            case Scope.OfQuarantine rows -> rows.keys().firstEpoch() > lastEpoch ? Optional.empty() : Optional.of(gone);
            case Scope.OfWindow window ->
                beginsAfter(window, schema) ? Optional.empty() : Optional.of(gone + whereItMayBegin(window));
        };
    }

    /** Whether everything in the window happened after everything that is gone. */
    private boolean beginsAfter(Scope.OfWindow window, StreamSchema schema) {
        if (!isCounted(window) || latest.isEmpty()) {
            return isCounted(window);
        }
        boolean days = schema.columns().get(window.found().target().column()).type() instanceof ColumnType.Date;
        BigDecimal gone = BigDecimal.valueOf(latest.getAsLong());
        return window.found().slice().from()
                .map(bound -> days ? bound.value().multiply(DAY_MICROS) : bound.value())
                .filter(begin -> begin.compareTo(gone) > 0)
                .isPresent();
    }

    private boolean isCounted(Scope.OfWindow window) {
        return counted.filter(by -> by.column().equals(window.found().slice().column())).isPresent();
    }

    private String whereItMayBegin(Scope.OfWindow window) {
        return isCounted(window)
                ? "; a window of " + counted.orElseThrow().column() + " may begin after "
                        + counted.orElseThrow().text(latest.orElseThrow())
                : "";
    }
}

package io.windrow.core.ledger;

import io.windrow.api.batch.Measure;
import io.windrow.api.batch.RowHash;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One ledger entry in the place of several old ones: their counts, hashes and windows of event time added up, under the
 * number of the last of them. What was said of single splits and files is not in it. It says in a measure how many entries it
 * stands for and between which epochs, and may be rolled up again.
 */
public final class RollUp {
    /** Its count is that of the entries, its bounds are the numbers of their first and last epoch. */
    public static final String MEASURE = "ledger.rolled_up";

    private RollUp() {}

    /** The first epoch that an entry stands for; its own number, if it is none of these. */
    public static long firstEpoch(LedgerEntry entry) {
        return Optional.ofNullable(entry.measures().get(MEASURE)).map(Measure::min).orElse(entry.epoch());
    }

    /** For how many entries it stands. */
    public static long entries(LedgerEntry entry) {
        return Optional.ofNullable(entry.measures().get(MEASURE)).map(Measure::count).orElse(1L);
    }

    /**
     * Whether two entries of a stream, one right after the other, can be rolled up: sums under other keys, policies, schemas or
     * in other windows say nothing together, and what a replay did is kept as it is.
     */
    public static boolean isAlike(LedgerEntry older, LedgerEntry newer) {
        return older.stream().equals(newer.stream())
                && older.generation() == newer.generation()
                && older.mode() == newer.mode()
                && older.hashKey().equals(newer.hashKey())
                && older.schemaVersion() == newer.schemaVersion()
                && older.guarantee().equals(newer.guarantee())
                && older.policies().equals(newer.policies())
                && older.replay().isEmpty()
                && newer.replay().isEmpty()
                && older.eventTimes().map(EventTimes::by).equals(newer.eventTimes().map(EventTimes::by))
                && older.eventTimes().map(EventTimes::keys).equals(newer.eventTimes().map(EventTimes::keys));
    }

    /** Both as one; they are alike. */
    public static LedgerEntry together(LedgerEntry older, LedgerEntry newer) {
        Map<String, Measure> measures = new HashMap<>(older.measures());
        newer.measures().forEach((name, measure) -> measures.merge(name, measure, Measure::plus));
        measures.put(MEASURE, new Measure(entries(older) + entries(newer), firstEpoch(older), newer.epoch()));
        Map<String, Long> exceptions = new HashMap<>(older.exceptions());
        newer.exceptions().forEach((name, count) -> exceptions.merge(name, count, Long::sum));
        return new LedgerEntry(
                newer.pipeline(), newer.stream(), newer.generation(), newer.epoch(), newer.mode(),
                older.account().plus(newer.account()), sum(older.hashSource(), newer.hashSource()), newer.hashKey(),
                older.hashOut().plus(newer.hashOut()),
                new Written(
                        older.written().rows() + newer.written().rows(), sum(older.written().hash(), newer.written().hash()),
                        newer.written().proof()),
                List.of(), newer.schemaVersion(), newer.guarantee(),
                older.completesGeneration() || newer.completesGeneration(), List.of(), older.bytes() + newer.bytes(),
                earlier(older.started(), newer.started()), newer.cut(), exceptions, measures, newer.policies(),
                newer.eventTimes().flatMap(times -> older.eventTimes().map(before -> before.plus(times))), Optional.empty());
    }

    private static Optional<RowHash> sum(Optional<RowHash> one, Optional<RowHash> other) {
        return one.flatMap(hash -> other.map(hash::plus));
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}

package io.windrow.runner.local;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Measure;
import io.windrow.api.batch.RowHash;
import io.windrow.api.sink.Staged;
import io.windrow.core.transform.watermark.WindowCounts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one writer side did for one stream in one epoch; tallies of several add up. Used by one thread, then given away. */
final class Tally {
    private Account account = Account.ZERO;
    private RowHash source = RowHash.ZERO;
    private RowHash out = RowHash.ZERO;
    private int schemaVersion;
    private final Map<String, Long> exceptions = new TreeMap<>();
    private final Map<String, Measure> measures = new HashMap<>();
    private final List<Staged> staged = new ArrayList<>();

    /** A batch was written: its rows count as written, and its books are those before writing. */
    void wrote(Batch batch, RowHash hashSource, RowHash hashOut) {
        account = account.plus(batch.account()).plusWritten(batch.rowCount());
        source = source.plus(hashSource);
        out = out.plus(hashOut);
        schemaVersion = Math.max(schemaVersion, batch.schema().version());
        batch.exceptions().forEach((name, count) -> exceptions.merge(name, count, Long::sum));
        batch.measures().forEach((name, measure) -> measures.merge(name, measure, Measure::plus));
        WindowCounts.bound(measures);
    }

    /** What a writer staged. Of the rows that it was given it may have folded some, or left out by its write mode (I1). */
    void staged(List<Staged> more) {
        staged.addAll(more);
        long folded = rows(more, Staged.Part.FOLDED);
        long filtered = rows(more, Staged.Part.FILTERED);
        account = account.plus(new Account(0, 0, 0, -folded - filtered, 0, 0, filtered, 0, 0, folded, 0));
    }

    private static long rows(List<Staged> staged, Staged.Part part) {
        return staged.stream().filter(one -> one.part() == part).mapToLong(Staged::rows).sum();
    }

    void add(Tally other) {
        account = account.plus(other.account);
        source = source.plus(other.source);
        out = out.plus(other.out);
        schemaVersion = Math.max(schemaVersion, other.schemaVersion);
        other.exceptions.forEach((name, count) -> exceptions.merge(name, count, Long::sum));
        other.measures.forEach((name, measure) -> measures.merge(name, measure, Measure::plus));
        WindowCounts.bound(measures);
        staged.addAll(other.staged);
    }

    boolean empty() {
        return account.equals(Account.ZERO) && staged.isEmpty();
    }

    Account account() {
        return account;
    }

    RowHash source() {
        return source;
    }

    RowHash out() {
        return out;
    }

    int schemaVersion() {
        return schemaVersion;
    }

    Map<String, Long> exceptions() {
        return exceptions;
    }

    Map<String, Measure> measures() {
        return measures;
    }

    List<Staged> staged() {
        return staged;
    }

    long stagedRows() {
        return rows(staged, Staged.Part.DATA);
    }

    long stagedBytes() {
        return staged.stream().filter(one -> one.part() == Staged.Part.DATA).mapToLong(Staged::bytes).sum();
    }
}

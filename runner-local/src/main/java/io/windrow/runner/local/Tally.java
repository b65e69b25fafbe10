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

    void staged(List<Staged> more) {
        staged.addAll(more);
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
        return staged.stream().filter(one -> one.part() == Staged.Part.DATA).mapToLong(Staged::rows).sum();
    }

    long stagedBytes() {
        return staged.stream().filter(one -> one.part() == Staged.Part.DATA).mapToLong(Staged::bytes).sum();
    }
}

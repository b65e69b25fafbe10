package io.windrow.core.replay;

import io.windrow.api.batch.Account;
import io.windrow.api.batch.Batch;
import io.windrow.api.batch.Position;
import io.windrow.api.batch.RowHash;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.WriteMode;
import io.windrow.core.plan.PlannedStream;
import io.windrow.core.transform.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What makes a target like its source in the part that was read again: commits are written anew as a whole, without the rows
 * that go, and with those that come. Gives rows and writes none. Used by one thread, while its {@link Reextraction} is open.
 */
public final class Correction {
    private final PlannedStream task;
    private final DeliveredRows delivered;
    private final StagedRows staged;
    private final Scope scope;
    private final Identities identities;
    private final Changes changes;
    private final List<RowHash> came = new ArrayList<>();

    Correction(
            PlannedStream task, DeliveredRows delivered, StagedRows staged, Scope scope, Identities identities, Changes changes) {
        this.task = task;
        this.delivered = delivered;
        this.staged = staged;
        this.scope = scope;
        this.identities = identities;
        this.changes = changes;
    }

    /**
     * The commits that hold a row that has to go and so are written anew: in append mode those, in replace mode all of the
     * generation.
     */
    public List<Commit> rewritten() {
        if (task.write() == WriteMode.REPLACE) {
            return delivered.commits();
        }
        List<Commit> rewritten = new ArrayList<>();
        if (!changes.removesNothing()) {
            Changes.Taking going = changes.removing();
            for (Commit commit : delivered.commits()) {
                boolean[] goes = new boolean[1];
                delivered.each(commit, (written, batch) -> goes[0] |= staying(batch, going).length < batch.rowCount());
                if (goes[0]) {
                    rewritten.add(commit);
                }
            }
        }
        return rewritten;
    }

    /**
     * Gives the rows of some commits that stay, in the columns that they were written with. Each batch is valid during the
     * call.
     *
     * @param commits what {@link #rewritten} gave
     * @param going takes the rows that go, in the columns that rows are compared in
     * @return how many rows go
     */
    public long staying(List<Commit> commits, Consumer<Batch> rows, Consumer<Batch> going) {
        Changes.Taking removing = changes.removing();
        long[] gone = new long[1];
        for (Commit commit : commits) {
            delivered.each(commit, (written, batch) -> {
                int[] kept = staying(batch, removing);
                gone[0] += batch.rowCount() - kept.length;
                give(written, kept, rows);
                give(batch, pick(batch, row -> Arrays.binarySearch(kept, row) < 0), going);
            });
        }
        return gone[0];
    }

    /** Gives the rows that the target lacks or has otherwise. Each batch is valid during the call. */
    public void coming(Consumer<Batch> rows) {
        Changes.Taking coming = changes.delivering();
        staged.each(delivered.allocator(), batch -> {
            long[][] hashes = identities.hashes(batch);
            boolean[] unnamed = identities.unnamed(batch);
            int[] picked = pick(batch, row -> coming.takes(Identities.at(hashes, row)));
            if (identities.kind().tellsRepeats()) {
                Arrays.stream(picked)
                        .filter(row -> unnamed.length == 0 || !unnamed[row])
                        .forEach(row -> came.add(Identities.at(hashes, row)));
            }
            give(batch, picked, rows);
        });
    }

    /** What identifies rows that went, none of which is delivered now, where repeated rows are told. */
    public Set<RowHash> gone() {
        return changes.gone();
    }

    /** What identifies the rows that {@link #coming} gave, in their order, where repeated rows are told. */
    public List<RowHash> came() {
        return List.copyOf(came);
    }

    private int[] staying(Batch batch, Changes.Taking going) {
        boolean[] in = task.write() == WriteMode.REPLACE ? new boolean[0] : scope.rows(batch);
        long[][] hashes = identities.hashes(batch);
        return pick(batch, row -> in.length > 0 && !in[row] || !going.takes(Identities.at(hashes, row)));
    }

    private static int[] pick(Batch batch, IntPredicate wanted) {
        return IntStream.range(0, batch.rowCount()).filter(wanted).toArray();
    }

    private static void give(Batch from, int[] rows, Consumer<Batch> taker) {
        if (rows.length > 0) {
            try (Batch picked = new Batch(
                    from.schema(), Rows.pick(from.arrow(), rows, rows.length), new Position(1, "{}"),
                    Account.ofRead(rows.length))) {
                taker.accept(picked);
            }
        }
    }
}

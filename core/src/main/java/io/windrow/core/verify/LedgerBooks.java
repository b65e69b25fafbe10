package io.windrow.core.verify;

import io.windrow.api.batch.RowHash;
import io.windrow.api.error.WindrowException;
import io.windrow.api.schema.StreamName;
import io.windrow.api.sink.DeliveryAudit.Commit;
import io.windrow.api.sink.DeliveryAudit.Finding;
import io.windrow.api.sink.DeliveryAudit.Finding.Kind;
import io.windrow.core.checkpoint.StateStore;
import io.windrow.core.ledger.LedgerEntry;
import io.windrow.core.ledger.RollUp;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the ledger in the state store says of a stream's commits: of each so little that it can be held for all (I12). Of
 * epochs whose entries were rolled up, the entries beside the data say it, and together they have to give the sum.
 */
final class LedgerBooks {
    private final Map<Number, Booked> single =
            new TreeMap<>(Comparator.comparingLong(Number::generation).thenComparingLong(Number::epoch));
    private final List<RolledUp> rolledUp = new ArrayList<>();
    private long lastEpoch;

    private LedgerBooks() {}

    /** A commit by its number within the stream. */
    record Number(long generation, long epoch) {
        static Number of(Commit commit) {
            return new Number(commit.identity().generation(), commit.identity().epoch());
        }

        @Override
        public String toString() {
            return "generation " + generation + ", epoch " + epoch;
        }
    }

    /**
     * What is said of one commit.
     *
     * @param rows rows that were written
     * @param hashKey the id of the key of the hash
     * @param hash h_out
     * @param digest of the entry as it lies beside the data
     */
    record Booked(long rows, String hashKey, RowHash hash, String digest) {
        static Booked of(LedgerEntry entry) {
            return new Booked(entry.account().written(), entry.hashKey(), entry.hashOut(), digest(entry));
        }

        /** The entry beside the data is laid down before the commit, so it cannot name what the commit produced. */
        private static String digest(LedgerEntry entry) {
            String json = entry.forTarget().withOutputs(List.of()).toJson();
            try {
                return HexFormat.of().formatHex(
                        MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("Every Java platform has SHA-256", e);
            }
        }

        /** What the entry beside the data says; empty if there is none that can be read. */
        static Optional<Booked> beside(Commit commit) {
            try {
                return commit.ledger().map(LedgerEntry::parse).map(Booked::of);
            } catch (WindrowException e) {
                return Optional.empty();
            }
        }
    }

    /** An entry that stands for several, and what the commits of its epochs have given so far. */
    private static final class RolledUp {
        private final Number last;
        private final long first;
        private final long entries;
        private final Booked sum;
        private long seen;
        private long rows;
        private RowHash hash = RowHash.ZERO;

        RolledUp(LedgerEntry entry) {
            last = new Number(entry.generation(), entry.epoch());
            first = RollUp.firstEpoch(entry);
            entries = RollUp.entries(entry);
            sum = Booked.of(entry);
        }

        boolean covers(Number number) {
            return number.generation() == last.generation() && number.epoch() >= first && number.epoch() <= last.epoch();
        }

        void see(Booked one) {
            seen++;
            rows += one.rows();
            hash = hash.plus(one.hash());
        }
    }

    static LedgerBooks of(StateStore store, String pipeline, StreamName stream) {
        LedgerBooks books = new LedgerBooks();
        store.eachLedger(pipeline, stream, json -> {
            LedgerEntry entry = LedgerEntry.parse(json);
            if (RollUp.entries(entry) > 1) {
                books.rolledUp.add(new RolledUp(entry));
            } else {
                books.single.put(new Number(entry.generation(), entry.epoch()), Booked.of(entry));
            }
            books.lastEpoch = Math.max(books.lastEpoch, entry.epoch());
        });
        return books;
    }

    /** Whether the ledger has come so far. */
    boolean reaches(Number number) {
        return number.epoch() <= lastEpoch;
    }

    /** Whether what is said of the commit is part of a sum. */
    boolean isRolledUp(Number number) {
        return rolledUp.stream().anyMatch(one -> one.covers(number));
    }

    /** What is said of a commit; each is asked for once. */
    Optional<Booked> take(Commit commit) {
        Number number = Number.of(commit);
        Optional<RolledUp> part = rolledUp.stream().filter(one -> one.covers(number)).findFirst();
        if (part.isEmpty()) {
            return Optional.ofNullable(single.remove(number));
        }
        Optional<Booked> beside = Booked.beside(commit);
        beside.ifPresent(part.get()::see);
        return beside;
    }

    /** What is said of commits that nobody asked for, and sums that the commits do not give. */
    List<Finding> left(StreamName stream) {
        List<Finding> findings = new ArrayList<>();
        for (Number number : single.keySet()) {
            findings.add(new Finding(Kind.BOOKS, stream + ", " + number,
                    "the state store has it as committed, the target's books do not know it: data or books were removed "
                            + "or replaced by older ones"));
        }
        for (RolledUp one : rolledUp) {
            if (one.seen != one.entries || one.rows != one.sum.rows() || !one.hash.equals(one.sum.hash())) {
                findings.add(new Finding(
                        Kind.BOOKS, stream + ", generation " + one.last.generation() + ", epochs " + one.first + " to " + one.last.epoch(),
                        "the state store's ledger has " + one.entries + " epochs with " + one.sum.rows() + " rows in one sum, the entries "
                                + "beside the data give " + one.seen + " with " + one.rows
                                + (one.rows == one.sum.rows() ? " and another hash sum" : "")));
            }
        }
        return findings;
    }
}
